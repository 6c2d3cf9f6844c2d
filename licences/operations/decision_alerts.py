"""Which supervisors are told by e-mail that a request waits (docs/telephone-call.md#while-a-request-waits).

Sending is up to ``licensing_portal.decision_emails``, which has the mail queue.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from licences.domain.staff_identity import StaffIdentity
from licences.models import DecisionAlerts, Relicensing
from licences.operations.locks import lock_request
from licences.queries import approvals

PAGE_OPEN = timedelta(seconds=45)  # pages ask every three seconds, and that is noted every 20
DECIDES = "licences.decide_checklist"
TellSupervisors = Callable[[Relicensing, Sequence[User]], None]


def choose_decision_emails(*, user: User, by_email: bool, language: str) -> None:
    """Store whether a user wants e-mails about requests that wait, and their language, such as ``de``. Idempotent."""
    DecisionAlerts.objects.update_or_create(user=user, defaults={"by_email": by_email, "language": language})


def note_open_page(*, user: User, now: datetime, language: str) -> None:
    """Store that a user has a page open that shows waiting requests, in a language such as ``de``. Idempotent."""
    DecisionAlerts.objects.update_or_create(user=user, defaults={"page_open_at": now, "language": language})


def tell_supervisors(*, now: datetime, after: timedelta, tell: TellSupervisors) -> int:
    """Tell supervisors of requests that have waited for ``after``, each request once. Returns how many requests.

    ``tell`` gets a request and the supervisors without an open page who may decide it and want e-mail; it runs in the
    transaction that notes that the request was told of. A request whose supervisors all have a page open waits for the
    next call.
    """
    overdue = Relicensing.objects.filter(waiting_since__lte=now - after, alerted_at=None)
    return sum(_tell(pk, now, tell) for pk in overdue.order_by("waiting_since").values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int, now: datetime, tell: TellSupervisors) -> bool:
    """Tell the supervisors about the request with this primary key, and note that; returns whether anybody was told.

    Nobody is told if the request waits no more, if it was told of meanwhile, or if no supervisor who may decide can be
    reached. ``tell`` is that of ``tell_supervisors``.
    """
    request = lock_request(pk)
    if request.waiting_since is None or request.alerted_at is not None:
        return False
    supervisors = [user for user in _reachable(now) if _may_decide(user, request)]
    if not supervisors:
        return False
    tell(request, supervisors)
    request.alerted_at = now
    request.save(update_fields=["alerted_at"])
    return True


def _reachable(now: datetime) -> list[User]:
    """Supervisors with an address who want e-mail and have no page open."""
    unwanted = DecisionAlerts.objects.filter(Q(by_email=False) | Q(page_open_at__gt=now - PAGE_OPEN))
    supervisors = User.objects.with_perm(DECIDES, include_superusers=False, backend=_BACKEND)
    return list(supervisors.exclude(email="").exclude(pk__in=unwanted.values("user")).order_by("pk"))


_BACKEND = "django.contrib.auth.backends.ModelBackend"


def _may_decide(user: User, request: Relicensing) -> bool:
    """Whether a user may decide a request now, by ``approvals.requests_decidable_by``."""
    person = StaffIdentity(user.get_username(), user.pk)
    return approvals.requests_decidable_by(person).filter(pk=request.pk).exists()
