"""Every document begins by saying who reads it and what they can do afterwards, and shows pictures that exist."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests import screenshots

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
EMBEDDED = re.compile(r"!\[(?P<text>[^\]]*)\]\((?P<path>[^)\s]+)\)")


def first_paragraph(document: Path) -> str:
    title, paragraph, *_ = document.read_text(encoding="utf-8").split("\n\n")
    assert title.startswith("# ")
    return " ".join(paragraph.split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_says_first_who_reads_it_and_what_they_can_do_then(document):
    assert re.match(r"For .+?\. After reading it you ", first_paragraph(document))


def test_every_picture_that_a_document_embeds_exists_and_is_described():
    embedded = [
        (found["text"], (document.parent / found["path"]).resolve())
        for document in [*DOCUMENTS, ROOT / "README.md"]
        for found in EMBEDDED.finditer(document.read_text(encoding="utf-8"))
    ]

    assert [path for _text, path in embedded if not path.is_file()] == []
    assert [path for text, path in embedded if len(text) < 20] == []
    assert set((ROOT / "docs" / "images").iterdir()) <= {path for _text, path in embedded}


def test_pictures_are_small():
    too_large = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images").iterdir()}

    assert {name: size for name, size in too_large.items() if size > screenshots.LARGEST} == {}


def test_every_name_of_a_file_in_a_document_is_that_of_a_file():
    """Files in ``var/`` and in folders of other people's machines are made later, and not looked for."""
    named = {
        (document.name, path)
        for document in [*DOCUMENTS, ROOT / "README.md", ROOT / "tests" / "README.md"]
        for path in re.findall(
            r"`((?:licences|customers|licensing_portal|tests|templates|static|docs|\.ci)/[\w./-]+)",
            document.read_text(encoding="utf-8"),
        )
    }

    assert len(named) > 100
    assert sorted(each for each in named if not (ROOT / each[1]).exists()) == []
