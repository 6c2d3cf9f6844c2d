"""Uploaded files: limits their size while they arrive, and removes incomplete ones."""

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

OTHER_FILES = 2_000_000  # bytes; the tables that the administration imports have at most half of that


class SizeLimit(FileUploadHandler):
    """Drops the content of a file beyond the limit and passes on an empty file with the size that was sent.

    Comes before the handlers that store files; the form sees the size and refuses it with a message. Users who may
    import have the limit of imports, others a smaller one: the body is read before the form's permission is checked.
    """

    received = 0

    @cached_property
    def limit(self) -> int:
        here, user = getattr(self.request, "path", ""), getattr(self.request, "user", None)
        if user is not None and here == reverse("imports") and user.has_perm("licences.import_purchases"):
            return settings.IMPORT_MAX_BYTES
        return min(OTHER_FILES, settings.IMPORT_MAX_BYTES)

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        return None if self.received > self.limit else raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= self.limit:
            return None
        self._forget_what_others_kept()
        return UploadedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)

    def _forget_what_others_kept(self) -> None:
        for handler in self.request.upload_handlers if self.request else ():
            _let_go(handler)


def close_uploads(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: close uploaded files with the response, which removes them.

    Django closes complete files only. Those cut off by a full disk or a lost client would stay until garbage
    collection.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            return get_response(request)
        finally:
            if request.content_type == "multipart/form-data":
                for handler in request.upload_handlers:
                    _let_go(handler)

    return middleware


def _let_go(handler: FileUploadHandler) -> None:
    kept = getattr(handler, "file", None)
    if kept is not None:
        with suppress(OSError):  # closing writes what is left to write, for which there may be no room
            kept.close()


class WholeFiles(FileSystemStorage):
    """A storage that keeps complete files only: what a full disk cut off is removed. ``_save`` is Django's hook."""

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        was_there = target.exists()  # then Django takes another name, and this one stays
        try:
            return super()._save(name, content)  # type: ignore[misc]
        except BaseException:
            if not was_there:
                with suppress(OSError):
                    target.unlink()
            raise
