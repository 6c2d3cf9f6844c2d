"""The benchmarks, run by ``python -m tests.benchmarks NAME``.

Each module is one benchmark, with ``HELP``, ``add_arguments(parser)`` and ``run(options, stdout)``. Modules whose
names begin with an underscore are parts of others. See docs/decisions.md#benchmarks.
"""
