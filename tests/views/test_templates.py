"""Templates that one can read: no line is wider than a screen, and no logic is four deep."""

import re

from django.conf import settings

WIDEST = 160
DEEPEST = 3
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def test_no_line_of_a_template_is_too_long():
    too_long = [
        f"{path.relative_to(settings.BASE_DIR)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > WIDEST
    ]

    assert TEMPLATES
    assert too_long == []


def test_no_logic_of_a_template_is_four_deep():
    too_deep = [str(path.relative_to(settings.BASE_DIR)) for path in TEMPLATES if depth(path.read_text()) > DEEPEST]

    assert too_deep == []


def depth(template: str) -> int:
    """How deep conditions and loops stand in each other."""
    deepest = now = 0
    for end in re.findall(r"{% *(end)?(?:if|for)\b", template):
        now += -1 if end else 1
        deepest = max(deepest, now)
    return deepest
