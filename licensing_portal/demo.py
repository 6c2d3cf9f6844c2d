"""Generated secrets for the demo and for development.

Used with ``DEBUG`` and ``DEMO`` only: production sets its secrets itself.
"""

import os
import secrets
import tempfile
from pathlib import Path

import environ

from licences.licence_files import new_key


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "UNLOCK_KEYS": f"1:{secrets.token_hex(32)}",
        "DEMO_PASSWORD": secrets.token_urlsafe(9),
    }


def ensure_demo_secrets(path: Path) -> None:
    """Put generated secrets into the environment, stored in ``path`` so that they outlive the process.

    Variables that are set already win. The file is readable by its owner only and appears as a whole: if two processes
    start together, one creates it and both read the same.
    """
    if not path.exists():
        _write_once(path, "".join(f"{name}={value}\n" for name, value in _new_secrets().items()))
    environ.Env.read_env(path)
    if not any(os.environ.get(name) for name in ("LICENCE_SIGNING_KEYS", "LICENCE_SIGNING_KEY")):
        os.environ.setdefault("LICENCE_SIGNING_KEY_FILE", str(_ensure_key(path.with_name("licence-key.pem"))))


def _ensure_key(path: Path) -> Path:
    """Create the licence signing key in a file of its own, also for a demo made before there were licence files."""
    if not path.exists():
        _write_once(path, new_key())
    return path


def _write_once(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        os.link(temporary, path)
    except FileExistsError:
        pass  # another process was first
    finally:
        os.unlink(temporary)
