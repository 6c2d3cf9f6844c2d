"""Who did something, told in the language of the reader."""

from django.utils import translation

from licences.wording.people import told


def test_programs_and_pages_are_told_in_german_and_people_by_their_names():
    with translation.override("de"):
        assert told("program Shop Nord") == "Programm Shop Nord"
        assert told("Registration page") == "Registrierungsseite"
        assert told("programmer") == "programmer"
