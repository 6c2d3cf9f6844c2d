"""The steps of ``setup`` on the database: the first administrator, the catalogue, the checks, and what is left to do.

Each step leaves alone what is there already (docs/operations.md#first-hour).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.checks import WARNING, run_checks
from django.core.exceptions import ValidationError

from licences.administration.tables.import_table import ImportTable
from licences.administration.tables.importing import MAX_BYTES
from licences.administration.tables.products import ProductImport
from licences.administration.tables.reference import ReleaseImport
from licences.administration.tables.uploads import SpreadsheetFormat
from licences.domain.errors import Refusal
from licences.models import Product, Release
from licences.wording.sentences import refusal_sentence
from licensing_portal.accounts import usernames
from licensing_portal.accounts.operations.people import SERVER

TABLES: dict[str, type[ImportTable]] = {"products": ProductImport, "releases": ReleaseImport}


class SetupError(Exception):
    """Something given to ``setup`` cannot be used; the text says what and why."""


# --- The first administrator ---------------------------------------------------------------------------


def has_administrator() -> bool:
    """Whether there is a superuser who may log in."""
    return User.objects.filter(is_superuser=True, is_active=True).exists()


def check_administrator(username: str, email: str) -> None:
    """Raise ``SetupError`` if the name or address cannot be used."""
    try:
        usernames.refuse_look_alike(username)
        User(username=username, email=email).clean_fields(exclude=["password"])
    except ValidationError as error:
        raise SetupError(f"The administrator cannot be created: {' '.join(error.messages)}") from None


def password_problem(password: str, *, username: str, email: str) -> str:
    """Why this password is too weak, or an empty text."""
    try:
        validate_password(password, User(username=username, email=email))
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


# --- The catalogue -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Server:
    """Who imported the file."""

    def get_username(self) -> str:
        return SERVER


def load_table(name: str, path: Path) -> str:
    """Load a file into the table ``products`` or ``releases`` if it is empty, all rows or none. Returns what was done.

    ``SetupError`` names the rows that cannot be used.
    """
    table = TABLES[name]
    count = table.on_record().count()
    if count:
        return f"{count} are there already, so {path.name} was not read. Change them in the administration."
    dataset = _dataset(table, path)
    preview = table().import_data(dataset, dry_run=True, file_name=path.name)
    if not preview.is_acceptable:
        rows = "\n".join(f"- {line}" for line in _problems(preview)) or "- No row can be used."
        raise SetupError(f"{path}: nothing was loaded. Correct these rows:\n{rows}")
    table().import_data(
        dataset, dry_run=False, raise_errors=True, preview=preview.digest(), file_name=path.name, user=_Server()
    )
    return f"{table.on_record().count()} loaded from {path.name}"


def _dataset(table: type[ImportTable], path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SetupError(f"{path} is larger than {MAX_BYTES >> 20} MB. It has to be a list of a few products.")
        return SpreadsheetFormat(table).create_dataset(path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}.") from None
    except Refusal as refusal:
        raise SetupError(f"{path}: {refusal_sentence(refusal)}") from None
    except ValidationError as error:
        raise SetupError(f"{path}: {' '.join(error.messages)}") from None


def _problems(preview: Any) -> Iterator[str]:
    for row in preview.invalid_rows:
        yield f"row {row.number}: {' '.join(map(str, row.error.messages))}"
    for row in preview.error_rows:
        yield f"row {row.number}: {' '.join(str(error.error) for error in row.errors)}"


# --- What is wrong, and what is left ---------------------------------------------------------------------


def check_problems() -> list[str]:
    """What ``check --deploy`` and ``check --database default`` find, with what to do about it."""
    found = run_checks(include_deployment_checks=True, databases=["default"])
    return [
        f"{each.msg} {each.hint or ''}".strip() for each in found if each.level >= WARNING and not each.is_silenced()
    ]


def left_to_do(program: str) -> Iterator[str]:
    """What nobody but a person can do now, most urgent first. ``program`` is the command that people type."""
    if not has_administrator():
        yield f"Create the first administrator: {program} setup --administrator NAME --email ADDRESS"
    if not Product.objects.exists():
        yield (
            "Load the catalogue. Without products, every row of a purchase file is rejected: "
            f"{program} setup --products FILE.csv (columns sku, name, slot), or Administration, Products, Import."
        )
    if not Release.objects.exists():
        yield f"Load the releases, from which clerks see what may run: {program} setup --releases FILE.csv"
    if not settings.MAIL_IS_SENT:
        yield "No e-mail is sent (EMAIL_URL=none): give people their passwords yourself, and set a mail server later."
    if Path(settings.ALLOCATED_SERIALS_DIR).is_relative_to(settings.VAR_DIR):
        yield "Set ALLOCATED_SERIALS_DIR to a folder on another disk: a restore needs it (docs/restore.md)."
    yield f"Copy {settings.FOLDER / '.env'} to a safe place that is not where the backups are: it has the keys."
    if User.objects.filter(last_login__isnull=False).exists():
        yield "Restart web and worker: they go on with the settings and the program with which they were started."
    else:
        yield "Start web, worker and timers, and put the proxy in front (docs/operations.md#first-hour)."
        yield f"Log in at {settings.PORTAL_URL}, set up the second factor, and create people with their roles."
    yield f"Look at everything once: {program} doctor"
