"""New secrets, as lines for ``.env``. Needs no settings: it is what comes before there are any."""

import secrets
from collections.abc import Mapping

from licences import licence_files

KEY_IDS = 16  # four bits of an unlock code


def first_secrets() -> str:
    """All that a new portal needs."""
    lines = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "UNLOCK_KEYS": f"1:{secrets.token_hex(32)}",
        "LICENCE_SIGNING_KEYS": one_line(licence_files.new_key()),
        "MFA_ENCRYPTION_KEY": secrets.token_urlsafe(48),
    }
    return "\n".join(f"{name}={value}" for name, value in lines.items())


def rotated_unlock_keys(present: Mapping[int, bytes]) -> str:
    """``UNLOCK_KEYS`` with a new key that signs, and all present ones, which go on to verify.

    ``ValueError`` when all sixteen ids are taken.
    """
    free = [key_id for key_id in range(1, KEY_IDS) if key_id not in present] + ([] if 0 in present else [0])
    if not free:
        raise ValueError("no key id is left")
    entries = {free[0]: secrets.token_bytes(32), **present}
    return ",".join(f"{key_id}:{key.hex()}" for key_id, key in entries.items())


def rotated_licence_keys(present: Mapping[str, licence_files.Key]) -> str:
    """``LICENCE_SIGNING_KEYS`` with a new key that signs, and the public halves of all present ones."""
    public = [licence_files.public_pem(key) for key in present.values()]
    return ",".join(one_line(pem) for pem in [licence_files.new_key(), *public])


def one_line(pem: str) -> str:
    return pem.strip().replace("\n", "\\n")
