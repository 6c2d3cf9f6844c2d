"""Registration asks for four details; nothing checks that they are true (docs/domain.md#registration-details)."""

from dataclasses import replace

from licences.domain.details import RegistrationDetails
from tests.questions import refusal_of
from tests.tables import each_row

FOUR = RegistrationDetails("Huber GmbH", "Hauptstraße 12a", "Vera Huber", "089 123456")


def absent(details: RegistrationDetails) -> tuple[str, list[str]]:
    refused = refusal_of(details.require_all_four)
    assert refused.code == "details-missing"
    return refused.field, refused.parameters["fields"]


def test_all_four_are_enough():
    assert FOUR.require_all_four() is None


@each_row("name", ["name", "address_line1", "contact_name", "contact_phone"])
@each_row("empty", ["", "  ", "\t\u00a0", " \u200b\ufeff"])
def test_each_of_the_four_must_be_there(name, empty):
    assert absent(replace(FOUR, **{name: empty})) == (name, [name])


def test_all_that_are_missing_are_named_at_once():
    assert absent(RegistrationDetails("", "Hauptstraße 12a", " ", "")) == (
        "name",
        ["name", "contact_name", "contact_phone"],
    )


@each_row("phone", ["ext. 5", "+", "none", "☎", "0"])
def test_an_unusual_telephone_number_is_no_reason_to_refuse(phone):
    assert replace(FOUR, contact_phone=phone).require_all_four() is None


def test_details_are_kept_word_for_word():
    assert replace(FOUR, name="  HUBER  gmbh ").name == "  HUBER  gmbh "
