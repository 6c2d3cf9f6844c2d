"""What ``manage.py benchmark`` measures, a module each: ``add_arguments(parser)`` and ``run(options, stdout)``."""
