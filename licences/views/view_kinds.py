"""The kinds of staff views: pages, forms and actions, each for users with a permission; others get the page 403."""

from collections.abc import Callable
from typing import Any

from django.views.decorators.http import require_http_methods, require_POST, require_safe

from licences.views.begin_once import begins_once
from licences.views.form_pages import permitted

View = Callable[..., Any]


def page_for(permission: str) -> Callable[[View], View]:
    """Return a decorator for a view that only shows something."""
    return lambda view: require_safe(permitted(permission)(view))


def form_for(permission: str) -> Callable[[View], View]:
    """Return a decorator for a page with a form that begins something once, however often it is sent."""
    return lambda view: require_http_methods(["GET", "HEAD", "POST"])(permitted(permission)(begins_once(view)))


def action_for(permission: str) -> Callable[[View], View]:
    """Return a decorator for what a button does, once, however often it is sent."""
    return lambda view: require_POST(permitted(permission)(begins_once(view)))
