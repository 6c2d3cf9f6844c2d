"""Sites as programs read them: the look-up of the page, by the same rules (docs/integration.md#sites)."""

import pytest
from django.test import Client

from licences import operations
from licences.models import Release
from licences.queries.serials import site_card
from tests import factories
from tests.api.conftest import is_problem
from tests.factories import TODAY

pytestmark = pytest.mark.usefixtures("catalogue")
PERSONAL = ("Sabine Vogel", "555 0163", "vogel@example.com")


class Program:
    """A program with a key; ``get`` returns the response of a call."""

    def __init__(self, *scopes):
        key = factories.program_key(*scopes).text
        self.client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})

    def get(self, call, query=None, **headers):
        return self.client.get(f"/api/v1/{call}", query or {}, headers=headers)

    def find(self, q, **query):
        return self.get("sites", {"q": q, **query}).json()


@pytest.fixture
def program():
    return Program()


@pytest.fixture
def code():
    operations.save_releases([Release(version="2.6"), Release(version="2.7"), Release(version="3.0")], by="tests")
    return factories.registered(factories.bought(serial="AB1CO9XZ", customer_number="K-10042"))


def test_a_site_is_told_as_its_page_tells_it(code, program):
    site = program.get("sites/ab1c-o9xz").json()
    card = site_card("AB1CO9XZ", today=TODAY)

    assert site["verdict"] == {"code": card.verdict.value, "words": "registered"}
    assert site["upgrade"]["allowed"] == card.possible_upgrade.allowed == "3.0"
    assert (site["software_assurance_until"], site["covered"]) == (card.assured_until.isoformat(), card.is_assured)
    assert site["site_id"] == card.current.site_id
    assert site["versions"] == {"server": "2.6", "client": "2.6"}
    assert site["licences"] == [{"product": "XCH-SRV", "name": "Xchange Server", "quantity": 1}]
    assert (site["certainty"], site["live"], site["blocked"]) == ("sure", True, False)
    assert site["registration"]["name"] == "Bäckerei Müller & Söhne GmbH"


def test_without_cover_the_answer_says_which_release_is_refused_and_why(program):
    operations.save_releases(
        [Release(version="2.4"), Release(version="2.6", needs_software_assurance=True)], by="tests"
    )
    serial = factories.bought(software_assurance_until=None)

    site = program.get(f"sites/{serial.code}").json()

    assert site["upgrade"] == {"allowed": "2.4", "refused": "2.6", "reason": "software-assurance-required"}
    assert site["verdict"]["code"] == "not-registered"
    assert (site["registration"], site["versions"], site["covered"]) == (None, None, False)


def test_a_blocked_and_a_released_site_say_so(code, program):
    place = {"serial": "AB1CO9XZ", "site_id": code.installation.site_id, "release_code": code.release_code}
    operations.release_installation(**place, by="tests")
    assert program.get("sites/AB1CO9XZ").json()["verdict"]["code"] == "released"
    operations.block_serial(serial="AB1CO9XZ", reason="Invoice disputed.", by="supervisor")

    site = program.get("sites/AB1CO9XZ").json()

    assert (site["verdict"]["code"], site["blocked"], site["live"]) == ("blocked", True, False)


def test_contacts_are_told_only_with_their_own_scope(code, program):
    without = [
        program.get("sites/AB1CO9XZ"),
        program.get("sites", {"q": "Vogel"}),
        program.get("sites", {"q": "K-10042"}),
    ]
    told = Program("sites:read", "sites:personal").get("sites/AB1CO9XZ").json()

    assert told["contact"] == {"name": "Sabine Vogel", "phone": "07071/555 0163", "email": "vogel@example.com"}
    for answer in without:
        assert "AB1CO9XZ" in answer.text
        assert not any(each in answer.text for each in PERSONAL)


def test_no_answer_holds_a_code(code):
    everything = Program("sites:read", "sites:personal", "codes:read")

    for answer in (everything.get("sites/AB1CO9XZ"), everything.get("sites", {"q": code.code})):
        assert "AB1CO9XZ" in answer.text
        assert code.code not in answer.text
        assert code.release_code not in answer.text


def test_codes_find_a_site_only_with_their_own_scope(code, program):
    assert program.find(code.code)["sites"] == []
    assert program.find(code.release_code)["answer"] is None
    assert Program("sites:read", "codes:read").find(code.code)["answer"] == "AB1CO9XZ"


def test_only_what_was_named_is_sure(code, program):
    factories.bought(customer_name="Bäckerei Schmidt", contact_name="Eva Roth", contact_phone="030 5550199")

    named, words = program.find("K-10042"), program.find("Bäckerei")
    near = program.find("AB1C-O9XY")

    assert (named["answer"], named["sites"][0]["certainty"]) == ("AB1CO9XZ", "sure")
    assert (words["answer"], {each["certainty"] for each in words["sites"]}) == (None, {"possible"})
    assert (near["answer"], near["sites"][0]["certainty"]) == (None, "similar")
    assert program.find("Zzyzx") == {"sites": [], "answer": None, "more": False, "next": None}


def test_fields_are_selected(code, program):
    assert program.get("sites/AB1CO9XZ", {"fields": "serial,covered"}).json() == {"serial": "AB1CO9XZ", "covered": True}
    assert program.find("K-10042", fields="town")["sites"] == [{"town": "Tübingen"}]


def test_pages_hold_every_site_once(program):
    for number in range(7):
        factories.bought(customer_name=f"Backhaus {number}")
    seen, cursor, pages = [], None, 0
    while cursor or not pages:
        page = program.find("Backhaus", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [each["serial"] for each in page["sites"]]
        cursor, pages = page["next"], pages + 1

    whole = [each["serial"] for each in program.find("Backhaus")["sites"]]
    assert (seen, pages) == (whole, 3)
    assert len(set(seen)) == 7
    assert program.find("Backhaus", cursor="99-AB1CO9XZ")["sites"] == []


def test_a_page_costs_the_same_queries_for_one_site_and_for_many(program, django_assert_num_queries):
    for number in range(6):
        factories.bought(customer_name=f"Backhaus {number}")
    program.find("Backhaus")  # notes the use of the key

    with django_assert_num_queries(4) as one:
        program.find("Backhaus", limit=1)
    with django_assert_num_queries(len(one)):
        program.find("Backhaus")


def test_what_has_not_changed_is_not_sent_again(code, program):
    first = program.get("sites/AB1CO9XZ")
    same = program.get("sites/AB1CO9XZ", **{"If-None-Match": first.headers["ETag"]})
    factories.top_up(code.serial, quantity=4)
    changed = program.get("sites/AB1CO9XZ", **{"If-None-Match": first.headers["ETag"]})

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.json()["licences"][0]["quantity"] == 5
    assert "no-store" in first.headers["Cache-Control"]


def test_an_unknown_serial_is_a_problem_without_talk_of_a_site_id(program):
    answer = program.get("sites/UUUU-UUUU")

    assert is_problem(answer, "unknown-serial", 404)
    assert "site ID" not in answer.json()["detail"]


# --- Who calls ---------------------------------------------------------------------------------------


def callers(program, number):
    return program.get("callers", {"number": number}).json()["callers"]


FORMS = (
    "07071/555 0163", "+49 7071 5550163", "+49 (0) 7071 555-0163", "00497071 5550163", "4970715550163", "5550163",
    "tel:+49-7071-555-0163", "sip:+4970715550163@pbx.example;user=phone",
)  # fmt: skip


def test_a_number_in_any_form_names_who_calls(code, program):
    registered = {"code": "registered", "words": "registered"}
    for number in FORMS:
        assert callers(program, number) == [
            {
                "company": "Bäckerei Müller & Söhne GmbH",
                "town": "Tübingen",
                "certainty": "sure",
                "serials": [{"serial": "AB1CO9XZ", "site": "", "verdict": registered}],
            }
        ]


def test_sites_of_one_customer_are_one_caller_and_customers_who_share_a_number_are_not_sure(code, program):
    factories.bought(customer_number="K-10042", site_name="Filiale")
    (caller,) = callers(program, "07071 5550163")
    assert (caller["certainty"], len(caller["serials"])) == ("sure", 2)

    factories.bought(customer_name="Nordlicht Energie AG", customer_number="K-7")
    shared = callers(program, "07071 5550163")

    assert {each["company"] for each in shared} == {"Bäckerei Müller & Söhne GmbH", "Nordlicht Energie AG"}
    assert {each["certainty"] for each in shared} == {"shared"}


def test_another_extension_is_only_similar(program):
    factories.bought(contact_phone="07071 5550163-12")

    assert [each["certainty"] for each in callers(program, "07071 5550163-40")] == ["similar"]


def test_whoever_is_not_on_record_is_an_empty_list(code, program):
    for number in ("anonymous", "040 9998887", "0163", "K-10042", "sip:anonymous@anonymous.invalid"):
        assert program.get("callers", {"number": number}).json() == {"callers": [], "more": False}


def test_a_number_that_is_a_customer_number_as_well_names_nobody(program):
    factories.bought(customer_number="70715550163", contact_phone="030 111222")

    assert callers(program, "70715550163") == []
