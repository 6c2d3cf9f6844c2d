"""Files that are sent: what is beyond any use is not kept while it arrives."""

from functools import cached_property
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.urls import reverse

OTHER_FILES = 2_000_000  # bytes; the tables that the administration imports have at most half of that


class SizeLimit(FileUploadHandler):
    """Lets go of a file from a limit on, and hands it over empty, with the size that was sent.

    Stands before the handlers that keep files; a form sees the size and refuses it in words. The limit is that of
    imports where somebody who may import sends one: a form is read before it is known whether it may be sent.
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
            kept = getattr(handler, "file", None)
            if kept is not None:
                kept.close()
