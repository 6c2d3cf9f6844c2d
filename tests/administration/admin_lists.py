"""The lists of the administration, a row for each of them, and the content of their exports."""

import csv
import io
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from licences import operations
from licences.domain.errors import Refusal
from licences.models import (
    CodeDelivery,
    CrmApplication,
    FileImport,
    ItemResolution,
    RefusedClaim,
    Release,
    SenderProfile,
    SupportContact,
)
from licences.operations.abuse import count_guess, count_refused_attempt
from licences.operations.access_denials import count_access_denial
from licensing_portal.accounts.models import LockOut, SignInEvent
from licensing_portal.accounts.operations import events, lock_outs
from licensing_portal.accounts.operations.lock_outs import AttemptLimit
from tests import factories
from tests.operations.emergency_calls import begin_emergency, settle

DESKS = list(admin.site._registry.items())
MODELS = [model for model, _desk in DESKS]
NAMES = [model._meta.label_lower for model in MODELS]


def address(model: Any, page: str) -> str:
    """``page``: changelist, export, import, process_import, add."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def something_in_every_list() -> None:
    """Creates at least one row for every list: a call with everything that can follow from it."""
    first = factories.registered()
    released = factories.registered()
    operations.release_installation(
        serial=released.serial.code,
        site_id=released.installation.site_id,
        release_code=released.release_code,
        by="tests",
    )
    request = factories.request(first, customer_name="Bäckerei Müller & Söhne")
    operations.confirm_asked_again(request_id=request.pk, items=["customer_name"], by="tests")
    operations.note_on_serial(serial=first.serial.code, text="Speaks Polish.", by="tests")
    operations.issue_relicensing(request_id=request.pk, by="tests", today=factories.TODAY)
    assert ItemResolution.objects.exists()
    found = begin_emergency(factories.registered())
    with pytest.raises(Refusal):
        settle(found, "UUUUUUUUUU")
    waiting = {"language": "de", "queued_by": "tests", "queued_at": timezone.now()}
    CodeDelivery.objects.create(unlock_code=first, address="vogel@example.com", **waiting)
    kind = RefusedClaim.Kind.SERIAL_IN_USE
    count_refused_attempt(kind, serial=first.serial.code, site_id="O" * 12, by="tests", now=timezone.now())
    number = Release.objects.count() + 1
    count_guess(f"192.0.2.{number}", now=timezone.now())
    operations.save_releases([Release(version=f"2.{number}")], by="tests")
    operations.save_applications([CrmApplication(name=f"Contacts {number}")], by="tests")
    operations.save_contacts([SupportContact(country=f"Country {number}", phone="+48 22 555 0100")], by="tests")
    count_access_denial(username="tests", method="GET", page="/", why=f"permission {number}", now=timezone.now())
    SenderProfile.objects.create(
        name=f"Shop {number}", name_key=f"shop {number}", shape=f"{number:064}", changed_by="tests",
        titles=["Ref", "Pos", "SKU", "Qty", "Who"],
        columns=["purchase_reference", "line", "product", "quantity", "customer_name"],
    )  # fmt: skip
    factories.program_key()
    operations.send_test_message(webhook_id=factories.webhook().record.pk, by="tests")
    FileImport.objects.create(kind=FileImport.Kind.PURCHASES, file_name="purchases.csv", uploaded_by="tests")
    DBTaskResult.objects.create(args_kwargs={"args": [1]}, task_path="tests.task", run_after=timezone.now())
    somebody = User.objects.create_user(f"somebody{number}")
    lock_outs.count_attempt([AttemptLimit(LockOut.Kind.ACCOUNT, somebody.username, somebody)])
    events.record_sign_in_event(SignInEvent.Kind.FAILED, user=somebody)


def columns_of(model: Any, user: User) -> list[str]:
    return list(admin.site._registry[model].export_table(user=user).fields)


def export(browser: Any, model: Any, *, columns: list[str], format: str = "csv", query: str = "") -> Any:
    return browser.post(f"{address(model, 'export')}{query}", {"format": format, "columns": columns})


def csv_rows(answer: Any) -> list[list[str]]:
    """The rows of a CSV, the header first."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def xlsx_cells(answer: Any) -> list[list[Any]]:
    """The cells of a workbook's only sheet, the header first."""
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(book.worksheets) == 1
    return [list(row) for row in book.worksheets[0].iter_rows()]


def viewer_of_everything_but(*withheld: str) -> User:
    """A user who may view everything except what these permissions protect."""
    user = User.objects.create_user("viewer", password="a long test password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_").exclude(codename__in=withheld))
    return user
