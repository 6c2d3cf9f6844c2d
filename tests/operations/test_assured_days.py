"""The last day of Software Assurance is the same everywhere; only the unlock code rounds it to a month
(docs/decisions.md#days-and-months-of-software-assurance).
"""

from contextlib import contextmanager
from datetime import date, timedelta
from io import StringIO

import jwt
import pytest
from django.core.management import CommandError, call_command

from licences import imports, licence_files, operations
from licences.domain.codes import last_day_of_month, month_number, new_site_id
from licences.models import UnlockCode
from licences.operations import codes
from licences.operations.codes import licence_file_text
from licences.proof.record_checks import is_valid_licence_file, is_valid_unlock_code
from tests import factories
from tests.api.conftest import Server
from tests.tables import each_row

LAST_DAY = date(2027, 4, 28)
MONTH_END = date(2027, 4, 30)

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    def becomes(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda: day)

    becomes(factories.TODAY)
    return becomes


@pytest.fixture
def code():
    return factories.registered(factories.bought(software_assurance_until=LAST_DAY))


@contextmanager
def as_landed():
    """Issue codes and licence files as before the day was stored: with the month, and the last day of the month."""
    insert_row, last_day_covered = codes.insert_row, UnlockCode.last_day_covered

    def without_day(row):
        if isinstance(row, UnlockCode):
            row.assured_until = None
        return insert_row(row)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "insert_row", without_day)
        patch.setattr(UnlockCode, "last_day_covered", lambda code: last_day_of_month(code.assured_month))
        yield
    assert UnlockCode.last_day_covered is last_day_covered


@pytest.fixture
def old_code():
    with as_landed():
        made = factories.registered(factories.bought(software_assurance_until=LAST_DAY))
    return UnlockCode.objects.get(pk=made.pk)


def day_in_licence_file(code):
    return licence_files.verify_signature(licence_file_text(code))["software_assurance_until"]


def top_up(code, until):
    customer = code.serial.site.customer.number
    line = factories.line(customer_number=customer, serial=code.serial.code, software_assurance_until=until, quantity=1)
    imports.record_purchase(line, by="tests")


def return_all_but_one(code):
    """Return what a top-up added: the licences are as before, the cover is not."""
    customer = code.serial.site.customer.number
    line = factories.line(customer_number=customer, serial=code.serial.code, software_assurance_until=None, quantity=-1)
    imports.record_purchase(line, by="tests")


def update(code):
    return operations.update_installation(
        serial=code.serial.code, site_id=None, versions=None, by="tests", today=factories.TODAY
    ).unlock_code


# --- The same day everywhere ----------------------------------------------------------------------


def test_code_and_licence_file_have_the_last_day_on_record(code):
    assert (code.assured_until, code.last_day_covered(), day_in_licence_file(code)) == (
        LAST_DAY,
        LAST_DAY,
        LAST_DAY.isoformat(),
    )
    assert code.assured_month == month_number(LAST_DAY)
    assert is_valid_unlock_code(code)
    assert is_valid_licence_file(code)


def test_registration_update_and_the_same_call_again_answer_with_it():
    serial = factories.bought(software_assurance_until=LAST_DAY)
    server = Server()

    answers = [server.register(serial.code), server.register(serial.code), server.update(serial.code)]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert {answer.json()["software_assurance_until"] for answer in answers} == {"2027-04-28"}


def test_sheet_site_card_look_up_and_case_file_say_it(code, as_user, auditor):
    browser = as_user(auditor)
    pages = [code.get_absolute_url(), code.serial.get_absolute_url(), f"{code.serial.get_absolute_url()}case-file/"]

    said = [browser.get(page).content.decode() for page in pages]
    found = browser.get("/lookup/", {"q": code.serial.code, "format": "json"}).json()["results"][0]

    assert [("28 Apr" in page, "30 Apr" in page, "end of Apr" in page) for page in said] == [(True, False, False)] * 3
    assert found["software_assurance_until"] == "2027-04-28"


def test_the_public_page_says_it(client, db):
    serial = factories.bought(software_assurance_until=LAST_DAY)
    fields = {
        "serial": serial.code, "site_id": new_site_id(), "server_version": "2.6", "client_version": "2.6",
        "name": "Müller", "address_line1": "Weg 1", "contact_name": "Vogel", "contact_phone": "0123 4567",
    }  # fmt: skip

    page = client.post("/register/", fields).content.decode()

    assert "28 Apr" in page
    assert "30 Apr" not in page


def test_without_software_assurance_there_is_no_day():
    serial = factories.bought(software_assurance_until=None)
    code = factories.registered(serial, versions=factories.versions("2.4"))

    assert (code.assured_month, code.assured_until, code.last_day_covered(), day_in_licence_file(code)) == (
        0,
        None,
        None,
        None,
    )
    assert update(code) == code


# --- A changed day is a new code ---------------------------------------------------------------------


def test_another_day_of_the_same_month_makes_a_new_code(code):
    top_up(code, date(2027, 4, 29))
    return_all_but_one(code)

    later = update(code)

    assert later.lines == code.lines
    assert (later.sequence, later.assured_month, later.assured_until) == (2, code.assured_month, date(2027, 4, 29))
    assert day_in_licence_file(later) == "2027-04-29"
    assert update(code) == later


def test_a_day_before_the_last_one_changes_nothing(code):
    top_up(code, date(2027, 4, 27))
    return_all_but_one(code)

    assert update(code) == code


# --- Codes from before the day was stored --------------------------------------------------------------


def test_a_code_with_only_a_month_stays_the_code_and_its_file_stays_as_it_was_signed(old_code):
    assert (old_code.assured_until, old_code.assured_month) == (None, month_number(LAST_DAY))

    assert update(old_code) == old_code
    assert day_in_licence_file(old_code) == MONTH_END.isoformat()
    assert is_valid_unlock_code(old_code)
    assert is_valid_licence_file(old_code)


def test_a_server_that_updates_gets_the_true_day_with_its_old_code(old_code):
    server = Server(old_code.installation.site_id)

    answer = server.update(old_code.serial.code).json()

    assert (answer["sequence"], answer["software_assurance_until"]) == (1, "2027-04-28")


def test_a_day_in_another_month_makes_a_new_code_with_a_day(old_code):
    top_up(old_code, date(2027, 5, 5))
    return_all_but_one(old_code)

    later = update(old_code)

    assert (later.sequence, later.assured_until, day_in_licence_file(later)) == (2, date(2027, 5, 5), "2027-05-05")
    assert old_code.last_day_covered() == MONTH_END  # nothing more is known about its cover


def test_more_licences_make_a_new_code_with_the_true_day(old_code):
    top_up(old_code, LAST_DAY)

    assert day_in_licence_file(update(old_code)) == LAST_DAY.isoformat()


def test_a_list_of_codes_has_the_true_day_with_one_query_more_for_none(
    old_code, code, as_user, auditor, django_assert_num_queries
):
    from licences.administration.installations import UnlockCodeTable

    table = UnlockCodeTable()
    with django_assert_num_queries(1):
        (batch,) = table.rows(UnlockCode.objects.order_by("pk"), table.columns(["assured_until"]))

    assert batch == [[LAST_DAY], [LAST_DAY]]


# --- What the portal refuses -------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "allowed"), [(-1, True), (0, True), (1, False), (2, False)])
def test_an_upgrade_is_refused_from_the_day_after_and_never_earlier(the_day, days, allowed):
    serial = factories.bought(software_assurance_until=LAST_DAY)
    code = factories.registered(serial, versions=factories.versions("2.4"))
    the_day(LAST_DAY + timedelta(days=days))
    server = Server(code.installation.site_id, version="2.6")

    assert server.upgrade_check(serial.code, "2.6").json()["allowed"] is allowed
    assert server.update(serial.code).status_code == (200 if allowed else 403)


# --- Verification ------------------------------------------------------------------------------------


@each_row("day", [date(2027, 4, 29), date(2027, 11, 28), None])
def test_a_day_that_is_not_the_one_it_was_made_with_is_found(code, day):
    code.assured_until = day
    signed = {**licence_files.verify_signature(licence_file_text(code)), "software_assurance_until": "2028-01-31"}

    if day is not None:
        assert not is_valid_licence_file(code)
    code.licence_file.text = licence_files.sign(signed)
    assert not is_valid_licence_file(code)


def test_a_day_outside_the_month_of_the_code_is_found(code):
    code.assured_until = date(2027, 11, 28)

    assert not is_valid_unlock_code(code)


# --- The customer's server ---------------------------------------------------------------------------


@pytest.fixture
def xchange_server(tmp_path, monkeypatch):
    """Answers as the portal does; ``change`` can replace the answer."""

    def act(server, action, *arguments, change=lambda answer: answer):
        def call(portal, path, body=None):
            if path.startswith("/.well-known"):
                return server.client.get(path).json()
            return change(server.post(path.rpartition("/")[2], body).json())

        monkeypatch.setattr("licences.management.portal_client.PortalClient._call", call)
        said = StringIO()
        call_command("xchange_server", action, *arguments, "--state", str(tmp_path / "state.json"), stdout=said)
        return said.getvalue()

    return act


def registering(serial):
    return [serial.code, "--name", "Müller", "--address-line1", "Weg 1", "--contact-name", "V", "--contact-phone", "1"]


def resigned(answer, day):
    claims = jwt.decode(answer["licence_file"], options={"verify_signature": False})
    return {**answer, "licence_file": licence_files.sign({**claims, "software_assurance_until": day})}


def test_a_server_keeps_the_day_and_by_telephone_the_month(xchange_server, code):
    serial = factories.bought(software_assurance_until=LAST_DAY)
    server = Server()
    xchange_server(server, "new", "--site-id", server.site_id)

    assert "Software Assurance until: 2027-04-28" in xchange_server(server, "register", *registering(serial))
    made = UnlockCode.objects.get(serial=serial)
    assert "Software Assurance until: 2027-04-30" in xchange_server(server, "apply", serial.code, made.code)


def test_a_server_takes_the_day_beside_an_older_file_and_no_other_difference(xchange_server):
    serial = factories.bought(software_assurance_until=LAST_DAY)
    server = Server()
    xchange_server(server, "new", "--site-id", server.site_id)
    register = registering(serial)

    for day in ("2027-05-31", None, "2027-04-29"):
        with pytest.raises(CommandError, match="agree on"):
            xchange_server(server, "register", *register, change=lambda answer, day=day: resigned(answer, day))
    said = xchange_server(server, "register", *register, change=lambda answer: resigned(answer, "2027-04-30"))

    assert "Software Assurance until: 2027-04-28" in said
