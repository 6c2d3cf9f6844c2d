"""Code cites only documents that the repository holds, and headings that stand in them (docs/decisions.md)."""

import re
import subprocess
from functools import cache
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SOURCES = ("*.py", "*.html", "*.js", "*.css", "*.md", "*.toml", ".ci/*")
CITED = re.compile(r"(?P<path>[\w./-]*[\w-]+\.md)(?:#(?P<heading>[a-z0-9-]+))?")
OUTSIDE = re.compile(r"https?://\S+")


def sources() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *SOURCES], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).exists()]


@cache
def headings(document: Path) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    lines = re.findall(r"^#+ +(.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in lines}


def dangling(source: Path) -> list[str]:
    """The citations of a file that lead nowhere."""
    found = []
    lines = [line for line in source.read_text(encoding="utf-8").splitlines() if ".md" in line]
    for cited in CITED.finditer(OUTSIDE.sub("", "\n".join(lines))):
        beside, from_root = source.parent / cited["path"], ROOT / cited["path"]
        document = beside if beside.exists() else from_root if from_root.exists() else ROOT / "docs" / cited["path"]
        if not document.exists() or (cited["heading"] and cited["heading"] not in headings(document)):
            found.append(cited[0])
    return found


def test_every_citation_leads_to_a_heading():
    found = {str(source.relative_to(ROOT)): dangling(source) for source in sources() if source != Path(__file__)}

    assert {name: cited for name, cited in found.items() if cited} == {}


def test_a_dangling_citation_is_found(tmp_path):
    source = tmp_path / "module.py"
    source.write_text('"""See docs/domain.md#no-such-heading, docs/absent.md and docs/domain.md#asking-again."""')

    assert dangling(source) == ["docs/domain.md#no-such-heading", "docs/absent.md"]
