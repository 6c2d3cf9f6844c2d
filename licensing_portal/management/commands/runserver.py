"""``manage.py runserver`` with WhiteNoise's changes; the demo listens on this machine only."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from whitenoise.runserver_nostatic.management.commands.runserver import Command as RunServer

from licensing_portal.environment import is_local


class Command(RunServer):
    def run(self, **options: Any) -> None:
        if settings.DEMO and not is_local(f"{self._bracketed()}:{self.port}"):
            raise CommandError(
                f"{self.addr} is not this machine alone, and DEMO is on. The demo knows its users' passwords: "
                "use 127.0.0.1, or unset DEMO."
            )
        super().run(**options)

    def _bracketed(self) -> str:
        return f"[{self.addr}]" if ":" in self.addr else self.addr
