"""The pages of imports, as tests use them."""

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from licences.models import FileImport

IMPORTS = "/purchases/imports/"


def upload(browser, content, *, name="purchases.csv", kind="purchases"):
    """The answer to a file that is sent."""
    return browser.post(IMPORTS, {"kind": kind, "file": SimpleUploadedFile(name, content)})


def uploaded(browser, content, **options):
    """The import of a file that is sent."""
    answer = upload(browser, content, **options)
    assert answer.status_code == 302, shown(answer)
    return FileImport.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


def page(browser, file_import, query=""):
    """What the page of an import says, as text."""
    answer = browser.get(f"{file_import.get_absolute_url()}{query}")
    assert answer.status_code == 200
    return shown(answer)


def shown(answer):
    """The text of a page, without its tags, on one line."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main.partition(">")[2])).split())


def downloaded(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def decide(browser, file_import, decision, **values):
    """Post one of the decisions of a preview: confirm, similar or withdraw. Returns the page that comes of it."""
    return browser.post(f"{file_import.get_absolute_url()}{decision}/", values, follow=True)
