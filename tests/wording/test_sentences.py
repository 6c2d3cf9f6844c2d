"""Every code that is raised, found or ruled has a sentence, and its parameters fill it.

The codes are read from the source: a new refusal without a sentence fails here, not on the screen.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils import translation

import licences
from licences.domain.errors import Refusal
from licences.domain.matching import compare_address_lines, compare_names
from licences.domain.telephone_matching.comparison import ORDER
from licences.wording.differences import DIFFERENCES, DIFFERENT
from licences.wording.sentences import SENTENCES, refusal_sentence, sentence
from licences.wording.servers import AT_THE_SERVER
from tests.tables import each_row

LICENCES = Path(licences.__file__).parent
ACCOUNTS = LICENCES.parent / "licensing_portal" / "accounts"
FILES = sorted([*LICENCES.rglob("*.py"), *ACCOUNTS.rglob("*.py")])
SOURCES = [path for path in FILES if not {"migrations", "wording.py"} & set(path.parts)]
# Where the code stands among the arguments of each call that gives one.
CODE_AT = {"Refusal": 0, "finding": 1, "ItemFinding": 4, "VersionRuling": 1, "CellProblem": 2, "ExceededLimit": 0}
CODE_AT |= {"TextFinding": 1}
HANDED_ON = {"never"}  # arguments of that name are the code of a refusal that another function raises
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Use:
    """A code in the source; ``given`` are the names of its parameters, None where the source does not show them."""

    code: str
    where: str
    given: frozenset[str] | None


@cache
def uses() -> list[Use]:
    """Every use of a code in the source; read once, by the first test that asks."""
    return sorted(set(_read_uses()), key=lambda use: (use.code, use.where))


def _read_uses() -> Iterator[Use]:
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in _functions(tree):
            yield from _called(function, path)
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                yield from _stored(node, path)
                yield from _tabled(node, path)


def _called(function: ast.FunctionDef, path: Path) -> Iterator[Use]:
    """``Refusal("code", name=…)`` and the like."""
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        at = CODE_AT.get(call.func.id, -1) if isinstance(call.func, ast.Name) else -1
        if 0 <= at < len(call.args):
            for code in _texts(call.args[at], function):
                yield Use(code, f"{path.name}:{call.lineno}", _given(call, at))
        for code in (text for each in call.keywords if each.arg in HANDED_ON for text in _texts(each.value, function)):
            yield Use(code, f"{path.name}:{call.lineno}", None)


def _stored(table: ast.Dict, path: Path) -> Iterator[Use]:
    """``{"code": "…", "parameters": {…}}``, as it is stored to be said later."""
    stored = {_constant(key): value for key, value in zip(table.keys, table.values, strict=True)}
    code, parameters = _constant(stored.get("code")), stored.get("parameters")
    if code and isinstance(parameters, ast.Dict):
        yield Use(code, f"{path.name}:{table.lineno}", _keys(parameters))


def _tabled(table: ast.Dict, path: Path) -> Iterator[Use]:
    """``{"code": lambda …: ("column", {…})}``: what a table of the database refused, by its code."""
    for key, value in zip(table.keys, table.values, strict=True):
        answer = value.body if isinstance(value, ast.Lambda) else None
        parts = answer.elts if isinstance(answer, ast.Tuple) else []
        if (code := _constant(key)) and len(parts) == 2 and isinstance(parts[1], ast.Dict):
            yield Use(code, f"{path.name}:{value.lineno}", _keys(parts[1]))


def _constant(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _keys(parameters: ast.Dict) -> frozenset[str]:
    return frozenset(map(_constant, parameters.keys))


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (each for each in node.body if isinstance(each, ast.FunctionDef))
        elif isinstance(node, ast.FunctionDef):
            yield node


def _texts(code: ast.expr, function: ast.FunctionDef) -> list[str]:
    """The texts that an argument can be: a constant, a member of an enumeration, one of two, a variable given one."""
    if isinstance(code, ast.Constant):
        return [code.value] if isinstance(code.value, str) else []
    if isinstance(code, ast.Attribute) and isinstance(code.value, ast.Name):
        return _enumerated().get((code.value.id, code.attr), [])
    if isinstance(code, ast.IfExp):
        return [*_texts(code.body, function), *_texts(code.orelse, function)]
    if isinstance(code, ast.Name):
        assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
        values = [node.value for node in assigned if getattr(node.targets[0], "id", "") == code.id]
        return [text for value in values for text in _texts(value, function)]
    return []


def _given(call: ast.Call, at: int) -> frozenset[str] | None:
    rest = call.args[at + 1 :]
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    if any(keyword.arg is None for keyword in call.keywords) or (rest and not isinstance(rest[0], ast.Dict)):
        return None
    return frozenset(names | _keys(rest[0])) if rest else frozenset(names)


@cache
def _enumerated() -> dict[tuple[str, str], list[str]]:
    """The text of every member of every ``StrEnum``, by class and name."""
    classes = [
        node
        for path in SOURCES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "StrEnum" for base in node.bases)
    ]
    return {
        (each.name, target.id): [_constant(member.value)]
        for each in classes
        for member in each.body
        if isinstance(member, ast.Assign)
        for target in member.targets
        if isinstance(target, ast.Name)
    }


def test_the_source_was_really_read():
    codes = {use.code for use in uses()}
    assert len(codes) > 100
    assert {"code-symbol", "release-code-used", "version-kept", "needs-serial", "serial-in-use", "key-twice"} <= codes
    assert {"row-quotes", "serial-twice", "import-gave-up"} <= codes


def test_every_code_has_a_sentence():
    assert [use for use in uses() if use.code not in SENTENCES and use.code not in AT_THE_SERVER] == []


def test_every_sentence_is_given_the_parameters_that_it_needs():
    assert [use for use in uses() if use.given is not None and not _needed(use.code) <= use.given] == []


def test_every_sentence_belongs_to_a_code_that_is_used():
    assert set(SENTENCES) - {use.code for use in uses()} == set()


@each_row("language", ["en", "de"])
def test_every_sentence_can_be_filled_in(language):
    with translation.override(language):
        assert [code for code in SENTENCES if not _is_filled(code)] == []


def _needed(code: str) -> set[str]:
    """The parameters of a sentence, in the language of the moment."""
    return set(PLACEHOLDER.findall(str(SENTENCES[code] if code in SENTENCES else AT_THE_SERVER[code])))


def _is_filled(code: str) -> bool:
    names = _needed(code)
    said = sentence(code, {name: f"<{name}>" for name in names})
    return "%(" not in said and all(name in said for name in names)


@each_row(
    ("code", "parameters", "said"),
    [
        ("code-length", {"length": 7, "expected": (8,)}, "7 characters; a serial number has 8."),
        ("code-length", {"length": 10, "expected": ["12"]}, "10 characters; a site ID has 12."),
        ("code-length", {"length": 9, "expected": 10}, "9 characters; a release code has 10."),
        ("code-length", {"length": 7, "expected": (25, 29)}, "7 characters; the code must have 25 or 29."),
        ("unlock-code-length", {"length": 7, "expected": (25, 29)}, "7 characters; an unlock code has 25 or 29."),
        ("serial-similar", {"similar": ["AB1C-O9XY", "AB1C-O9KZ"]}, "very similar to AB1C-O9XY or AB1C-O9KZ."),
        ("close", {"differences": ["case", "legal-form"]}, "Differs in capital letters, legal form."),
        ("different", {"differences": ["house-number", "words"]}, "Different house number, different words."),
        ("columns-missing", {"columns": ["line", "product"]}, "missing: Line (line), Product (SKU) (product)."),
        ("columns-missing", {"columns": ["Bezeichnung (name)"]}, "These columns are missing: Bezeichnung (name)."),
        ("version-assured", {"until": "2027-06-30", "version": "2.6"}, "until 30 Jun 2027."),
        ("unlock-code-expired", {"until": date(2027, 6, 30)}, "until 30 Jun 2027."),
        (
            "software-assurance-required",
            {"version": "2.5", "ceiling": "2.4", "since": ""},
            "needs Software Assurance. Allowed: up to 2.4.",
        ),
        (
            "software-assurance-required",
            {"version": "2.7", "ceiling": "2.6", "since": "2025-06-30"},
            "needs Software Assurance (ended 30 Jun 2025). Allowed: up to 2.6.",
        ),
        ("reason-missing", None, "Give the reason."),
        (
            "row-not-decodable",
            {"row": 7, "encoding": "cp1252"},
            "Row 7 contains characters that are not valid in Windows-1252.",
        ),
        ("row-not-decodable", {"row": 7, "encoding": "utf-16-le"}, "not valid in UTF-16."),
        ("file-of-other-kind", {"kind": "PDF"}, "a file of type PDF."),
    ],
)
def test_lists_days_and_differences_are_shown_in_words(code, parameters, said):
    with translation.override("en-us"):
        assert said in sentence(code, parameters)


def test_a_day_is_written_as_its_reader_writes_it():
    with translation.override("de"):
        assert "30.06.2027" in sentence("version-assured", {"until": "2027-06-30", "version": "2.6"})


def test_a_refusal_has_a_sentence():
    with translation.override("en"):
        assert refusal_sentence(Refusal("quantity-too-large", limit=32767)) == "The quantity must not be above 32767."


def test_a_sign_for_per_cent_in_what_was_typed_does_no_harm():
    assert "“%(text)s 100%”" in sentence("not-a-version", {"text": "%(text)s 100%"})


def test_every_difference_has_words():
    pairs = [
        ("a b", "B ä"),
        ("Huber-x GmbH", "Huber x"),
        ("Kaufhaus Meier", "Kauf haus Meyer"),
        ("Eins Zwei", "Zwei Eins"),
    ]
    names = {each for one, other in pairs for each in compare_names(one, other).differences}
    lines = set(compare_address_lines("A Str. 1", "A Straße 1").differences)
    others = set(compare_address_lines("A 1", "A 2").differences)
    assert names | lines | others <= set(DIFFERENCES)
    assert set(DIFFERENCES) == set(ORDER) | {"case", "accents", "punctuation", "spacing"}


def test_whatever_can_differ_can_be_the_reason_of_a_mismatch():
    assert set(DIFFERENCES) - {"shorter", "longer", "line-2"} <= set(DIFFERENT)
