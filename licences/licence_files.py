"""Licence files: what an unlock code says, signed so that anyone can check it without a secret (codes.md).

A licence file is a JWS in compact form, made once per unlock code and kept (decisions.md 15). ``settings.LICENCE_KEYS``
maps key ids to Ed25519 keys: the first signs and is private; of the others the public half is enough.
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

Key = Ed25519PrivateKey | Ed25519PublicKey

TYPE = "xchange-licence+jwt"
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


def sign(claims: Mapping[str, Any], *, type: str = TYPE, key_id: str = "") -> str:
    """A licence file in compact form. The same claims and key make the same text: EdDSA draws nothing.

    ``type`` names other things that the same key signs, so that none passes for another.
    """
    key_id = key_id or signing_key_id()
    key = cast(Ed25519PrivateKey, settings.LICENCE_KEYS[key_id])
    return jwt.encode(dict(claims), key, algorithm="EdDSA", headers={"typ": type, "kid": key_id})


def verified(text: str, *, type: str = TYPE, keys: Mapping[str, Key] | None = None) -> dict[str, Any] | None:
    """The claims of what ``sign`` made; None where no key of ours signed it, or as something else.

    ``keys`` are those of ``settings`` unless given.
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
    """The public keys as a JWK set (RFC 7517, RFC 8037), the one that signs now first."""
    fixed = {"alg": "EdDSA", "use": "sig"}
    return {"keys": [_public_jwk(key) | {"kid": key_id} | fixed for key_id, key in settings.LICENCE_KEYS.items()]}


# --- Keys --------------------------------------------------------------------------------------------


def new_key() -> str:
    """A new private key, as PEM."""
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return Ed25519PrivateKey.generate().private_bytes(encoding, form, serialization.NoEncryption()).decode()


def public_pem(key: Key) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return _public(key).public_bytes(encoding, form).decode()


def read_keys(text: str) -> dict[str, Key]:
    """All keys of a text that holds PEM, by key id, in their order.

    Raises ``ValueError`` where there is none, where one is not Ed25519, or where the first is not private.
    """
    keys: dict[str, Key] = {}
    for found in _PEM.finditer(text.replace("\\n", "\n")):
        key = _read_key(found[0].encode())
        keys[key_id(key)] = key
    if not keys or not isinstance(next(iter(keys.values())), Ed25519PrivateKey):
        raise ValueError("the first key must be a private key")
    return keys


def _read_key(pem: bytes) -> Key:
    is_private = b"PRIVATE" in pem.splitlines()[0]
    key = serialization.load_pem_private_key(pem, None) if is_private else serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise ValueError("only Ed25519 keys sign licence files")
    return key


def key_id(key: Key) -> str:
    """The thumbprint of RFC 7638, so that a key has the same id wherever it is read."""
    canonical = json.dumps(_public_jwk(key), sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _public_jwk(key: Key) -> dict[str, str]:
    raw = _public(key).public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}


def keys_of_set(text: str) -> dict[str, Key]:
    """The keys of a JWK set as ``/.well-known/jwks.json`` serves it. ``ValueError`` where it is none."""
    try:
        entries = json.loads(text)["keys"]
        raw = [base64.urlsafe_b64decode(entry["x"] + "=" * (-len(entry["x"]) % 4)) for entry in entries]
    except (KeyError, TypeError) as error:
        raise ValueError("this is no set of public keys") from error
    keys = [Ed25519PublicKey.from_public_bytes(each) for each in raw]
    return {key_id(key): key for key in keys}


def _public(key: Key) -> Ed25519PublicKey:
    return key.public_key() if isinstance(key, Ed25519PrivateKey) else key


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
