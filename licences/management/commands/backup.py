"""``manage.py backup FOLDER [--keep N]``: back up database and uploads (docs/operations.md#backup-and-restore)."""

from argparse import ArgumentParser
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licences.management.backups import BackupError, make_backup, remove_old_backups


class Command(BaseCommand):
    help = "Back up the database, by its own tool, and the uploads. Keys, lists and anchors are kept elsewhere."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path, help="where backups are; on another disk")
        parser.add_argument("--keep", metavar="N", type=int, default=0, help="remove all but the N newest")

    def handle(self, *args: Any, folder: Path, keep: int, **options: Any) -> None:
        if keep < 0:
            raise CommandError("--keep is a number of backups, 1 or more; without it, all are kept.")
        try:
            made = make_backup(folder, now=timezone.now().astimezone(UTC))
            removed = remove_old_backups(folder, keep=keep)
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.filename or folder} cannot be written or read: {error.strerror}.") from None
        for path in sorted(made.iterdir()):
            self.stdout.write(f"{path}: {path.stat().st_size} bytes")
        if removed:
            self.stdout.write(f"older ones removed: {len(removed)}")
        self.stdout.write(
            f"Not in it, and to be copied separately: the keys ({settings.FOLDER / '.env'}), the lists of allocated "
            f"serial numbers ({settings.ALLOCATED_SERIALS_DIR}), and the anchors."
        )
