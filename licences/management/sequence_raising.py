"""Base of the two commands that raise sequences (docs/restore.md)."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from licences import operations
from licences.domain.errors import Refusal
from licences.wording.sentences import refusal_sentence


class SequenceRaisingCommand(BaseCommand):
    """A command that raises sequences once per restore. ``ACTOR`` is the actor in the event log."""

    ACTOR: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--by",
            metavar="N",
            type=int,
            default=operations.DEFAULT_RAISE,
            help="how many code numbers to skip: more than any serial number can have used since the backup "
            "(default: %(default)s)",
        )
        parser.add_argument("--again", action="store_true", help="raise again, after another restore")

    def raise_sequences(self, options: dict[str, Any]) -> None:
        """Raise the sequences and print the result.

        A second raise is confirmed on a terminal, and needs ``--again`` elsewhere.
        """
        number, again = options["by"], options["again"]
        try:
            raised = operations.raise_sequences(by_how_many=number, by=self.ACTOR, again=again)
        except Refusal as refusal:
            sentence = refusal_sentence(refusal)
            if refusal.code != "already-raised" or not self._is_confirmed(sentence):
                raise CommandError(sentence) from None
            raised = operations.raise_sequences(by_how_many=number, by=self.ACTOR, again=True)
        self.stdout.write(f"sequences raised by {raised.by_how_many}")
        if raised.recalled:
            self.stdout.write(f"and by {raised.recalled} more, for earlier restores that this backup does not contain")
        if raised.used_up:
            self.stderr.write(
                f"warning: serial numbers with no code numbers left, which get no further unlock codes: "
                f"{raised.used_up}"
            )

    def _is_confirmed(self, sentence: str) -> bool:
        if not sys.stdin.isatty():
            return False
        self.stderr.write(sentence)
        return input("Raise them once more? [y/N] ").strip().lower() in ("y", "yes")
