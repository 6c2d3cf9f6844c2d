"""Time and memory of the look-up for arbitrary texts: made up by Hypothesis, and known words repeated.

The texts are the same in every run.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.management.base import CommandError
from django.db.models import F

from licences.domain.query_parsing import LONGEST_QUERY
from licences.lookup import look_up
from licences.models import SearchWord

TIMES = (1, 2, 4, 8, 15, 22, 40, 60)
FEW_WORDS = 8
MEMORY_OF = 40  # texts whose memory is measured, the slowest and as many others: measuring it is slow
SHOWN = 5
# Words that many texts have, but hardly any side by side: the planner underestimates the work for them.
COMMON = ("gmbh", "ltd", "kg", "co", "und", "muller", "smith", "berlin", "london", "hotel", ".ex", "amp", "xam", "ple")


def measure(count: int) -> dict[str, Any]:
    """Milliseconds and megabytes for ``count`` made-up texts, and for known words repeated."""
    known = list(SearchWord.objects.order_by(F("sound"), "word").values_list("word", flat=True))
    _look_up("warming up")
    return {"made up": _summary(_made_up(count, known)), "known words repeated": _summary(list(_repeated(known)))}


def _look_up(text: str) -> None:
    look_up(text, with_codes=True)


def _made_up(count: int, known: Sequence[str]) -> list[str]:
    try:
        from hypothesis import HealthCheck, given, settings
        from hypothesis import strategies as st
    except ImportError:
        raise CommandError("--any-text needs Hypothesis: pip install -e '.[test]'") from None
    word = st.sampled_from(known) | st.sampled_from(COMMON)
    slip = st.builds(lambda word, index: word[:index] + word[index + 1 :], word, st.integers(1, 9))
    typed = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))  # the form refuses these
    piece = word | slip | st.text("abcdefgh 019.@-", max_size=12) | st.text(typed, max_size=12)
    texts = st.lists(piece, max_size=60).map(" ".join) | st.text(typed, max_size=LONGEST_QUERY)
    collected: list[str] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(texts)
    def gather(text: str) -> None:
        collected.append(text[:LONGEST_QUERY])

    gather()
    return collected


def _repeated(known: Sequence[str]) -> Iterator[str]:
    """One word and several in a row, as they are and with a letter missing, repeated 1 to 60 times."""
    step = max(len(known) // FEW_WORDS, 1)
    for position in range(0, len(known), step):
        for words in (
            known[position : position + 1],
            known[position : position + 4],
            COMMON[position % 7 : position % 7 + 6],
        ):
            for variant in (words, [f"{each[:2]}{each[3:]}" for each in words]):
                yield from (" ".join([*variant] * times)[:LONGEST_QUERY] for times in TIMES)


def _summary(texts: Sequence[str]) -> dict[str, Any]:
    times = sorted(((_milliseconds(text), text) for text in texts), reverse=True)
    others = [text for _time, text in times[MEMORY_OF :: max(len(times) // MEMORY_OF, 1)]]
    memory = max(_megabytes(text) for text in [*(text for _time, text in times[:MEMORY_OF]), *others])
    of_times = [each for each, _text in times]
    return {
        "texts": len(texts),
        "p50": round(statistics.median(of_times), 1),
        "p99": round(of_times[len(of_times) // 100], 1),
        "most": round(of_times[0], 1),
        "most_megabytes": round(memory, 2),
        "slowest": [text for _time, text in times[:SHOWN]],
    }


def _milliseconds(text: str) -> float:
    """The faster of two runs, to leave out what else the machine does."""
    return min(_seconds(_look_up, text), _seconds(_look_up, text)) * 1000


def _seconds(work: Callable[[str], None], text: str) -> float:
    began = time.perf_counter()
    work(text)
    return time.perf_counter() - began


def _megabytes(text: str) -> float:
    """The peak of Python's memory; in a run of its own, because measuring it makes the look-up slower."""
    tracemalloc.start()
    try:
        _look_up(text)
        return tracemalloc.get_traced_memory()[1] / 1_000_000
    finally:
        tracemalloc.stop()


def report_text(report: dict[str, Any]) -> str:
    """The report as a table for the terminal."""
    lines = [f"{report['serials']:,} serial numbers on {report['database']}", ""]
    lines.append(f"{'any text':<24}{'texts':>8}{'p50 ms':>10}{'p99 ms':>10}{'most ms':>10}{'most MB':>10}")
    for name, measured in report["any_text"].items():
        cells = [measured[each] for each in ("p50", "p99", "most", "most_megabytes")]
        lines.append(f"{name:<24}{measured['texts']:>8}" + "".join(f"{cell:>10}" for cell in cells))
        lines += [f"    slowest: {text!r}" for text in measured["slowest"]]
    return "\n".join(lines)
