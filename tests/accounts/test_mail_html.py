"""The HTML of an e-mail says what its text says, whatever that is."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from licensing_portal.accounts.mail_html import mail_html


def words(html: str) -> list[str]:
    body = html.partition("<body")[2].partition(">")[2].replace("<br>", " ")
    return unescape(re.sub(r"<[^>]*>", " ", body)).split()


SEEN = st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"])


@given(st.text(SEEN | st.sampled_from("\n <>&\"'-"), max_size=200))
def test_it_has_the_words_of_the_text_and_no_markup_of_it(text):
    html = mail_html(text, title="Title", language="en")

    assert "".join(words(html)).replace("-", "") == "".join(text.split()).replace("-", "")
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {
        "html", "head", "meta", "title", "body", "p", "br", "ul", "li", "hr", "a",
    }  # fmt: skip


def test_paragraphs_lists_codes_and_links_are_what_they_look_like():
    text = "Hello,\nyou.\n\n    AAAA-BBBB\n\n- one\n- two <b>\nSee https://example.com/a?b=1&c=2.\n\n--\nThe portal"

    html = mail_html(text, title="<Title>", language="de")

    assert '<html lang="de">' in html
    assert "<title>&lt;Title&gt;</title>" in html
    assert "<p>Hello,<br>\nyou.</p>" in html
    assert ">AAAA-BBBB</p>" in html
    assert "<ul><li>one</li><li>two &lt;b&gt;</li></ul>" in html
    assert '<a href="https://example.com/a?b=1&amp;c=2">https://example.com/a?b=1&amp;c=2</a>.' in html
    assert "<hr>\n<p>The portal</p>" in html
