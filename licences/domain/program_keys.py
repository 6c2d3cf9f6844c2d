"""Keys for programs: their form, and whether one may be used (docs/security.md#keys-for-programs).

A key reads ``xlp_`` + handle + ``_`` + secret. The prefix lets scanners of source code recognise a key that leaked. The
handle finds the record and is no secret. Only the SHA-256 of the whole key is stored: it has 256 random bits, so that
a slow hash would add nothing.
"""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from licences.domain.errors import Refusal

PREFIX = "xlp_"
HANDLE_LENGTH = 10
LONGEST_LIFE = 731  # days
MOST_NETWORKS = 20
_FORM = re.compile(rf"{PREFIX}([a-z0-9]{{{HANDLE_LENGTH}}})_[A-Za-z0-9_-]{{43}}")
_HANDLE_SYMBOLS = "abcdefghijkmnpqrstuvwxyz23456789"


class Scope(StrEnum):
    """What a key may be used for. None includes another one."""

    SITES_READ = "sites:read"
    SITES_PERSONAL = "sites:personal"
    CODES_READ = "codes:read"
    PURCHASES_WRITE = "purchases:write"
    EVENTS_READ = "events:read"
    EVENTS_PERSONAL = "events:personal"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just drawn: ``text`` is shown once and never stored."""

    text: str
    handle: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What is on record about a key, to judge its use."""

    digest: str
    scopes: Sequence[str]
    networks: Sequence[str]
    expires_at: datetime
    revoked: bool


def new_key() -> NewKey:
    """Draw a key."""
    handle = "".join(secrets.choice(_HANDLE_SYMBOLS) for _ in range(HANDLE_LENGTH))
    text = f"{PREFIX}{handle}_{secrets.token_urlsafe(32)}"
    return NewKey(text, handle, digest_of(text))


def digest_of(text: str) -> str:
    """The SHA-256 of a key, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def handle_of(text: str) -> str:
    """The handle in a key; empty if the text has not the form of one."""
    found = _FORM.fullmatch(text)
    return found[1] if found else ""


def judge_key(text: str, facts: KeyFacts | None, *, address: str, now: datetime) -> None:
    """Refuse a key that may not be used from an address at this moment.

    ``facts`` are None where no record has its handle; ``address`` is an IP address, or a network for IPv6. ``Refusal``:
    ``key-wrong``, ``key-revoked``, ``key-expired``, ``address-not-allowed``. Only somebody who has the whole key learns
    more than that it is wrong. The digests are compared in constant time.
    """
    stored = facts.digest if facts else digest_of("")
    if not compare_digest(digest_of(text), stored) or facts is None:
        raise Refusal("key-wrong")
    if facts.revoked:
        raise Refusal("key-revoked")
    if facts.expires_at <= now:
        raise Refusal("key-expired")
    if facts.networks and not is_within(address, facts.networks):
        raise Refusal("address-not-allowed", address=address)


def require_scope(facts: KeyFacts, scope: Scope) -> None:
    """``Refusal`` ``scope-missing`` if a key does not have a scope."""
    if scope not in facts.scopes:
        raise Refusal("scope-missing", scope=scope.value)


def require_life(expires_at: datetime, *, now: datetime) -> None:
    """``Refusal`` ``expiry-out-of-range`` unless a key would end in the next ``LONGEST_LIFE`` days."""
    if not now < expires_at <= now + timedelta(days=LONGEST_LIFE):
        raise Refusal("expiry-out-of-range", field="expires_on", days=LONGEST_LIFE - 1)


def parse_networks(text: str) -> list[str]:
    """Read addresses and networks, separated by blanks, commas or lines, and return them in canonical form, each once.

    ``192.0.2.7`` is the network ``192.0.2.7/32``. An IPv6 address counts with its /64 network, as in rate limits.
    ``Refusal`` on the field ``networks``: ``not-a-network``, and ``too-many-networks`` above ``MOST_NETWORKS``.
    """
    networks = list(dict.fromkeys(str(_network(each)) for each in re.split(r"[\s,;]+", text) if each))
    if len(networks) > MOST_NETWORKS:
        raise Refusal("too-many-networks", field="networks", limit=MOST_NETWORKS)
    return networks


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise Refusal("not-a-network", field="networks", text=text[:60]) from None
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen > 64:
        return network.supernet(new_prefix=64)
    return network


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an address, or a network of the same family, lies in one of the networks."""
    try:
        place = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return False
    for each in networks:
        network = ipaddress.ip_network(each)
        if network.version == place.version and network.supernet_of(place):  # type: ignore[arg-type]
            return True
    return False
