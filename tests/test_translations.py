"""The German catalogues: complete, compiled, current with the source, and seen on the pages."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.urls import reverse

from licences.models import Relicensing
from tests import factories

CATALOGUES = sorted(settings.BASE_DIR.glob("*/locale/de/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|</?\w+>")

each_catalogue = pytest.mark.parametrize(
    "path", CATALOGUES, ids=lambda path: path.relative_to(settings.BASE_DIR).parts[0]
)

Key = tuple[str | None, str, str]
Texts = tuple[str, ...]


def key(entry: polib.POEntry | polib.MOEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural or ""


def german(entry: polib.POEntry | polib.MOEntry) -> Texts:
    plural = entry.msgstr_plural
    return tuple(plural[index] for index in sorted(plural)) if plural else (entry.msgstr,)


def texts(catalogue: polib.POFile | polib.MOFile) -> dict[Key, Texts]:
    return {key(entry): german(entry) for entry in catalogue if not getattr(entry, "obsolete", False)}


def test_there_is_a_catalogue_for_each_package():
    names = {path.relative_to(settings.BASE_DIR).parts[0] for path in CATALOGUES}
    assert names == {"customers", "licences", "licensing_portal"}


# --- Each catalogue by itself ------------------------------------------------------------------------


@each_catalogue
def test_nothing_is_left_untranslated_in_doubt_or_obsolete(path):
    catalogue = polib.pofile(str(path))

    assert len(catalogue) > 10
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


@each_catalogue
def test_the_header_says_what_the_catalogue_is(path):
    catalogue = polib.pofile(str(path))

    assert not catalogue.metadata_is_fuzzy
    assert catalogue.metadata["Project-Id-Version"] == "Xchange licensing portal"
    assert catalogue.metadata["Language"] == "de"
    assert catalogue.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
    left_from_the_template = r"PACKAGE|FULL NAME|EMAIL|YEAR|LANGUAGE|SOME DESCRIPTIVE"
    assert not re.search(left_from_the_template, catalogue.header + "".join(catalogue.metadata.values()))


@each_catalogue
def test_placeholders_and_tags_are_the_same_in_both_languages(path):
    """Each form for itself: “one column” says without a number what “%(count)s columns” says with one."""
    for entry in polib.pofile(str(path)):
        forms = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
        for form, text in zip(forms, german(entry), strict=True):
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(form)), entry.msgid


@each_catalogue
def test_blanks_at_the_ends_and_the_last_sign_are_the_same_in_both_languages(path):
    for (_context, english, _plural), (first, *_rest) in texts(polib.pofile(str(path))).items():
        assert first[:1].isspace() == english[:1].isspace(), english
        assert first[-1:].isspace() == english[-1:].isspace(), english
        if english[-1:] in ".:" and len(english) > 10:
            assert first[-1:] == english[-1:], english


@each_catalogue
def test_the_compiled_catalogue_holds_what_the_text_says(path):
    compiled = polib.mofile(str(path.with_suffix(".mo")))

    assert texts(compiled) == texts(polib.pofile(str(path)))
    assert compiled.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"


# --- The catalogues together -------------------------------------------------------------------------


def test_what_stands_in_several_catalogues_reads_the_same_in_all():
    """Django makes one catalogue of them all: of two translations, one would be lost."""
    seen: dict[tuple[str | None, str], Texts] = {}
    for path in CATALOGUES:
        for (context, english, _plural), words in texts(polib.pofile(str(path))).items():
            assert seen.setdefault((context, english), words) == words, english


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> Path:
    """A copy of the source in which ``makemessages`` has run."""
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext is not installed")
    copy = tmp_path_factory.mktemp("source") / "portal"
    others = shutil.ignore_patterns(
        ".*", "var", "tests", "build", "docs", "static", "__pycache__", "*.egg-info", "*.mo"
    )
    shutil.copytree(settings.BASE_DIR, copy, ignore=others)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "de", "--no-location", "--no-wrap"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "licensing_portal.settings"}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return copy


@each_catalogue
def test_every_text_of_the_source_is_in_the_catalogue_and_no_other(path, extracted):
    in_source = texts(polib.pofile(str(extracted / path.relative_to(settings.BASE_DIR))))

    assert set(texts(polib.pofile(str(path)))) == set(in_source)


# --- On the pages ------------------------------------------------------------------------------------


def english_only() -> Iterator[str]:
    """English texts of the catalogues that are no part of a German one, so that they show what was forgotten."""
    both = {entry: words for path in CATALOGUES for entry, words in texts(polib.pofile(str(path))).items()}
    all_german = "\n".join(" ".join(words) for words in both.values())
    for _context, english, _plural in both:
        if not PLACEHOLDER.search(english) and len(english) > 3 and not _stands_in(english, all_german):
            yield english


def _stands_in(words: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words.strip())}(?!\w)", text) is not None


def shown(page: str) -> str:
    """What a page says: its text, and what its attributes say to whoever hears or points. English on purpose is out."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    body = re.sub(r'<(button|span)\b[^>]*\blang="en".*?</\1>', " ", body, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|placeholder|title|data-label|data-done)="([^"]*)"', body)
    return " ".join([*re.sub(r"<[^>]*>", " ", body).split(), *spoken])


@pytest.fixture
def pages(catalogue, supervisor, as_user):
    """Staff pages with something on each, as a browser gets them that asks for German."""
    code = factories.registered(factories.bought(purchased_on=factories.TODAY))
    factories.bought()
    request = factories.request(
        code, customer_name="Bäckerei Müler & Söhne GmbH", release_code="", client_version="9.9"
    )
    factories.relicensed(factories.registered())
    addresses = {
        "desk": "/",
        "lookup": reverse("lookup") + "?q=bäckerei",
        "nothing found": reverse("lookup") + "?q=nobody",
        "site card": code.serial.get_absolute_url(),
        "customer": reverse("customer", args=[code.serial.site.customer_id]),
        "registration": reverse("register"),
        "block": reverse("serial-block", args=[code.serial.code]),
        "checklist": reverse("relicensing-new"),
        "result": request.get_absolute_url(),
        "requests": reverse("relicensings") + "?show=all",
        "sheet": code.get_absolute_url(),
        "sheet of a new server": Relicensing.objects.exclude(outcome="").get().unlock_code.get_absolute_url(),
        "administration": "/admin/licences/installation/",
        "not found": "/nowhere/",
    }
    browser = as_user(supervisor)
    return {
        name: browser.get(address, headers={"Accept-Language": "de"}).content.decode()
        for name, address in addresses.items()
    }


def test_a_browser_that_asks_for_german_gets_german(pages):
    assert "Letzte Ereignisse" in pages["desk"]
    assert "Standorte gefunden" in pages["lookup"]
    assert "Nichts gefunden" in pages["nothing found"]
    assert "<h2>Registriert</h2>" in pages["site card"]
    assert "Name der Ansprechperson" in pages["registration"]
    assert "Was möchte der Anrufer tun?" in pages["checklist"]
    assert "Freischaltcode ausstellen" in pages["result"]
    assert "In einem Code gibt es keine Null" in pages["sheet"]
    assert "Standortkennnummer" in pages["administration"]
    for page in pages.values():
        assert '<html lang="de"' in page


def test_the_verdicts_and_their_reasons_are_german(pages):
    text = shown(pages["result"])

    for words in ("stimmt", "ähnlich", "fehlt", "Noch nicht beantwortet: Fragen Sie danach.", "Abweichung: "):
        assert words in text


@pytest.mark.long
def test_no_english_text_of_a_catalogue_shows_on_a_german_page(pages):
    english = list(english_only())
    assert {"Serial number", "Customer", "Registered", "Unlock code", "Software Assurance until"} <= set(english)
    for name, page in pages.items():
        text = shown(page)
        assert [words for words in english if _stands_in(words, text)] == [], name


def test_german_dates_are_numbers_with_dots(pages):
    assert "24.11.2026" in shown(pages["site card"])
    assert "30.06.2027" in shown(pages["site card"])
    assert "bis 30.06.2027" in shown(pages["sheet"])


def test_a_mistake_is_told_in_german(catalogue, clerk, as_user):
    page = as_user(clerk).post(reverse("register"), {"serial": "ABC"}, headers={"Accept-Language": "de"})

    assert page.status_code == 422
    assert "3 Zeichen; eine Seriennummer hat 8." in page.content.decode()
    assert "Diese Angabe fehlt." in page.content.decode()


def test_a_browser_that_asks_for_another_language_gets_english(supervisor, as_user):
    page = as_user(supervisor).get("/", headers={"Accept-Language": "fr"}).content.decode()

    assert '<html lang="en"' in page
    assert "Recent activity" in page
