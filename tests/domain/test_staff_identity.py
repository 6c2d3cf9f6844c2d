"""People are told apart by the numbers of their users, and by their names where there is no number."""

from licences.domain.staff_identity import StaffIdentity, is_among, is_same_person, unique_people, user_number_of
from tests.tables import each_row


@each_row(
    ("one", "other", "are_one"),
    [
        (StaffIdentity("anna", 1), StaffIdentity("anna", 1), True),
        (StaffIdentity("anna", 1), StaffIdentity("anne", 1), True),
        (StaffIdentity("anna", 1), StaffIdentity("anna", 2), False),
        (StaffIdentity("anna", 1), StaffIdentity("bert", 2), False),
        (StaffIdentity("anna", 1), StaffIdentity("anna"), True),
        (StaffIdentity("anna", 1), "anna", True),
        (StaffIdentity("anna", 1), StaffIdentity("anne"), False),
        (StaffIdentity("anna"), StaffIdentity("anna"), True),
        ("anna", "bert", False),
    ],
)
def test_two_are_one_by_number_or_else_by_name(one, other, are_one):
    assert is_same_person(one, other) == is_same_person(other, one) == are_one
    assert is_among(one, ["somebody", other]) == are_one


def test_a_person_is_their_name_wherever_a_name_is_wanted():
    anna = StaffIdentity("anna", 1)

    assert f"by {anna}" == "by anna"
    assert anna == "anna"
    assert (user_number_of(anna), user_number_of("anna")) == (1, None)


def test_each_person_counts_once_whatever_they_are_called():
    people = [
        StaffIdentity("anna", 1),
        StaffIdentity("anne", 1),
        StaffIdentity("anna", 2),
        "bert",
        StaffIdentity("bert", 3),
    ]

    assert [(each, user_number_of(each)) for each in unique_people(people)] == [
        ("anna", 1),
        ("anna", 2),
        ("bert", None),
    ]
