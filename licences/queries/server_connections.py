"""Questions about the server of a live installation: has it proved itself, and when did it last call?

The rule is in docs/decisions.md#installations-prove-themselves. Nothing here writes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from licences.models import Installation


@dataclass(frozen=True, slots=True)
class ServerConnection:
    """What the site card shows of a server."""

    proved_since: datetime | None  # since when its token is known
    last_call: datetime | None  # to the hour
    open_until: datetime | None  # how long its first call is awaited; None unless it is awaited now

    @property
    def is_proved(self) -> bool:
        """Whether the server has shown its token."""
        return self.proved_since is not None

    @property
    def may_be_opened(self) -> bool:
        """Whether staff may let the server connect: only before its first call."""
        return self.last_call is None


def server_connection(installation: Installation | None) -> ServerConnection | None:
    """Return the connection of a live installation's server; None for None, when nothing is live."""
    if installation is None:
        return None
    open_until = None
    if installation.connect_opened_at and may_connect(installation, now=timezone.now()):
        open_until = installation.connect_opened_at + timedelta(hours=settings.TOKEN_WINDOW_HOURS)
    return ServerConnection(installation.token_bound_at, installation.reached_at, open_until)


def may_connect(installation: Installation, *, now: datetime) -> bool:
    """Tell whether a server's first call is still awaited.

    It is for ``settings.TOKEN_WINDOW_HOURS`` after staff began the installation or let its server connect.
    """
    opened = installation.connect_opened_at
    if opened is None or installation.reached_at is not None:
        return False
    return now <= opened + timedelta(hours=settings.TOKEN_WINDOW_HOURS)
