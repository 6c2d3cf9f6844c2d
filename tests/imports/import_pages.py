"""The pages of imports, as tests use them."""

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from licences.models import FileImport

IMPORTS = "/purchases/imports/"


def upload(browser, content, *, name="purchases.csv", kind="purchases"):
    """The response to an upload."""
    return browser.post(IMPORTS, {"kind": kind, "file": SimpleUploadedFile(name, content)})


def uploaded(browser, content, **options):
    """The import of an uploaded file."""
    answer = upload(browser, content, **options)
    assert answer.status_code == 302, shown(answer)
    return FileImport.objects.get(pk=answer["Location"].rstrip("/").rpartition("/")[2])


def page(browser, file_import, query=""):
    """The page of an import, as text."""
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
    """Post a decision on a preview: confirm, similar or withdraw. Returns the page that follows."""
    return browser.post(f"{file_import.get_absolute_url()}{decision}/", values, follow=True)
