"""Where the portal's folders are: its program, and what it writes.

From a checkout, both are the folder of ``manage.py``. Installed from a wheel, the program is in ``site-packages``, and
the folder is the one in which the portal was started (docs/operations.md#one-server).
"""

from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent
IS_CHECKOUT = (PROGRAM / "manage.py").is_file()
PARTS = PROGRAM if IS_CHECKOUT else Path(__file__).resolve().parent  # has ``templates`` and ``static``


def portal_folder() -> Path:
    """The folder with ``.env`` and ``var``."""
    return PROGRAM if IS_CHECKOUT else Path.cwd()
