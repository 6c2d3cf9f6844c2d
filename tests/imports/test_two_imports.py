"""Two imports at the same time are both correct; real connections to a real database."""

import pytest

from customers.models import Customer, Site
from licences import imports as imports_
from licences.domain.codes import new_serial, new_site_id
from licences.domain.errors import Refusal
from licences.models import Event, Installation, LicenceGrant, Serial
from tests.imports.entry_points import INSTALLATIONS, State, advance, confirm, counts, preview, receive, waiting_rows
from tests.imports.files import csv_bytes, installation, installations_csv, row
from tests.imports.side_by_side import ROUNDS, bought, done
from tests.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("consistent_records")]


# --- Purchases -------------------------------------------------------------------------------------


def test_two_files_of_the_same_new_customers_and_sites_share_them(importing):
    for number in range(ROUNDS):
        files = [
            csv_bytes(
                *[row(f"PO-{number}-{file}-{line}", customer_number=f"N-{number}-{line % 7}") for line in range(40)]
            )
            for file in (1, 2)
        ]

        imports = done(*map(importing, files))

        assert [each.state for each in imports] == [State.APPLIED] * 2
        assert sorted((*counts(imports[0]), *counts(imports[1]))) == ["new", "top_up"]
        customers = Customer.objects.filter(number__startswith=f"N-{number}-")
        assert customers.count() == Site.objects.filter(customer__in=customers).count() == 7
        assert sorted(sum(each.quantity for each in serial.grants.all()) for serial in serials_of(customers)) == [
            10, 10, 12, 12, 12, 12, 12,
        ]  # fmt: skip


def serials_of(customers):
    return Serial.objects.filter(site__customer__in=customers).prefetch_related("grants")


def test_two_files_with_the_same_lines_record_them_once(importing):
    for number in range(ROUNDS):
        content = csv_bytes(*[row(f"PO-{number}", line, customer_number=f"S-{number}") for line in range(30)])

        imports = done(importing(content), importing(content))

        assert sorted(map(str, map(counts, imports))) == [str({"new": 30}), str({"unchanged": 30})]
        assert sorted(each.state for each in imports) == [State.APPLIED, State.WITHDRAWN]
        assert LicenceGrant.objects.filter(purchase_reference=f"PO-{number}").count() == 30


def test_of_two_contents_of_one_key_one_is_recorded_and_the_other_rejected(importing):
    for number in range(ROUNDS):
        files = [
            csv_bytes(row(f"PO-{number}", quantity=quantity), row(f"X-{number}-{quantity}")) for quantity in (3, 4)
        ]

        imports = done(*[importing(content, accept_valid=True) for content in files])

        assert sorted(counts(each).get("rejected", 0) for each in imports) == [0, 1]
        assert LicenceGrant.objects.get(purchase_reference=f"PO-{number}").quantity in (3, 4)


def test_two_files_take_over_one_serial_number_for_two_customers(importing):
    for number in range(ROUNDS):
        code = new_serial()
        files = [
            csv_bytes(row(f"PO-{number}-{each}", serial=code, customer_number=f"T-{number}-{each}")) for each in (1, 2)
        ]

        imports = done(*map(importing, files))

        assert sorted(map(str, map(counts, imports))) == [str({"rejected": 1}), str({"taken_over": 1})]
        assert Serial.objects.get(code=code).grants.count() == 1


def test_two_confirmed_imports_are_both_as_they_were_shown_or_shown_anew():
    for number in range(ROUNDS):
        content = [row(f"PO-{number}-{line}", customer_number=f"C-{number}") for line in range(10)]
        imports = [confirm(preview(csv_bytes(*rows))) for rows in (content, content[5:])]

        done(*[lambda each=each: advance(each) for each in imports])

        assert sorted(each.state for each in imports) == [State.APPLIED, State.PREVIEW]
        shown = next(each for each in imports if each.state == State.PREVIEW)
        assert shown.changed_since_preview == len(content if shown == imports[0] else content[5:])
        total = sum(
            LicenceGrant.objects.filter(serial__site__customer__number=f"C-{number}").values_list("quantity", flat=True)
        )
        assert total == (10 if shown == imports[1] else 5)


def test_two_workers_at_one_import_apply_it_once():
    for number in range(ROUNDS):
        file_import = confirm(preview(csv_bytes(*[row(f"PO-{number}", line) for line in range(20)])))

        together(*[lambda each=file_import: imports_.advance_import(each.pk)] * 3)

        file_import.refresh_from_db()
        assert (file_import.state, file_import.attempts) == (State.APPLIED, 1)
        assert LicenceGrant.objects.filter(purchase_reference=f"PO-{number}").count() == 20
        assert Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).count() == number + 1


def test_two_people_confirm_one_import():
    for number in range(ROUNDS):
        file_import = preview(csv_bytes(row(f"PO-{number}")))

        def confirming(by, file_import=file_import):
            return lambda: imports_.confirm_import(file_import_id=file_import.pk, preview=1, accept_valid=False, by=by)

        results = together(confirming("one"), confirming("other"))

        assert [each.code for each in results if isinstance(each, Refusal)] == ["import-not-waiting"]


def test_two_files_are_read_and_checked_at_once():
    received = [receive(csv_bytes(*[row(f"PO-{file}-{line}") for line in range(60)])) for file in (1, 2)]

    done(*[lambda each=each: advance(each) for each in received])

    for file_import in received:
        assert (file_import.state, counts(file_import)) == (State.PREVIEW, {"new": 60})
    assert waiting_rows() == 240


# --- Installations of an older system --------------------------------------------------------------


def test_two_files_claim_the_same_servers_the_other_way_round(importing):
    """An insert waits for another of the same site ID, so the order of inserts decides whether they deadlock."""
    for _ in range(ROUNDS):
        serials, site_ids = bought(8), [new_site_id() for _ in range(4)]
        files = [
            installations_csv(
                *[installation(serial, site_id=site_id) for serial, site_id in zip(some, order, strict=True)]
            )
            for some, order in ((serials[:4], site_ids), (serials[4:], site_ids[::-1]))
        ]

        imports = done(*[importing(content, kind=INSTALLATIONS) for content in files])

        assert sorted(each.state for each in imports) == [State.APPLIED, State.WITHDRAWN]
        assert sorted(map(str, map(counts, imports))) == [str({"rejected": 4}), str({"taken_over": 4})]
        assert Installation.objects.filter(site_id__in=site_ids, ended_at=None).count() == len(site_ids)
