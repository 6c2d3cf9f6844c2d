"""Static files that everybody may read, whichever user and umask ``collectstatic`` ran with."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PublicStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed file names with compressed copies beside them.

    Copies and the folder itself get the umask of the process, and files of an earlier run are not rewritten, so all
    modes are set at the end. Files of another user are left as they are.
    """

    def post_process(self, *arguments: Any, dry_run: bool = False, **options: Any) -> Iterator[tuple[str, str, bool]]:
        yield from super().post_process(*arguments, dry_run=dry_run, **options)
        if not dry_run:
            self._open_all()

    def _open_all(self) -> None:
        for folder, _folders, files in os.walk(self.location):
            with suppress(PermissionError):
                os.chmod(folder, self.directory_permissions_mode)
            for name in files:
                with suppress(PermissionError):
                    os.chmod(os.path.join(folder, name), self.file_permissions_mode)
