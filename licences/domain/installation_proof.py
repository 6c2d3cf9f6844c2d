"""How a server proves which installation it is: by the token it drew when it was installed, or by its unlock code.

Serial number and site ID prove nothing, because they are shown on pages and read out on the telephone.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from licences.domain.errors import Refusal

TOKEN_PATTERN = "[A-Za-z0-9_-]{22,86}"  # noqa: S105  (base64url: 128 to 512 bits)
_TOKEN = re.compile(TOKEN_PATTERN)


@dataclass(frozen=True, slots=True)
class InstallationProof:
    """What a call to the API shows to prove that it comes from the installation. Either may be empty.

    ``token`` is what ``parse_token`` returned, ``unlock_code`` is in canonical form.
    """

    token: str = ""
    unlock_code: str = ""


def new_token() -> str:
    """Draw an installation token: 256 random bits, 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def parse_token(text: str) -> str:
    """Return a token as it was sent. ``Refusal("token-malformed")``: it is not 22 to 86 characters of base64url."""
    if not _TOKEN.fullmatch(text):
        raise Refusal("token-malformed")
    return text


def token_digest(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal, which is all that is stored of it.

    It needs no salt and no slow hash: a token is random, so nobody can guess it.
    """
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def token_matches(token: str, digest: str | None) -> bool:
    """Compare a token with a stored digest, in constant time. False for an empty token, and without a digest."""
    return bool(token and digest) and hmac.compare_digest(token_digest(token), digest or "")
