"""``manage.py raise_sequences``: after a restore, skip the sequences of unlock codes that may have been lost."""

from typing import Any

from licences.management.sequence_raising import SequenceRaisingCommand


class Command(SequenceRaisingCommand):
    help = "After restoring an older backup: make sure no unlock code number is issued twice. See docs/restore.md."
    ACTOR = "manage.py raise_sequences"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.raise_sequences(options)
