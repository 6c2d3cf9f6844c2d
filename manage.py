#!/usr/bin/env python3
"""Django's command line.

``quickstart`` is the demo's own command, so it turns the demo on. ``make_keys`` makes the secrets without which the
settings refuse to be read, so it runs before they are.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "licensing_portal.settings")
    if sys.argv[1:2] == ["quickstart"]:
        os.environ.setdefault("DEMO", "1")
    if sys.argv[1:] == ["make_keys"]:
        from licences.management.new_keys import first_secrets

        print(first_secrets())  # noqa: T201
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
