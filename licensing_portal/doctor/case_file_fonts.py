"""Fonts for names in case files (docs/operations.md#fonts)."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from licences.proof.case_files.fonts import scripts_without_font
from licensing_portal.doctor.findings import HealthFinding, ok, warning


def find() -> Iterator[HealthFinding]:
    missing = scripts_without_font()
    if not missing:
        yield ok(_("Case files print names in all common scripts."))
        return
    words = _("No font in %(folder)s for names in: %(scripts)s. Case files show their letters as numbers.")
    said = {"folder": settings.FONT_FOLDER, "scripts": ", ".join(missing)}
    yield warning(
        words % said, _("Install Debian's packages fonts-noto-core and fonts-noto-cjk, and restart the portal.")
    )
