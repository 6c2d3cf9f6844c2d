"""The HTML of an e-mail, made from its text: the same words, for programs that show HTML first.

It loads nothing from anywhere and has no images, scripts or style sheets, so that no mail program asks to load them and
nobody learns that a message was read.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_STYLE = "font-family: Arial, Helvetica, sans-serif; font-size: 16px; line-height: 1.5; max-width: 40em"
_PAGE = (
    '<!DOCTYPE html>\n<html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>\n'
    '<body style="{}">\n{}\n</body></html>\n'
)


def mail_html(text: str, *, title: str, language: str) -> str:
    """Return the HTML of a message. Blank lines divide paragraphs, lines with ``- `` are a list, indented ones a code,
    and a line ``--`` begins the signature; addresses become links.
    """
    blocks = [block.split("\n") for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip("\n"))]
    body = format_html_join("\n", "{}", ((part,) for block in blocks for part in _parts(block)))
    return format_html(_PAGE, language, title, _STYLE, body)


def _parts(lines: list[str]) -> Iterator[SafeString]:
    """The paragraphs and lists of lines that stand together."""
    group: list[str] = []
    kind = ""
    for line in lines:
        if _kind(line) != kind and group:
            yield _part(kind, group)
            group = []
        kind = _kind(line)
        group.append(line)
    if group:
        yield _part(kind, group)


def _kind(line: str) -> str:
    if line.rstrip() == "--":
        return "rule"
    return "item" if line.startswith("- ") else "code" if line.startswith("    ") else "text"


def _part(kind: str, lines: list[str]) -> SafeString:
    if kind == "rule":
        return mark_safe("<hr>")
    if kind == "item":
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((_linked(each[2:]),) for each in lines)))
    if kind == "code":
        style = "font-family: Consolas, monospace; font-size: 20px"
        return format_html('<p style="{}">{}</p>', style, _broken(each.strip() for each in lines))
    return format_html("<p>{}</p>", _broken(lines))


def _broken(lines: Iterable[str]) -> SafeString:
    return format_html_join(mark_safe("<br>\n"), "{}", ((_linked(each),) for each in lines))


def _linked(line: str) -> SafeString:
    """The line with its addresses as links."""
    parts, end = [], 0
    for found in _URL.finditer(line):
        parts += [escape(line[end : found.start()]), format_html('<a href="{}">{}</a>', found[0], found[0])]
        end = found.end()
    return mark_safe("".join([*parts, escape(line[end:])]))  # noqa: S308  (every part is escaped)
