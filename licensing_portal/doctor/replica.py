"""The read replica: whether it answers, and how old its data are (docs/look-up.md#a-replica)."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from licences.database.read_replica import Replica, ReplicaState, ReplicaStatus, has_replica
from licensing_portal.doctor.findings import HealthFinding, ok, problem, warning


def find() -> Iterator[HealthFinding]:
    """Ask the replica now, whatever this process knew before."""
    if not has_replica():
        yield ok(_("There is no replica (DATABASE_REPLICA_URL is not set)."))
        return
    yield _judge(Replica().status())


def _judge(status: ReplicaStatus) -> HealthFinding:
    if status.state is ReplicaState.AWAY:
        words = _("The replica does not answer. Look-ups read from the primary.")
        return problem(words, _("Start it, or unset DATABASE_REPLICA_URL."))
    if status.state is ReplicaState.PROMOTED:
        words = _("The replica is a primary itself by now. It is not read.")
        return problem(
            words,
            _(
                "Make sure that no other primary runs, make the old one a standby, and name it in DATABASE_REPLICA_URL "
                "(docs/operations.md#failover-and-promotion)."
            ),
        )
    said = {
        "age": "?" if status.age is None else number_format(round(status.age, 1), 1),
        "most": settings.REPLICA_MAX_AGE_SECONDS,
    }
    if status.state is ReplicaState.BEHIND:
        words = _(
            "The replica is %(age)s seconds behind, more than REPLICA_MAX_AGE_SECONDS (%(most)s). It is not read."
        )
        return warning(words % said, _("Look at its load, its disk and its connection to the primary."))
    return ok(_("The replica answers and is %(age)s seconds behind.") % said)
