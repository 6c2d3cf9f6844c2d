"""Anchors of the event log: whether there is a young one (docs/proof.md#somebody-with-all-rights-on-the-database)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from licences.models import EventChain
from licences.proof.anchors import read_anchors
from licensing_portal.doctor.findings import HealthFinding, ok, problem, warning

OLD, VERY_OLD = timedelta(hours=36), timedelta(days=7)  # one is added every night


def find_anchors() -> Iterator[HealthFinding]:
    """Read the last anchors of ``ANCHOR_FILE``. Whether the whole log matches them is for ``verify_log``."""
    advice = _("Let 'manage.py verify_log --anchor FILE --new-anchor FILE' run every night, and see why it does not.")
    if not settings.ANCHOR_FILE:
        words = _("No file of anchors is known: a rewritten event log would not be noticed.")
        yield warning(
            words, _("Begin one as docs/proof.md says, outside the database server, and set ANCHOR_FILE to it.")
        )
        return
    try:
        text = Path(settings.ANCHOR_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        yield _missing(settings.ANCHOR_FILE)
        return
    except OSError as error:
        words = _("The file of anchors cannot be read: %(reason)s.") % {"reason": error.strerror}
        yield problem(words, _("If it is lost, find out who removed it before you begin a new one."))
        return
    yield from _judge(text, advice)


def _missing(file: str) -> HealthFinding:
    """A file that is not there is a problem whatever happened: its anchors are what the log is compared with."""
    words = _("ANCHOR_FILE names a file of anchors that is not there: %(file)s.") % {"file": file}
    advice = _(
        "If there never was one, begin it: 'manage.py verify_log --new-anchor %(file)s'. If there was, see whether its "
        "disk is missing, and put it back from its copy; find out who removed it before you begin a new one."
    )
    return problem(words, advice % {"file": file})


def _judge(text: str, advice: str) -> Iterator[HealthFinding]:
    anchors, unsigned = read_anchors(text)
    if unsigned:
        words = _("Lines of the file of anchors that the portal did not sign: %(lines)s.")
        said = {"lines": ", ".join(map(str, unsigned[:10]))}
        yield problem(words % said, _("Somebody changed the file, or its key is gone. Ask an auditor to look at it."))
    if not anchors:
        yield problem(_("The file of anchors holds no anchor."), advice)
        return
    last = anchors[-1]
    length = EventChain.objects.values_list("length", flat=True).first() or 0
    if last.length > length:
        words = _("The last anchor saw %(then)s events, and the log has %(now)s: events are missing.")
        yield problem(
            words % {"then": last.length, "now": length},
            _("Run 'manage.py verify_log' with --anchor. After a restore, see docs/restore.md."),
        )
    at = datetime.fromisoformat(last.at)
    words = _("The last anchor is from %(at)s.") % {"at": timezone.localtime(at).isoformat(" ", "minutes")}
    age = timezone.now() - at
    if age > VERY_OLD:
        yield problem(words, advice)
    else:
        yield warning(words, advice) if age > OLD else ok(words)
