"""Names and addresses as callers say them, through the checklist's pages."""

import pytest

from licences import operations
from licences.domain.errors import Refusal
from licences.models import ChecklistCheck, Registration
from tests import factories
from tests.tables import each_row
from tests.views.test_checklist_pages import check, issue_button, said, verdicts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_day(monkeypatch):
    for module in ("relicensing", "serials"):
        monkeypatch.setattr(f"licences.views.{module}.today", lambda: factories.TODAY)


@pytest.fixture
def registered_as(catalogue):
    """The unlock code of a serial that was registered with these details."""

    def make(**details):
        return factories.registered(**details)

    return make


def reasons() -> dict[str, str]:
    return dict(ChecklistCheck.objects.latest("pk").items.values_list("item", "reason"))


@each_row(
    ("line", "recorded"),
    [
        ("bauerngasse 12", "Bauerngasse 12"),
        ("Bauerng. 12", "Bauerngasse 12"),
        ("Str. d. 17. Juni 135", "Straße des 17. Juni 135"),
        ("Bgm.-Müller-Str. 3", "Bürgermeister-Müller-Straße 3"),
        ("Friedr.-Ebert-Str. 1", "Friedrich-Ebert-Straße 1"),
        ("An d. Kirche 4", "An der Kirche 4"),
        ("Prof.-Huber-Pl. 1", "Professor-Huber-Platz 1"),
        ("5 Bd. Haussmann", "5 boulevard Haussmann"),
        ("os. Tysiąclecia 4", "osiedle Tysiąclecia 4"),
        ("100 E Main St Ste 5", "100 E. Main Street Suite 5"),
        ("7 Claude La.", "7 Claude Ln."),
    ],
)
def test_what_cannot_be_heard_matches_and_the_spelling_on_record_stands_beside_it(registered_as, staff, line, recorded):
    code = registered_as(address_line1=recorded)

    _, page = check(staff, said(code, address_line1=line))

    assert verdicts(page) == ["match"] * 7
    assert f"<small><bdi>{recorded}</bdi></small>" in page
    assert "disabled" not in issue_button(page)


def test_no_spelling_stands_beside_what_was_typed_as_it_is_on_record(registered_as, staff):
    code = registered_as(address_line1="Bauerngasse 12")

    _, page = check(staff, said(code, address_line1="Bauerngasse 12"))

    assert "<small><bdi>" not in page


@pytest.mark.parametrize(
    ("name", "recorded", "verdict", "reason"),
    [
        ("Muster GmbH i.G.", "Muster GmbH", "close", "close"),
        ("Lebenshilfe gemeinnützige GmbH", "Lebenshilfe gGmbH", "match", "same-as-said"),
        ("Stadtwerke X AöR", "Stadtwerke X Anstalt des öffentlichen Rechts", "match", "same-as-said"),
        ("Muster GmbH i.L.", "Muster GmbH", "close", "close"),
        ("Stadtwerke X KdöR", "Stadtwerke X Körperschaft des öffentlichen Rechts", "match", "same-as-said"),
        ("Ciboulette", "Ciboulette Restaurant", "close", "shorter"),
        ("Ciboulette Restaurant", "Ciboulette", "close", "longer"),
        ("Coyote Cafe", "Coyote Cafe (Las Vegas)", "close", "shorter"),
        ("Coyote Cafe (Las Vegas)", "Coyote Cafe (Santa Fe)", "mismatch", "different"),
        ("Shun Lee West", "Shun Lee Palace", "mismatch", "different"),
    ],
)
def test_a_name_is_judged_as_it_is_said(registered_as, staff, name, recorded, verdict, reason):
    code = registered_as(name=recorded)

    _, page = check(staff, said(code, customer_name=name))

    assert verdicts(page)[5] == verdict
    assert reasons()["customer_name"] == reason


@pytest.mark.parametrize(
    ("line", "recorded", "reason", "words"),
    [
        ("255 Courtland St.", "255 Courtland St. at Harris St.", "shorter", "Harris, St"),
        ("3434 Peachtree Rd.", "3434 Peachtree Rd. NE", "shorter", "not mentioned: NE"),
        ("3000 Paradise Rd.", "3000 W. Paradise Rd.", "shorter", "not mentioned: W"),
        ("Hauptstraße 12, 3. OG", "Hauptstraße 12", "longer", "3. OG"),
        ("Hauptstraße 12", "Hauptstraße 12, 3. OG", "shorter", "not mentioned: 3. OG"),
    ],
)
def test_what_stands_beside_the_street_is_named(registered_as, staff, line, recorded, reason, words):
    code = registered_as(address_line1=recorded)

    _, page = check(staff, said(code, address_line1=line))

    assert (verdicts(page)[6], reasons()["address_line1"]) == ("close", reason)
    assert words in page
    assert "house number" not in page


def test_another_direction_is_another_street_and_no_other_house_number(registered_as, staff):
    code = registered_as(address_line1="3000 E. Paradise Rd.")

    _, page = check(staff, said(code, address_line1="3000 W. Paradise Rd."))

    assert verdicts(page)[6] == "mismatch"
    assert "house number" not in page


@each_row(
    ("item", "recorded", "wrong", "right"),
    [
        ("address_line1", {"address_line1": "Bauerngasse 12"}, "Bauerng. 21", "Bauerng. 12"),
        ("customer_name", {"name": "Lebenshilfe gGmbH"}, "Lebenskunst", "Lebenshilfe gemeinnützige GmbH"),
    ],
)
def test_check_again_compares_as_it_is_said_as_well(registered_as, staff, item, recorded, wrong, right):
    values = said(registered_as(**recorded), **{item: wrong})
    address, page = check(staff, values)
    assert "mismatch" in verdicts(page)

    page = staff.post(address, {**values, item: right}, follow=True).content.decode()

    assert verdicts(page) == ["match"] * 7


def test_line_2_of_the_registration_is_found(registered_as, staff):
    code = registered_as(address_line1="c/o Hausverwaltung Meier", address_line2="Hauptstraße 12")

    _, page = check(staff, said(code, address_line1="Hauptstraße 12"))

    assert (verdicts(page)[6], reasons()["address_line1"]) == ("close", "line-2")
    assert "line 2" in page


def test_a_house_number_that_was_not_given_is_a_mismatch_that_says_so(registered_as, staff):
    code = registered_as(address_line1="Hauptstraße 12")

    _, page = check(staff, said(code, address_line1="Hauptstraße"))

    assert verdicts(page)[6] == "mismatch"
    assert "No house number was given" in page


# --- Less than on record, without a verified release code ----------------------------------------------------


@pytest.fixture
def dead_pc(registered_as, staff):
    """The result page of a call about a dead PC, by somebody who says less than the name on record."""
    code = registered_as(name="Tannert Reisebüro Nürnberg")
    values = said(code, customer_name="Tannert", release_code="", release_code_unavailable="on")
    return check(staff, values)


def test_it_cannot_be_ticked_as_asked_again(dead_pc):
    _, page = dead_pc

    assert "it has to be given in full" in page
    assert 'name="asked_again"' not in page


def test_asking_again_is_refused_by_the_operation_too(dead_pc):
    request = ChecklistCheck.objects.latest("pk").request

    with pytest.raises(Refusal, match="not-to-be-confirmed"):
        operations.confirm_asked_again(request_id=request.pk, items=["customer_name"], by="clerk")


def test_a_supervisor_sees_and_decides_it(dead_pc, supervisor, client):
    address, _ = dead_pc
    client.force_login(supervisor)
    page = client.get(address).content.decode()
    assert 'name="items" value="customer_name"' in page

    data = {
        "items": ["customer_name", "release_code"],
        "reason": "Called back on the number on record",
        "check_number": 1,
    }
    after = client.post(f"{address}decide/", data, follow=True).content.decode()

    assert "disabled" not in issue_button(after)


def test_the_name_in_full_settles_it(dead_pc, staff):
    address, _ = dead_pc
    registration = Registration.objects.latest("pk")
    check_ = ChecklistCheck.objects.latest("pk")
    values = {each.item: each.said for each in check_.items.all()} | {"customer_name": registration.name}

    page = staff.post(
        address, {**values, "purpose": "migrate", "release_code_unavailable": "on"}, follow=True
    ).content.decode()

    assert verdicts(page)[5] == "match"
