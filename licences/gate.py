"""What stands between the open internet and the operations: rate limits, and the count of what was refused.

The API and the public registration page go through here; staff pages do not, their users have logged in.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import RefusedClaim
from licences.operations import claims, limits

GUESSES = ("unknown-serial", "release-code-wrong")
GUESS_COSTS = 20  # so many requests: whoever guesses is slowed to a few tries in a minute


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as that can be known: an address, and the name that events give to this door."""

    address: str
    by: str

    @property
    def key(self) -> str:
        return f"address:{self.address}"


def visitor(request: HttpRequest, *, by: str) -> Visitor:
    return Visitor(client_address(request), by)


def client_address(request: HttpRequest) -> str:
    """The address of the client; of an IPv6 address its /64 network, which is one customer's.

    ``X-Forwarded-For`` counts from the right, as far as there are proxies that can be trusted: what stands to the
    left of that is whatever the client wrote.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXY_COUNT
    claimed = hops[-trusted] if trusted and len(hops) >= trusted else direct
    return _network(claimed) or _network(direct) or "unknown"


def _network(text: str) -> str:
    host = text[1 : text.index("]")] if text.startswith("[") and "]" in text else text
    if host.count(":") == 1:  # an IPv4 address with its port
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def admit(who: Visitor, *, serial: str = "") -> None:
    """Count a request against its address and its serial; ``Refusal("too-many-requests")`` with ``seconds`` to wait."""
    costs = {who.key: limits.MINUTE / settings.RATE_LIMIT_ADDRESS}
    if serial:
        costs[f"serial:{serial}"] = limits.MINUTE / settings.RATE_LIMIT_SERIAL
    seconds = limits.take(costs)
    if seconds:
        raise Refusal("too-many-requests", seconds=seconds)


@contextmanager
def passing(who: Visitor, *, serial: str, site_id: str, release_code: str = "") -> Iterator[None]:
    """Let an operation on a serial be tried: within the limits, and counted where it is refused as a claim or guess."""
    admit(who, serial=serial)
    try:
        yield
    except Refusal as refusal:
        _count(refusal, who, serial=serial, site_id=site_id, release_code=release_code)
        raise


def _count(refusal: Refusal, who: Visitor, *, serial: str, site_id: str, release_code: str) -> None:
    now = timezone.now()
    if refusal.code in RefusedClaim.Kind.values:
        kind = RefusedClaim.Kind(refusal.code)
        claims.count_refused_claim(kind, serial=serial, site_id=site_id, by=who.by, now=now, release_code=release_code)
    if refusal.code in GUESSES:
        claims.count_guess(who.address, now=now)
        limits.charge(who.key, GUESS_COSTS * limits.MINUTE / settings.RATE_LIMIT_ADDRESS, now=now.timestamp())
