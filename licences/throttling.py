"""Throttling of calls without a login: rate limits, and abuse counts of what was refused
(docs/security.md#attempts-to-do-more and docs/security.md#work-that-is-bounded).

Used by the API and the public registration page. Staff pages need none of it, because their users have logged in.
"""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from licences.domain.errors import Refusal
from licences.models import RefusedClaim
from licences.operations import abuse, rate_limits

GUESS_CODES = ("unknown-serial", "registration-required", "release-code-wrong")
LINES_OF_A_REQUEST = 20
GUESS_COST = 20  # requests: an address that guesses gets only a few tries in a minute


@dataclass(frozen=True, slots=True)
class ApiClient:
    """The address that a call comes from, and the actor that events name for it, such as "Xchange Server"."""

    address: str
    by: str

    @property
    def key(self) -> str:
        """The key of the address in the rate limits."""
        return f"address:{self.address}"


def api_client(request: HttpRequest, *, by: str) -> ApiClient:
    """The client of a request; ``by`` is the actor for events."""
    return ApiClient(client_address(request), by)


def client_address(request: HttpRequest) -> str:
    """The IP address of the client; for IPv6 its /64 network, which belongs to one customer.

    Each proxy appends the address it sees to ``X-Forwarded-For``, so the ``TRUSTED_PROXY_COUNT``-th from the right
    counts (docs/settings.md#addresses-and-proxies): those to the left of it may be forged by the client. If there is no
    valid address at that position, the address of the connection is used, which is the proxy's own.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = hops[-trusted] if trusted and len(hops) >= trusted else direct
    return _normalised_address(forwarded) or _normalised_address(direct) or "unknown"


def _normalised_address(text: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 address, without a port; empty if the text is neither."""
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


def take_request(client: ApiClient, *, serial: str = "") -> None:
    """Count a request against the rate limits of its address and serial.

    ``serial`` is canonical, or empty if it is not known yet. Every call counts. ``Refusal``: ``too-many-requests``,
    with the ``seconds`` to wait.
    """
    costs = {client.key: rate_limits.MINUTE / settings.RATE_LIMIT_ADDRESS}
    if serial:
        costs[f"serial:{serial}"] = rate_limits.MINUTE / settings.RATE_LIMIT_SERIAL
    seconds = rate_limits.take_from_limits(costs)
    if seconds:
        raise Refusal("too-many-requests", seconds=seconds)


def take_program_request(key_id: int) -> None:
    """Count a request by a key of a program against its rate limit. ``Refusal``: ``too-many-requests``."""
    seconds = rate_limits.take_from_limits({f"key:{key_id}": rate_limits.MINUTE / settings.RATE_LIMIT_KEY})
    if seconds:
        raise Refusal("too-many-requests", seconds=seconds)


def take_program_lines(key_id: int, count: int) -> None:
    """Count the lines that a program sends in one call: ``LINES_OF_A_REQUEST`` of them as a further request.

    ``Refusal``: ``too-many-requests``.
    """
    cost = count // LINES_OF_A_REQUEST * rate_limits.MINUTE / settings.RATE_LIMIT_KEY
    seconds = rate_limits.take_from_limits({f"key:{key_id}": cost}) if cost else 0
    if seconds:
        raise Refusal("too-many-requests", seconds=seconds)


def count_refused_key(client: ApiClient) -> None:
    """Count a call without a usable key as an attempt of its address, at the cost of a guess.

    ``Refusal``: ``too-many-requests`` if the address has reached its limit.
    """
    take_request(client)
    _count_guess(client, now=timezone.now())


@contextmanager
def throttled(client: ApiClient, *, serial: str, site_id: str, release_code: str = "") -> Iterator[None]:
    """Run the operation in the block within the rate limits, and count it as abuse if it is refused as such.

    ``serial``, ``site_id`` and ``release_code`` (empty if none was sent) are canonical. ``Refusal``:
    ``too-many-requests`` before the block runs, and whatever the block raises.
    """
    take_request(client, serial=serial)
    try:
        yield
    except Refusal as refusal:
        _count_refusal(refusal, client, serial=serial, site_id=site_id, release_code=release_code)
        raise


def _count_refusal(refusal: Refusal, client: ApiClient, *, serial: str, site_id: str, release_code: str) -> None:
    now = timezone.now()
    if refusal.code != "release-code-wrong":
        release_code = ""  # it was not judged
    if refusal.code in RefusedClaim.Kind.values:
        kind = RefusedClaim.Kind(refusal.code)
        abuse.count_refused_attempt(
            kind, serial=serial, site_id=site_id, by=client.by, now=now, release_code=release_code
        )
    if refusal.code in GUESS_CODES:
        _count_guess(client, now=now)


def _count_guess(client: ApiClient, *, now: datetime) -> None:
    abuse.count_guess(client.address, now=now)
    rate_limits.charge_limit(
        client.key, GUESS_COST * rate_limits.MINUTE / settings.RATE_LIMIT_ADDRESS, now=now.timestamp()
    )
