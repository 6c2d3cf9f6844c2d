"""Long sequences, a part at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(rows: Iterable[T], most: int) -> Iterator[list[T]]:
    """Lists of at most ``most`` rows, each read when it is asked for; ``itertools.batched`` of newer Pythons."""
    remaining = iter(rows)
    while batch := list(islice(remaining, most)):
        yield batch
