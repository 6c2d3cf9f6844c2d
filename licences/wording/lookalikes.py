"""The hint about characters of a typed code that are easily confused."""

from django.utils.translation import gettext

from licences.domain.lookalikes import easily_confused


def lookalike_hint(typed: str) -> str:
    """Return the hint in the language of the request, or nothing if the text has no such characters."""
    questions = [f"{gettext(' or ').join(characters)}?" for characters in easily_confused(typed)]
    if not questions:
        return ""
    return gettext("Easily confused: %(questions)s Compare with the original.") % {"questions": " ".join(questions)}
