"""Free space where the portal writes, and whether it may write there."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from licensing_portal.doctor.findings import HealthFinding, ok, problem, warning

LEAST, LITTLE = 512 * 2**20, 0.1  # bytes; a share of the disk


def find() -> Iterator[HealthFinding]:
    seen: dict[int, Path] = {}
    for folder in _folders():
        there = _existing(folder)
        if not os.access(there, os.W_OK | os.X_OK):
            words = _("The portal cannot write to %(folder)s.") % {"folder": there}
            yield problem(words, _("Make the portal's user the owner of this folder, with mode 0700."))
        if seen.setdefault(there.stat().st_dev, there) is there:
            yield _space(there)


def _space(folder: Path) -> HealthFinding:
    usage = shutil.disk_usage(folder)
    said = {"folder": folder, "free": filesizeformat(usage.free), "total": filesizeformat(usage.total)}
    words = _("%(free)s of %(total)s are free in %(folder)s.") % said
    advice = _("Free some space or enlarge the disk. Old uploads are deleted by apply_retention.")
    if usage.free < LEAST:
        return problem(words, advice)
    return warning(words, advice) if usage.free < LITTLE * usage.total else ok(words)


def _folders() -> Iterator[Path]:
    yield settings.VAR_DIR
    yield settings.MEDIA_ROOT
    yield Path(settings.ALLOCATED_SERIALS_DIR)
    if settings.ANCHOR_FILE:
        yield Path(settings.ANCHOR_FILE).parent
    yield Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3") and not str(default["NAME"]).startswith((":memory:", "file:")):
        yield Path(default["NAME"]).parent


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists: it is made when something is written."""
    return folder if folder.exists() else _existing(folder.parent)
