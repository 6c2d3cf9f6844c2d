"""What ``manage.py benchmark`` measures, a module each: ``add_arguments(parser)`` and ``run(options, stdout)``.

Modules whose names begin with an underscore are parts of others.
"""
