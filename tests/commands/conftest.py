"""What tests of commands begin with."""

import pytest
from django.utils import timezone

from licences.operations.heartbeats import record_worker_heartbeat
from licences.proof.anchors import new_anchor


@pytest.fixture
def healthy_portal(settings, tmp_path, catalogue):
    """A portal in which everything is in order but what the test breaks."""
    for name in ("var", "media", "allocated"):
        (tmp_path / name).mkdir(mode=0o700)
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "media"
    settings.ALLOCATED_SERIALS_DIR = tmp_path / "allocated"
    settings.ANCHOR_FILE = str(tmp_path / "anchors")
    (tmp_path / "anchors").write_text(new_anchor() + "\n")
    record_worker_heartbeat(now=timezone.now())
