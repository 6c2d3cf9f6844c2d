"""The catalogue, installations that are not verified yet, and sequences."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.utils.translation import gettext as _

from licences.models import Installation, Product, SequenceRaise
from licences.operations.allocated_lists import read_sequence_raises
from licences.operations.sequences import count_exhausted_serials
from licensing_portal.doctor.findings import HealthFinding, ok, problem, warning


def find_catalogue() -> Iterator[HealthFinding]:
    count = Product.objects.count()
    if count:
        yield ok(_("Products in the catalogue: %(count)s.") % {"count": count})
        return
    words = _("The catalogue has no product: every row of a purchase file is rejected.")
    yield problem(words, _("Enter the products in the administration, or import them there from a spreadsheet."))


def find_unproved() -> Iterator[HealthFinding]:
    """Count live installations that have shown no token yet (docs/decisions.md#installations-prove-themselves)."""
    count = Installation.objects.filter(ended_at=None, token_digest=None).count()
    words = _("Installations whose server has not shown a token yet: %(count)s.") % {"count": count}
    if settings.INSTALLATION_TOKENS == "required":
        yield ok(words)
    elif count:
        yield warning(words, _("Update their servers. At 0, set INSTALLATION_TOKENS=required."))
    else:
        yield warning(words, _("Set INSTALLATION_TOKENS=required, and restart the portal."))


def find_sequences() -> Iterator[HealthFinding]:
    """Look for a restore without ``after_restore``, used up numbers of codes, and keys that the database would give
    twice.
    """
    found = [*_restore(), *_used_up(), *_keys_given_twice()]
    yield from found or [ok(_("Sequences are ahead of all records."))]


def _restore() -> Iterator[HealthFinding]:
    known = set(SequenceRaise.objects.values_list("mark", flat=True))
    if any(each["mark"] not in known for each in read_sequence_raises()):
        words = _("This database was restored from an older backup, and its sequences were not raised since.")
        yield problem(words, _("Stop the portal, and follow docs/restore.md from step 5: 'manage.py after_restore'."))


def _used_up() -> Iterator[HealthFinding]:
    if count := count_exhausted_serials():
        words = _("Serial numbers that get no further unlock code, because their numbers are used up: %(count)s.")
        yield warning(words % {"count": count}, _("Give their customers other serial numbers when they next call."))


def _keys_given_twice() -> Iterator[HealthFinding]:
    """Tables of PostgreSQL whose sequence is behind their rows, as after a restore of data without sequences."""
    database = connections["default"]
    if database.vendor != "postgresql":
        return
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = current_schema()"
        )
        last = dict(cursor.fetchall())
    behind = [
        model._meta.db_table
        for model in apps.get_models()
        if (sequence := f"{model._meta.db_table}_id_seq") in last and _highest_key(model) > last[sequence]
    ]
    if behind:
        words = _("The next rows of these tables would get keys that are taken: %(tables)s.") % {
            "tables": ", ".join(behind)
        }
        yield problem(
            words, _("Run the output of 'manage.py sqlsequencereset licences customers accounts' in the database.")
        )


def _highest_key(model: type[models.Model]) -> int:
    newest = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    return newest if isinstance(newest, int) else 0
