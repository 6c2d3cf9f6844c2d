"""Which addresses of the network a webhook may reach (docs/security.md#webhooks).

Whoever enters an address must not reach through the portal what the portal reaches and they do not: its own machine,
the network around it, the services of a cloud. A name is resolved before every try, and each of its addresses is judged
here; what a name means is otherwise in the hands of whoever owns it.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from licences.domain.errors import Refusal

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

USUAL_PORTS = (443, 8443)
LONGEST_URL = 500
_PRINTABLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"(?=.{1,253}\.?$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}\.?)*")
_ENDS_IN_A_NUMBER = re.compile(r"(.*\.)?(0[xX][0-9A-Fa-f]*|[0-9]+)\.?")
_PLACE_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9.]+(?:/[0-9]+)?)):(?P<port>[0-9]{1,5})")

# What IANA keeps for special purposes. Python's ``is_global`` has another list in every release.
_SPECIAL_4 = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
# Unicast addresses of the internet. All others are not: IPv4 in IPv6, NAT64, unique local, link-local, multicast …
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
# Protocols (Teredo among them), documentation, 6to4, and what answers queries that should not have left a network
_SPECIAL_6 = tuple(
    ipaddress.IPv6Network(each)
    for each in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


@dataclass(frozen=True, slots=True)
class AllowedPlace:
    """A place inside that a setting allows: a network, and a port, or the usual ports."""

    network: Network
    port: int | None = None

    def holds(self, address: Address, port: int) -> bool:
        ports = USUAL_PORTS if self.port is None else (self.port,)
        return port in ports and address.version == self.network.version and address in self.network


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where a webhook is sent: host without brackets, port, and path with query."""

    host: str
    port: int
    path: str


def parse_place(text: str) -> AllowedPlace:
    """Read an address or network, with or without a port: ``10.1.2.0/24``, ``10.1.2.3:9443``, ``[fd00::7]:9443``.

    ``ValueError`` if it is none.
    """
    found = _PLACE_WITH_PORT.fullmatch(text)
    if found is None:
        return AllowedPlace(ipaddress.ip_network(text))
    port = int(found["port"])
    if not 0 < port < 65536:
        raise ValueError(text)
    return AllowedPlace(ipaddress.ip_network(found["six"] or found["four"]), port)


def parse_url(text: str) -> WebhookTarget:
    """Read the address of a webhook. ``Refusal`` on the field ``url``: ``webhook-url-wrong``.

    It begins with https:// and has a host, neither user nor fragment, and only characters that a browser would send.
    """
    if len(text) > LONGEST_URL or not _PRINTABLE.fullmatch(text) or "\\" in text:
        raise _wrong()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong() from None
    if parts.scheme != "https" or "@" in parts.netloc or "#" in text or not _is_host(host) or port == 0:
        raise _wrong()
    return WebhookTarget(host, port or 443, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _is_host(text: str) -> bool:
    """Whether a host is a name, or an address in its usual form: not 127.1, 0x7f000001 or 2130706433."""
    if ":" in text or _ENDS_IN_A_NUMBER.fullmatch(text):
        return literal_address(text) is not None
    return _HOST.fullmatch(text) is not None


def literal_address(host: str) -> Address | None:
    """The address that a host is; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _wrong() -> Refusal:
    return Refusal("webhook-url-wrong", field="url", limit=LONGEST_URL)


def require_possible(target: WebhookTarget, *, allowed: Sequence[AllowedPlace]) -> None:
    """Refuse, before any name is resolved, a target that can never be reached.

    ``Refusal`` on the field ``url``: ``webhook-port``, ``webhook-inside``.
    """
    if target.port not in {*USUAL_PORTS, *(place.port for place in allowed)}:
        raise Refusal("webhook-port", field="url", port=target.port, ports=list(USUAL_PORTS))
    address = literal_address(target.host)
    if address is not None:
        require_reachable([address], target.port, allowed=allowed)


def require_reachable(addresses: Sequence[Address], port: int, *, allowed: Sequence[AllowedPlace]) -> None:
    """``Refusal`` ``webhook-inside`` unless a webhook may reach every one of the addresses at this port."""
    for address in addresses:
        is_open = is_public(address) and port in USUAL_PORTS
        if not is_open and not any(place.holds(address, port) for place in allowed):
            raise Refusal("webhook-inside", field="url", address=str(address), port=port)


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet, and to no special purpose."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_4)
    if address.scope_id is not None or address not in _UNICAST_6:
        return False
    return not any(address in network for network in _SPECIAL_6)
