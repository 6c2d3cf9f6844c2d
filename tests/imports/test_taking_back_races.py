"""Taking back an import while its serial numbers are used; real connections to a real database."""

import threading

import pytest

from licences import imports
from licences.domain.errors import Refusal
from licences.models import Balance, FileImport, LicenceGrant, Serial, UnlockCode
from licences.proof.record_checks import record_findings
from tests.imports.entry_points import State, confirmed, preview
from tests.imports.files import csv_bytes, row
from tests.imports.side_by_side import ROUNDS, register
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("consistent_records")]

COVERED = "2030-01-31"


def one_import(number):
    rows = [row(f"R-{number}", line, customer_number=f"R-{number}", product=sku, software_assurance_until=COVERED)
            for line, sku in enumerate(("XCH-SRV", "XCH-USR"), start=1)]  # fmt: skip
    return confirmed(preview(csv_bytes(*rows)))


def taking_back(file_import):
    return lambda: imports.take_back_import(file_import_id=file_import.pk, reason="A wrong file.", by="clerk")


def test_either_the_serial_number_is_registered_or_the_import_is_taken_back():
    for number in range(ROUNDS):
        file_import = one_import(number)
        serial = Serial.objects.get(allocated_by=file_import)

        registered, taken_back = together(lambda serial=serial: register(serial), taking_back(file_import))

        file_import.refresh_from_db()
        reversed_lines = LicenceGrant.objects.filter(serial=serial).exclude(reverses=None).count()
        if isinstance(taken_back, Refusal):
            assert taken_back.code == "import-in-use"
            assert (file_import.state, reversed_lines) == (State.APPLIED, 0)
            assert len(registered.unlock_code.lines) == 2
        else:  # the server was refused, or got a code without these licences
            assert (file_import.state, reversed_lines) == (State.TAKEN_BACK, 2)
            assert all(not code.lines for code in UnlockCode.objects.filter(serial=serial))
    assert list(record_findings()) == []


def test_of_two_people_one_takes_it_back():
    for number in range(ROUNDS):
        file_import = one_import(number)

        results = together(taking_back(file_import), taking_back(file_import))

        refused = [each.code for each in results if isinstance(each, Refusal)]
        assert refused == ["import-taken-back"]
    assert not Balance.objects.exclude(quantity=0).exists()


def test_the_same_lines_come_again_once_while_they_are_taken_back(importing):
    content = csv_bytes(row("A-1", customer_number="A-1"), row("A-2", customer_number="A-2"))
    importing(content)()
    for _ in range(ROUNDS):
        newest = FileImport.objects.filter(state=State.APPLIED).latest("pk")
        held = threading.Event()

        def again(held=held):
            held.wait(timeout=30)
            return importing(content)()

        def take(newest=newest, held=held):
            held.set()
            return taking_back(newest)()

        imported, taken_back = together(again, take)

        assert taken_back.state == State.TAKEN_BACK
        if imported.state == State.WITHDRAWN:  # it was judged before, and all was unchanged, or rejected
            imported = importing(content)()
        assert imported.state == State.APPLIED
        assert list(Balance.objects.values_list("quantity", flat=True)) == [1, 1]
    assert list(record_findings()) == []
