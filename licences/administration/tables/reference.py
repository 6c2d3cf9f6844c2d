"""The import tables of the reference facts: releases, CRM applications, support contacts."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

from licences import operations
from licences.administration.tables.import_table import ImportColumn, ImportTable, TextCell, raise_problem
from licences.domain.errors import Refusal
from licences.domain.versions import Version
from licences.imports.rows.row_cells import CellReader, one_line, parse_day
from licences.models import CrmApplication, Release, SupportContact
from licences.wording.sentences import refusal_sentence, sentence

_YES, _NO = ("yes", "y", "true", "1", "x", "ja"), ("no", "n", "false", "0", "", "nein")


class VersionCell(TextCell):
    """A version such as 2.6 or 2.10.0, kept as it is spelled."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(32, required=required, code=True)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        if text:
            try:
                Version.parse(text)
            except Refusal as refusal:
                raise ValueError(refusal_sentence(refusal)) from None
        return text


class DayCell(Widget):
    """A date as ``parse_day`` reads it, or empty."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        reader = CellReader([value], [""])
        day = reader.cell("", parse_day)
        raise_problem(reader)
        return day


class YesNoCell(Widget):
    """Yes or no in English, in German or as a spreadsheet's boolean; empty is no."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> bool:
        typed = one_line(value).casefold()
        if typed not in (*_YES, *_NO):
            raise ValueError(_("Enter yes or no."))
        return typed in _YES


class ChoiceCell(Widget):
    """One of the choices of a field, by its value or its label, in any case of its letters."""

    def __init__(self, choices: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.choices = choices

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        typed = one_line(value).casefold()
        for choice, label in self.choices:
            if typed in (choice.casefold(), str(label).casefold()):
                return choice
        known = ", ".join(choice for choice, _label in self.choices)
        raise ValueError(_("Enter one of these: %(choices)s.") % {"choices": known})


class LinkCell(TextCell):
    """An http or https address, or empty."""

    def __init__(self) -> None:
        super().__init__(500, required=False, code=True)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        if text:
            _require(URLValidator(schemes=["http", "https"]), text)
        return text


class EmailCell(TextCell):
    """An e-mail address, or empty."""

    def __init__(self) -> None:
        super().__init__(254, required=False, code=True)

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        if text:
            _require(validate_email, text)
        return text


def _require(validator: Any, text: str) -> None:
    """Raise the message of a failed validator as the ``ValueError`` that the package shows beside the cell."""
    try:
        validator(text)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None


class ReleaseImport(ImportTable):
    version = ImportColumn(VersionCell(), help=gettext_lazy("Identifies the release."))
    released_on = ImportColumn(DayCell(), help=gettext_lazy("For example 2026-11-24 or 24.11.2026; optional."))
    is_supported = ImportColumn(YesNoCell(), help=gettext_lazy("yes or no"))
    needs_software_assurance = ImportColumn(
        YesNoCell(), help=gettext_lazy("yes or no. If a release needs it, all later releases need it too.")
    )
    requirements_url = ImportColumn(LinkCell())
    download_url = ImportColumn(LinkCell())
    guide_url = ImportColumn(LinkCell())
    settings_url = ImportColumn(LinkCell(), help=gettext_lazy("Address of the guide for moving a server’s settings."))

    class Meta:
        model = Release
        fields = (
            "version", "released_on", "is_supported", "needs_software_assurance", "requirements_url", "download_url",
            "guide_url", "settings_url",
        )  # fmt: skip
        import_id_fields = ("version",)

    @classmethod
    def record(cls, accepted: list[Release], *, by: str, source: Mapping[str, str]) -> None:
        operations.save_releases(accepted, by=by, source=source)

    def check(self, instance: Release, original: Release | None) -> Iterator[tuple[str, str]]:
        """A release of the same version must not exist under another spelling, such as 2.6 and 2.6.0."""
        for other in Release.objects.exclude(pk=instance.pk):
            if instance.version and other.parsed() == instance.parsed():
                yield "version", sentence("release-twice", {"version": other.version})


class CrmApplicationImport(ImportTable):
    name = ImportColumn(
        TextCell(200),
        help=gettext_lazy("Identifies the application; upper and lower case do not matter."),
        is_name=True,
    )
    vendor = ImportColumn(TextCell(200, required=False), is_name=True)
    works = ImportColumn(ChoiceCell(CrmApplication.Works.choices), help=gettext_lazy("yes, limited or no"))
    since_version = ImportColumn(VersionCell(required=False))
    notes = ImportColumn(TextCell(1000, required=False))
    url = ImportColumn(LinkCell())

    class Meta:
        model = CrmApplication
        fields = ("name", "vendor", "works", "since_version", "notes", "url")
        import_id_fields = ("name",)

    @classmethod
    def record(cls, accepted: list[CrmApplication], *, by: str, source: Mapping[str, str]) -> None:
        operations.save_applications(accepted, by=by, source=source)


class SupportContactImport(ImportTable):
    country = ImportColumn(
        TextCell(100), help=gettext_lazy("Identifies the contact; upper and lower case do not matter."), is_name=True
    )
    country_code = ImportColumn(TextCell(2, required=False, code=True), help=gettext_lazy("Two letters, such as DE."))
    phone = ImportColumn(TextCell(100, required=False, code=True))
    email = ImportColumn(EmailCell())
    hours = ImportColumn(TextCell(200, required=False))
    url = ImportColumn(LinkCell())

    class Meta:
        model = SupportContact
        fields = ("country", "country_code", "phone", "email", "hours", "url")
        import_id_fields = ("country",)

    @classmethod
    def record(cls, accepted: list[SupportContact], *, by: str, source: Mapping[str, str]) -> None:
        operations.save_contacts(accepted, by=by, source=source)
