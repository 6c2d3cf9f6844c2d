"""Purchases that a shop records over the API (docs/integration.md#a-shop)."""

import pytest

from customers.models import Customer
from licences import operations
from licences.imports import ImportOptions, import_file, sent_files, take_back_import
from licences.models import Balance, Event, FileImport, LicenceGrant, ProgramCall, Serial
from tests import factories
from tests.api.conftest import is_problem
from tests.api.shops import Shop, line
from tests.event_chain import flaws
from tests.tables import each_row

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def shop():
    return Shop()


def outcomes(answer):
    return [each["outcome"] for each in answer.json()["lines"]]


def codes(answer):
    return [[problem["code"] for problem in each["problems"]] for each in answer.json()["lines"]]


def nothing_is_recorded():
    return not (LicenceGrant.objects.exists() or Serial.objects.exists() or Customer.objects.exists())


# --- Recorded ----------------------------------------------------------------------------------------


def test_a_line_gets_its_serial_number_at_once(shop):
    answer = shop.send(line())

    assert answer.status_code == 201
    (told,) = answer.json()["lines"]
    assert (told["outcome"], told["recorded"], told["problems"]) == ("new", True, [])
    assert told["serial"] == Serial.objects.get().code
    assert Balance.objects.get().quantity == 1


def test_the_look_up_finds_the_serial_number_at_once(shop, staff):
    (told,) = shop.send(line()).json()["lines"]

    assert told["serial"][:4] in staff.get("/lookup/", {"q": "Bäckerei Müller"}).text


def test_the_import_and_its_event_name_the_key(shop):
    answer = shop.send(line())

    found, event = FileImport.objects.get(), Event.objects.latest("pk")
    assert answer.json()["recorded_in"]["number"] == found.pk
    assert answer.json()["recorded_in"]["url"].endswith(found.get_absolute_url())
    assert (found.state, found.program_key, found.uploaded_by) == ("applied", shop.issued.record, "program Shop")
    assert (event.kind, event.actor) == (Event.Kind.PURCHASES_RECORDED, "program Shop")
    assert event.details["program"] == {
        "key": shop.issued.record.pk, "handle": shop.issued.record.handle, "name": "Shop"
    }  # fmt: skip
    assert flaws() == []


def test_every_outcome_of_a_file_is_told(shop):
    known = factories.bought(customer_number="K-1", customer_name="Bäckerei Müller & Söhne GmbH", quantity=5)

    answer = shop.send(
        line(purchase_reference="A", quantity=2),
        line(purchase_reference="B", quantity=-1, serial=known.code),
        line(purchase_reference="C", serial="UWNJ-QNFJ", site_name="Filiale"),
        line(purchase_reference="D", customer_number="K-2", customer_name="Zweirad Zoll", address_line1="Am Bach 3",
             postcode="10115", contact_phone=""),
        line(purchase_reference="D", line=2, customer_number="K-2", customer_name="Zweirad Zoll",
             address_line1="Am Bach 3", postcode="10115", product="XCH-USR"),
    )  # fmt: skip

    assert outcomes(answer) == ["top-up", "return", "taken-over", "new", "new"]
    serials = [each["serial"] for each in answer.json()["lines"]]
    assert serials[:3] == [known.code, known.code, "UWNJQNFJ"]
    assert serials[3] == serials[4] == Serial.objects.latest("pk").code


def test_a_line_that_is_on_record_is_unchanged_and_leaves_no_import(shop):
    first = shop.send(line())

    again = shop.send(line())

    assert (again.status_code, again.json()["state"], outcomes(again)) == (200, "unchanged", ["unchanged"])
    assert again.json()["lines"][0]["serial"] == first.json()["lines"][0]["serial"]
    assert again.json()["lines"][0]["recorded"] is True
    assert again.json()["recorded_in"] is None
    assert FileImport.objects.count() == LicenceGrant.objects.count() == 1


def test_an_unchanged_line_in_another_spelling_has_its_serial_number_too(shop):
    serial = shop.send(line(purchase_reference="WEB-1")).json()["lines"][0]["serial"]

    again = shop.send(line(purchase_reference="WEB\u20131\u200b"))

    assert (outcomes(again), again.json()["lines"][0]["serial"]) == (["unchanged"], serial)


def test_what_is_bought_over_the_api_and_by_a_file_is_the_same(shop, tmp_path):
    sent = {name: str(value) for name, value in line().items()}
    shop.send(line())
    path = tmp_path / "shop.csv"
    path.write_bytes(sent_files.as_csv([tuple(sent.get(name, "") for name in sent_files.COLUMNS)]))

    again = import_file(path, kind=FileImport.Kind.PURCHASES, by="importer", options=ImportOptions())

    assert again.counts["unchanged"] == 1
    assert LicenceGrant.objects.count() == 1


def test_the_import_can_be_taken_back(shop):
    number = shop.send(line()).json()["recorded_in"]["number"]

    take_back_import(file_import_id=number, reason="The shop sold it by mistake.", by="importer")

    assert Balance.objects.get().quantity == 0


# --- All or the valid ones -------------------------------------------------------------------------------


def test_of_all_lines_none_is_recorded_if_one_is_rejected(shop):
    refused = shop.send(line(), line(line=2, product="XCH-SVR"), line(line=3, quantity="many", purchased_on="soon"))

    assert refused.status_code == 409
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["type"].endswith("#lines-rejected")
    assert outcomes(refused) == ["new", "rejected", "rejected"]
    assert codes(refused) == [[], ["product-unknown"], ["not-a-date", "not-a-whole-number"]]
    assert "XCH-SVR" in refused.json()["lines"][1]["problems"][0]["detail"]
    assert not any(each["recorded"] for each in refused.json()["lines"])
    assert nothing_is_recorded()
    assert not FileImport.objects.exists()
    assert not Event.objects.filter(kind=Event.Kind.PURCHASES_RECORDED).exists()


def test_of_the_valid_ones_the_others_are_left_out(shop):
    answer = shop.send(line(), line(line=2, product="XCH-SVR"), mode="valid")

    assert (answer.status_code, answer.json()["state"], outcomes(answer)) == (201, "recorded", ["new", "rejected"])
    assert [each["recorded"] for each in answer.json()["lines"]] == [True, False]
    assert LicenceGrant.objects.count() == 1
    assert FileImport.objects.get().counts["rejected"] == 1


def test_of_the_valid_ones_none_may_be_valid(shop):
    answer = shop.send(line(product="XCH-SVR"), mode="valid")

    assert (answer.status_code, answer.json()["state"], outcomes(answer)) == (200, "nothing", ["rejected"])
    assert nothing_is_recorded()
    assert not FileImport.objects.exists()


def test_a_dry_run_writes_nothing(shop):
    for mode in ("all", "valid"):
        answer = shop.send(line(), line(line=2, product="XCH-SVR"), mode=mode, dry_run=True, idempotency_key="a")

        assert (answer.status_code, answer.json()["state"], outcomes(answer)) == (200, "dry-run", ["new", "rejected"])
        assert answer.json()["lines"][0] == {
            "row": 1, "outcome": "new", "recorded": False, "serial": None, "problems": []
        }  # fmt: skip
        assert nothing_is_recorded()
        assert not (FileImport.objects.exists())
        assert not (ProgramCall.objects.exists())


# --- What a program sends --------------------------------------------------------------------------------


@each_row(
    ("body", "field"),
    [
        ({}, "lines"),
        ({"lines": []}, "lines"),
        ({"lines": {}}, "lines"),
        ({"lines": [7]}, "lines.0"),
        ({"lines": [{**line(), "product": None}]}, "lines.0.product"),
        ({"lines": [line(), {"line": 1}]}, "lines.1.purchase_reference"),
        ({"lines": [line(line=1.5)]}, "lines.0.line"),
        ({"lines": [line(quantity=True)]}, "lines.0.quantity"),
        ({"lines": [line(postcode=72074)]}, "lines.0.postcode"),
        ({"lines": [line(city="x" * 2001)]}, "lines.0.city"),
        ({"lines": [line()], "mode": "some"}, "mode"),
        ({"lines": [line()], "dry_run": "yes"}, "dry_run"),
        ({"lines": [line()] * 1001}, "lines"),
        ([], "body"),
    ],
)
def test_what_is_no_list_of_lines_is_named(shop, body, field):
    refused = shop.post(body)

    assert is_problem(refused, "invalid-request", 422)
    assert field in refused.json()["errors"]
    assert "%(" not in refused.text
    assert nothing_is_recorded()


def test_at_most_fifty_fields_are_named(shop):
    refused = shop.send(*[{}] * 200)

    assert is_problem(refused, "invalid-request", 422)
    assert len(refused.json()["errors"]) == 50


@each_row("text", ["{", '{"lines": [NaN]}', "\udcff", '{"a": ' * 5000])
def test_what_is_no_json_is_refused(shop, text):
    refused = shop.client.post(
        "/api/v1/purchases", text.encode("utf-8", "surrogateescape"), content_type="application/json"
    )

    assert is_problem(refused, "bad-request", 400)


def test_texts_of_any_kind_are_problems_of_their_line(shop):
    refused = shop.send(
        line(customer_name="A\x00B"), line(line=2, purchase_reference=" "), line(line=3, city="x" * 200)
    )

    assert codes(refused) == [["value-control-character"], ["value-missing"], ["value-too-long"]]


def test_numbers_may_be_texts_and_nothing_may_be_null(shop):
    answer = shop.send(line(line="1", quantity="2.0", site_name=None, contact_email=None))

    assert outcomes(answer) == ["new"]
    assert Balance.objects.get().quantity == 2


def test_members_that_nobody_knows_are_named(shop):
    answer = shop.send(line(colour="red"), line(line=2, colour="blue"), basket=7)

    assert answer.status_code == 201
    assert answer.json()["ignored"] == ["basket", "lines.colour"]


def test_a_body_is_limited(shop):
    def send(text, **options):
        return shop.client.post("/api/v1/purchases", text, **{"content_type": "application/json", **options})

    assert is_problem(send(b"x" * 2_000_001), "body-too-large", 413)
    assert is_problem(send("a=b", content_type="text/plain"), "unsupported-media-type", 415)
    assert is_problem(send("{}", content_type="application/json; charset=latin-1"), "unsupported-media-type", 415)
    assert is_problem(send("{}", HTTP_TRANSFER_ENCODING="gzip, chunked"), "bad-request", 400)


def test_lines_count_against_the_limit_of_the_key(shop, settings):
    settings.RATE_LIMIT_KEY = 50

    assert shop.send(*[line()] * 900, dry_run=True).status_code == 200
    assert is_problem(shop.send(*[line()] * 900, dry_run=True), "too-many-requests", 429)
    assert Shop().send(line()).status_code == 201


def test_only_a_key_with_the_scope_may_record(catalogue):
    assert is_problem(Shop("sites:read", "sites:personal", "codes:read").send(line()), "scope-missing", 403)
    assert is_problem(Shop(Authorization="").send(line()), "key-missing", 401)
    assert is_problem(Shop().client.get("/api/v1/sites?q=a"), "scope-missing", 403)
    assert nothing_is_recorded()


def test_what_is_said_is_in_the_language_of_the_program(catalogue):
    (told,) = Shop(**{"Accept-Language": "de"}).send(line(product="XCH-SVR")).json()["lines"]

    assert told["problems"][0]["detail"] == "Der Katalog enthält kein Produkt „XCH-SVR“. Prüfen Sie die Schreibweise."


def test_a_revoked_key_records_nothing(shop):
    operations.revoke_program_key(key_id=shop.issued.record.pk, reason="Leaked in a log.", by="administrator")

    assert is_problem(shop.send(line()), "key-revoked", 401)
    assert nothing_is_recorded()
