"""The examples in the chapter on webhooks, played as they stand there (docs/integration.md#webhooks)."""

import re
import shutil
import subprocess
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook as Verifier

from licences import operations
from licences.domain.webhooks import new_secret
from tests import factories


def example(beginning):
    """The indented block of the page that begins like this."""
    page = (Path(settings.BASE_DIR) / "docs" / "integration.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", page, re.MULTILINE)
    (found,) = [block for block in map(textwrap.dedent, blocks) if block.strip().startswith(beginning)]
    return found


def test_the_function_of_the_page_verifies_what_is_sent(issued, receiver):
    factories.registered()
    operations.deliver_webhooks()
    (message,) = receiver.received
    names: dict = {}
    exec(example("import base64, hashlib, hmac, time"), names)  # noqa: S102  (it is ours)
    verify = names["is_from_the_portal"]

    assert verify(issued.text, message.headers, message.body)
    assert not verify(new_secret(), message.headers, message.body)
    assert not verify(issued.text, message.headers, message.body + b" ")
    old = str(int((datetime.now(UTC) - timedelta(minutes=6)).timestamp()))
    assert not verify(issued.text, message.headers | {"webhook-timestamp": old}, message.body)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_message_from_a_shell_is_signed_as_the_portal_signs():
    secret = new_secret()
    shell = 'curl() { printf "%s\\n" "$@"; }\n' + example("ID=msg_mine")
    environment = {
        "SECRET": secret,
        "RECEIVER": "https://erp.example.com/hooks",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }

    told = subprocess.run(["bash", "-ec", shell], env=environment, capture_output=True, text=True, check=True).stdout

    lines = told.splitlines()
    headers = dict(line.split(": ", 1) for line in lines if line.startswith(("webhook-", "content-")))
    body = lines[lines.index("--data-binary") + 1]
    assert Verifier(secret).verify(body, headers)["type"] == "test"
    assert lines[-1] == "https://erp.example.com/hooks"
