"""Licence files: what an unlock code says, signed so that anyone can verify it without a secret
(docs/codes.md#licence-file).

A licence file is a JWS in compact form, signed once per unlock code and kept
(docs/decisions.md#licence-files-are-fixed). ``settings.LICENCE_KEYS`` maps key ids to Ed25519 keys. The first one signs
and is private; the public half is enough for the others, which only verify.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from licences.domain.codes import grouped

Key = Ed25519PrivateKey | Ed25519PublicKey

TYPE = "xchange-licence+jwt"
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


def file_name(serial: str, sequence: int) -> str:
    """Return the name of a licence file, by the canonical serial and the number of its unlock code."""
    return f"xchange-licence-{grouped(serial)}-{sequence}.jws"


def sign(claims: Mapping[str, Any], *, type: str = TYPE, key_id: str = "") -> str:
    """Sign claims (JSON values), and return the JWS in compact form.

    The same claims and key give the same text, since EdDSA uses no random numbers. ``type`` tells apart the different
    things that these keys sign. ``key_id`` is the key that signs, the first one unless given.
    """
    key_id = key_id or signing_key_id()
    key = cast(Ed25519PrivateKey, settings.LICENCE_KEYS[key_id])
    return jwt.encode(dict(claims), key, algorithm="EdDSA", headers={"typ": type, "kid": key_id})


def verify_signature(text: str, *, type: str = TYPE, keys: Mapping[str, Key] | None = None) -> dict[str, Any] | None:
    """Return the claims of a JWS that ``sign`` returned; None if it is forged, or has an unknown key or another type.

    ``keys`` are those of the settings unless given.
    """
    known = settings.LICENCE_KEYS if keys is None else keys
    options: Any = {"verify_iat": False, "verify_aud": False, "verify_iss": False, "verify_jti": False}
    try:
        header = jwt.get_unverified_header(text)
        key = known.get(header.get("kid", ""))
        if key is None or header.get("typ") != type:
            return None
        claims: dict[str, Any] = jwt.decode(text, _public(key), algorithms=["EdDSA"], options=options)
    except jwt.PyJWTError:
        return None
    return claims


def signing_key_id() -> str:
    return next(iter(settings.LICENCE_KEYS))


def key_set() -> dict[str, list[dict[str, str]]]:
    """Return the public keys as a JWK set (RFC 7517, RFC 8037), the one that signs first."""
    fixed = {"alg": "EdDSA", "use": "sig"}
    return {"keys": [_public_jwk(key) | {"kid": key_id} | fixed for key_id, key in settings.LICENCE_KEYS.items()]}


# --- Keys --------------------------------------------------------------------------------------------


def new_key() -> str:
    """Generate a private key, and return it as PEM."""
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return Ed25519PrivateKey.generate().private_bytes(encoding, form, serialization.NoEncryption()).decode()


def public_pem(key: Key) -> str:
    """Return the public half of a key as PEM."""
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return _public(key).public_bytes(encoding, form).decode()


def parse_keys(text: str) -> dict[str, Key]:
    """Return all keys in a text of PEM blocks, by key id, in their order. Line breaks may be written as ``\\n``.

    ``ValueError``: there is no key, one is not Ed25519, or the first is not private.
    """
    keys: dict[str, Key] = {}
    for block in _PEM.finditer(text.replace("\\n", "\n")):
        key = _parse_key(block[0].encode())
        keys[key_id(key)] = key
    if not keys or not isinstance(next(iter(keys.values())), Ed25519PrivateKey):
        raise ValueError("the first key must be a private key")
    return keys


def _parse_key(pem: bytes) -> Key:
    """A key from one PEM block. ``ValueError``: it is not Ed25519."""
    is_private = b"PRIVATE" in pem.splitlines()[0]
    key = serialization.load_pem_private_key(pem, None) if is_private else serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise ValueError("only Ed25519 keys sign licence files")
    return key


def key_id(key: Key) -> str:
    """Return the id of a key: its thumbprint of RFC 7638, which is the same for its private and its public half."""
    canonical = json.dumps(_public_jwk(key), sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _public_jwk(key: Key) -> dict[str, str]:
    """The public half of a key as a JWK, without its id."""
    raw = _public(key).public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}


def parse_key_set(text: str) -> dict[str, Key]:
    """Return the keys in the JSON of a JWK set, as ``/.well-known/jwks.json`` serves it, by key id.

    ``ValueError``: it is no JWK set.
    """
    try:
        entries = json.loads(text)["keys"]
        raw = [base64.urlsafe_b64decode(entry["x"] + "=" * (-len(entry["x"]) % 4)) for entry in entries]
    except (KeyError, TypeError) as error:
        raise ValueError("this is no set of public keys") from error
    keys = [Ed25519PublicKey.from_public_bytes(each) for each in raw]
    return {key_id(key): key for key in keys}


def _public(key: Key) -> Ed25519PublicKey:
    """The public half of a key."""
    return key.public_key() if isinstance(key, Ed25519PrivateKey) else key


def _base64url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
