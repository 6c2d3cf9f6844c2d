"""The portal's command line: ``manage.py`` in a checkout, ``licensing-portal`` where it was installed from a wheel.

``quickstart`` is the demo's own command, so it turns the demo on. ``make_keys`` and ``setup`` make what the settings
need, so they run before the settings are read. Where database or disk cannot serve, a command says so in a line
and ends with 1.
"""

import os
import sys

from licensing_portal.folders import portal_folder


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "licensing_portal.settings")
    _before_settings(sys.argv[1:])
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


def _before_settings(arguments: list[str]) -> None:
    """Do what a command does before the settings are read; ``make_keys`` ends here."""
    if arguments[:1] == ["quickstart"]:
        os.environ.setdefault("DEMO", "1")
    if arguments in (["make_keys"], ["make_keys", "--write"]):
        from licences.management import new_keys

        sys.exit(new_keys.print_or_write_secrets(portal_folder() / ".env", write="--write" in arguments))
    if arguments[:1] == ["setup"]:
        from licensing_portal import first_settings

        first_settings.write_settings(arguments[1:], portal_folder() / ".env")
