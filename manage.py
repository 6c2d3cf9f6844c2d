#!/usr/bin/env python3
"""Django's command line.

``quickstart`` is the demo's own command, so it turns the demo on. ``make_keys`` makes the secrets without which the
settings refuse to be read, so it runs before they are. Where database or disk cannot serve, a command says so in a line
and ends with 1.
"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "licensing_portal.settings")
    if sys.argv[1:2] == ["quickstart"]:
        os.environ.setdefault("DEMO", "1")
    if sys.argv[1:] in (["make_keys"], ["make_keys", "--write"]):
        from licences.management import new_keys

        sys.exit(new_keys.print_or_write_secrets(write="--write" in sys.argv))
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error

    try:
        settings.INSTALLED_APPS  # noqa: B018  (reads the settings)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    from licensing_portal.outages import outage_line

    try:
        execute_from_command_line(sys.argv)
    except (Error, OSError) as error:
        said = outage_line(error)
        if not said:
            raise
        sys.exit(said)


if __name__ == "__main__":
    main()
