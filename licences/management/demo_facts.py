"""Reference facts of the demo: the sample tables, saved through the operations."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from licences import operations
from licences.models import CrmApplication, Release, SupportContact


def load_facts(folder: Path, *, by: str) -> None:
    """Load the CSV files in ``folder`` into those tables that are still empty. Idempotent."""
    for model, load in _LOADERS.items():
        if not model.objects.exists():
            load(folder, by)


def _load_releases(folder: Path, by: str) -> None:
    releases = []
    for row in _rows(folder / "releases.csv"):
        flags = {name: row.pop(name) == "yes" for name in ("is_supported", "needs_software_assurance")}
        released_on = date.fromisoformat(row.pop("released_on"))
        releases.append(Release(released_on=released_on, **flags, **row))
    operations.save_releases(releases, by=by)


def _load_applications(folder: Path, by: str) -> None:
    rows = _rows(folder / "crm_applications.csv")
    operations.save_applications([CrmApplication(**row) for row in rows], by=by)


def _load_contacts(folder: Path, by: str) -> None:
    rows = _rows(folder / "support_contacts.csv")
    operations.save_contacts([SupportContact(**row) for row in rows], by=by)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


_LOADERS: dict[type[Release | CrmApplication | SupportContact], Callable[[Path, str], None]] = {
    Release: _load_releases,
    CrmApplication: _load_applications,
    SupportContact: _load_contacts,
}
