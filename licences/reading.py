"""Pages whose answer may be some seconds old, and that may therefore be read from a replica of the database."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

_may_be_behind: ContextVar[bool] = ContextVar("may_be_behind", default=False)


def may_be_behind() -> bool:
    """Whether what is being read now may be a little old."""
    return _may_be_behind.get()


def from_replica(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view only looks things up: it may read from a replica."""

    @wraps(view)
    def reading(*args: Any, **kwargs: Any) -> Any:
        token = _may_be_behind.set(True)
        try:
            return view(*args, **kwargs)
        finally:
            _may_be_behind.reset(token)

    return reading
