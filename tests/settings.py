"""The settings of the tests: the portal's own, in an environment that no ``.env`` of a demo reaches."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ |= {
    "DEMO": "1",
    "DEBUG": "0",
    "PORTAL_URL": "http://testserver",
    "SECRET_KEY": "tests-only-" + "k" * 60,
    "UNLOCK_KEYS": "1:" + "0f" * 32 + ",7:" + "a7" * 32,
    # The example of RFC 8410, appendix A: everybody knows it.
    "LICENCE_SIGNING_KEY": "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----",
    "MFA_ENCRYPTION_KEY": "tests-only-" + "m" * 40,
    "DEMO_PASSWORD": "demo-password",
    "LICENSING_PHONE": "",  # tests that are about it set one
}
os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(tempfile.gettempdir()) / 'licensing-portal-tests.sqlite3'}")

os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="licensing-portal-tests-")
atexit.register(shutil.rmtree, os.environ["MEDIA_ROOT"], ignore_errors=True)

os.environ["ALLOCATED_SERIALS_DIR"] = os.path.join(os.environ["MEDIA_ROOT"], "allocated")

from licensing_portal.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick ones
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # nothing here has to outlive a power cut
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;"
    # One connection serves most tests of a worker. Python keeps 128 statements compiled; recording a purchase has 150.
    DATABASES["default"]["OPTIONS"]["cached_statements"] = 1000
