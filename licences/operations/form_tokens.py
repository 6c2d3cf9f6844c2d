"""Use of one-time form tokens: the same form sent twice begins one thing (docs/decisions.md#the-same-form-twice)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from licences.models import FormToken

KEPT = timedelta(days=2)  # longer than a form stays open; an older token counts as unknown
_TARGET_LENGTH = 500  # of the column


@dataclass(slots=True)
class FormTokenUse:
    """One use of a token.

    ``earlier`` is the address that an earlier use led to, "" if there was none. ``is_changed`` tells whether something
    else was typed then. Set ``target`` to the address that the form leads to; if it stays empty, the form has begun
    nothing and its token stays unused.
    """

    earlier: str = ""
    is_changed: bool = False
    target: str = ""


@contextmanager
def use_form_token(*, token: str, user_number: int, content: str) -> Iterator[FormTokenUse]:
    """Use a token in one transaction with what the form begins, so that the same form sent twice begins one thing.

    ``token`` is the form's, ``user_number`` the primary key of who sent it, ``content`` a text of all that was typed.
    Yields a ``FormTokenUse``. If its ``earlier`` is not empty, the form was sent before and led to that address: the
    block must begin nothing then. Else the block begins it, and sets ``target`` to the address it leads to.

    A second use at the same moment waits for the first; if that one failed, the second goes on in its place. A token of
    another user, or one that was deleted, is as good as new. ``Refusal`` and other exceptions of the block undo the
    use.
    """
    key = _digest(str(user_number), token)
    values = {"content": _digest(token, content), "used_at": timezone.now()}
    with transaction.atomic():
        row, is_first = FormToken.objects.get_or_create(key=key, defaults=values)
        use = FormTokenUse(earlier=row.target, is_changed=row.content != values["content"])
        yield use
        if is_first and 0 < len(use.target) <= _TARGET_LENGTH:
            FormToken.objects.filter(key=key).update(target=use.target)
        elif is_first:
            FormToken.objects.filter(key=key).delete()


def delete_old_form_tokens(now: datetime) -> int:
    """Delete tokens that were used longer than ``KEPT`` before ``now``; returns how many. Idempotent."""
    return FormToken.objects.filter(used_at__lt=now - KEPT).delete()[0]


def _digest(*parts: str) -> str:
    """The SHA-256 of the texts, in this order and kept apart by NUL, in hexadecimal; lone surrogates are allowed."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
