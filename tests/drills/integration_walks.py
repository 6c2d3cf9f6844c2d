"""The walks of docs/integration.md, as shell scripts against the portal that a drill serves."""

import sys

from django.conf import settings


def walk(title: str, port: int) -> str:
    """The commands of the section ``### Walk: TITLE``, with the port of the portal that is served here."""
    page = (settings.BASE_DIR / "docs" / "integration.md").read_text()
    section = page.partition(f"### Walk: {title}\n")[2].partition("\n### ")[0]
    lines = [line.removeprefix("    ") for line in section.splitlines() if line.startswith("    ") or not line]
    return "\n".join(lines).replace("localhost:8000", f"127.0.0.1:{port}").replace(".venv/bin/python", sys.executable)
