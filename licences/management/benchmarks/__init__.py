"""What ``manage.py benchmark`` measures: a module per subcommand, by its name.

Each has ``add_arguments(parser)`` and ``run(options, stdout)``; the first line of its docstring is its help. Modules
whose names begin with an underscore are parts of others.
"""
