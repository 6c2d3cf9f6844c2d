"""How often a race is run and how many random examples a rule is tried with: few in each run, more if one asks for it.

``.ci/drills`` asks for more with ``RACE_ROUNDS`` and ``HYPOTHESIS_EXAMPLES``, which hold for all tests.
"""

import os


def rounds(usual: int) -> int:
    """Return how often a race is run."""
    return int(os.environ.get("RACE_ROUNDS", usual))


def examples(usual: int) -> int:
    """Return how many random examples a test tries."""
    return int(os.environ.get("HYPOTHESIS_EXAMPLES", usual))
