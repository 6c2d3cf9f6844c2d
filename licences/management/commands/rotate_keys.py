"""``manage.py rotate_keys``: print the key settings with new keys in front, and what to do with them
(docs/settings.md#secrets).
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from licences.management.new_keys import rotated_licence_keys, rotated_unlock_keys

ADVICE = """# Put these two lines in the place of those in .env, or wherever the portal has its secrets, and restart
# all of its processes. Nothing is changed until then.
#
# The first of each list signs from then on; the others verify what they signed. Unlock codes that servers have not
# typed in yet and release codes need UNLOCK_KEYS; licence files are checked with the public keys at
# /.well-known/jwks.json. Products that carry the unlock keys within them have to know the new one before.
# Take an old entry out when nothing that it signed is in use any more.
# The private half of the old licence key is not among these lines: after the restart nothing needs it."""


class Command(BaseCommand):
    help = "Print UNLOCK_KEYS and LICENCE_SIGNING_KEYS with a new first key. Changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            unlock_keys = rotated_unlock_keys(settings.UNLOCK_KEYS)
        except ValueError:
            raise CommandError(
                "All sixteen key ids of UNLOCK_KEYS are in use. Remove the oldest key whose codes are no longer needed."
            ) from None
        self.stdout.write(ADVICE)
        self.stdout.write(f"UNLOCK_KEYS={unlock_keys}")
        self.stdout.write(f"LICENCE_SIGNING_KEYS={rotated_licence_keys(settings.LICENCE_KEYS)}")
