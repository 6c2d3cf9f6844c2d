"""Generating secrets as lines for ``.env`` (docs/settings.md#secrets). Needs no settings: those need the secrets."""

import fcntl
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from licences import licence_files

KEY_IDS = 16  # four bits of an unlock code
_OTHER_NAMES = {"LICENCE_SIGNING_KEYS": "LICENCE_SIGNING_KEY"}
_LINE = re.compile(r"\s*(?:export\s+)?(\w+)\s*=(.*)")


def print_or_write_secrets(path: Path, *, write: bool) -> str | int:
    """Print new secrets, or add missing ones to the file ``path``. Returns what ``sys.exit`` takes: 0 or a message."""
    if not write:
        sys.stdout.write(new_secret_lines() + "\n")
        return 0
    try:
        added = write_secrets(path, environment=os.environ)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        return f"{path} cannot be written: {why}. Nothing was changed."
    if not added:
        return f"All secrets are there already, and none is overwritten. {path} is readable by its owner only."
    sys.stdout.write(f"Added to {path}, which only its owner can read: {', '.join(added)}\n")
    return 0


def new_secret_lines() -> str:
    """All secrets of a new portal, as lines for ``.env``."""
    return "\n".join(f"{name}={value}" for name, value in _new_secrets().items())


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "UNLOCK_KEYS": f"1:{secrets.token_hex(32)}",
        "LICENCE_SIGNING_KEYS": one_line(licence_files.new_key()),
        "MFA_ENCRYPTION_KEY": secrets.token_urlsafe(48),
    }


def write_secrets(path: Path, *, environment: Mapping[str, str]) -> list[str]:
    """Add the secrets that are set neither in the file nor in ``environment``; returns their names. Idempotent.

    Existing secrets stay.
    """
    return write_values(path, _new_secrets(), environment=environment)


def write_values(
    path: Path, values: Mapping[str, str], *, environment: Mapping[str, str], replaced: Collection[str] = ()
) -> list[str]:
    """Add the values that are set neither in the file nor in ``environment``; returns the names of what was written.

    Values that are set stay, but for the names in ``replaced``. The file is replaced in one step by a new one that
    only its owner can read; if nothing is added, only its mode is tightened. Simultaneous calls run one after another.
    """
    path = path.resolve()  # so that a symbolic link stays one
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        wanted = {
            name: value for name, value in values.items() if name in replaced or not _is_set(name, before, environment)
        }
        if wanted:
            _replace(path, _with_values(before, wanted))
        elif path.exists():
            path.chmod(0o600)
    finally:
        os.close(folder)
    return list(wanted)


def _is_set(name: str, text: str, environment: Mapping[str, str]) -> bool:
    names = [each + ending for each in (name, _OTHER_NAMES.get(name, name)) for ending in ("", "_FILE")]
    written = {match[1] for line in text.splitlines() if (match := _LINE.match(line)) and _value(match[2])}
    return any(environment.get(each, "").strip() or each in written for each in names)


def _value(text: str) -> str:
    """The value after the equals sign, without a comment: ``.env.example`` has comments after empty values."""
    return re.sub(r"\s#.*", "", text).strip().strip("'\"")


def _with_values(text: str, wanted: Mapping[str, str]) -> str:
    """The text without the former settings of these names, and with the new ones at the end."""
    former = {*wanted, *(f"{name}_FILE" for name in wanted)}
    kept = [line for line in text.splitlines() if not ((match := _LINE.match(line)) and match[1] in former)]
    return "\n".join([*kept, *(f"{name}={value}" for name, value in wanted.items()), ""])


def _replace(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".env-")  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if path.exists():
                os.fchown(descriptor, path.stat().st_uid, path.stat().st_gid)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def rotated_unlock_keys(present: Mapping[int, bytes]) -> str:
    """The value of ``UNLOCK_KEYS`` with a new signing key in front; the present ones only verify from then on.

    ``present`` maps key ids (0 to 15) to keys of 32 bytes. ``ValueError`` if all sixteen ids are taken.
    """
    free = [key_id for key_id in range(1, KEY_IDS) if key_id not in present] + ([] if 0 in present else [0])
    if not free:
        raise ValueError("no key id is left")
    entries = {free[0]: secrets.token_bytes(32), **present}
    return ",".join(f"{key_id}:{key.hex()}" for key_id, key in entries.items())


def rotated_licence_keys(present: Mapping[str, licence_files.Key]) -> str:
    """The value of ``LICENCE_SIGNING_KEYS`` with a new signing key in front; of the present ones the public halves."""
    public = [licence_files.public_pem(key) for key in present.values()]
    return ",".join(one_line(pem) for pem in [licence_files.new_key(), *public])


def one_line(pem: str) -> str:
    """A PEM text in one line, with ``\\n`` for line breaks, as ``.env`` needs it."""
    return pem.strip().replace("\n", "\\n")
