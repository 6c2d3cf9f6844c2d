"""``manage.py after_restore``: the steps before a restored portal goes online
(docs/restore.md#step-by-step).
"""

from argparse import ArgumentParser
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from licences import imports
from licences.management.sequence_raising import SequenceRaisingCommand
from licences.models import Event


class Command(SequenceRaisingCommand):
    help = "Read the lists of allocated serial numbers, check the log, raise sequences, and report what may be lost."
    ACTOR = "manage.py after_restore"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--anchor", metavar="FILE", type=Path, help="compare the log with the anchors of this file")

    def handle(self, *args: Any, **options: Any) -> None:
        """The log is verified before raising adds an event to it: so far it is as the backup had it."""
        if options["anchor"] and not options["anchor"].exists():
            raise CommandError(f"{options['anchor']} does not exist.")
        last = Event.objects.first()
        self._report_recalled(imports.recall_allocated_serials())
        is_intact = self._is_log_intact(options["anchor"])
        self.raise_sequences(options)
        if last is None:
            self.stdout.write("the log of this database is empty")
        else:
            self.stdout.write(
                f"the last event in this database is from {last.at.astimezone(UTC).isoformat(timespec='seconds')}: "
                "registrations, re-licensings, decisions and corrections after it are lost"
            )
        if not is_intact:
            raise SystemExit(1)

    def _report_recalled(self, recalled: imports.RecalledSerials) -> None:
        self.stdout.write(f"lists of allocated serial numbers in {settings.ALLOCATED_SERIALS_DIR}: {recalled.lists}")
        self.stdout.write(f"serial numbers to recover when their purchases are imported again: {recalled.serials}")
        for name in recalled.damaged:
            self.stderr.write(f"warning: {name} is damaged; only its intact part was read")
        for heads, status in ((recalled.lost, "lost"), (recalled.doubtful, "perhaps lost")):
            for head in heads:
                name = head.file or "recorded without a file"
                self.stdout.write(f"{status}: {name}, applied {head.applied_at[:19]} UTC, rows: {head.rows}")
        if recalled.lost or recalled.doubtful:
            self.stdout.write("import the lost files again before you import anything else")

    def _is_log_intact(self, anchor: Path | None) -> bool:
        """Verify the log; an anchor that is newer than the backup is reported, as it cannot be found."""
        try:
            call_command("verify_log", anchor=anchor, stdout=self.stdout, stderr=self.stderr)
        except SystemExit:
            if anchor:
                self.stdout.write("events between the backup and later anchors are lost")
            return False
        return True
