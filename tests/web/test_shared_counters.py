"""Counters that several processes share: they add up, never fall, and make no more files than needed."""

import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from licensing_portal.metrics import shared_files

COUNT = """
import sys
from licensing_portal.metrics.shared_files import share_counters
shared = share_counters(sys.argv[1])
from prometheus_client import Counter
Counter("portal_test", "Of a test.", ["view"]).labels("desk").inc(int(sys.argv[2]))
print(shared, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def counting(tmp_path, settings):
    """``counting(5)`` is a process that has counted 5 and lives until its input ends."""
    started = []

    def start(number):
        command = [sys.executable, "-c", COUNT, str(tmp_path / "metrics"), str(number)]
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout.readline() == "True\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def total(folder):
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if line.startswith("portal_test")]


def test_processes_add_up_and_the_count_of_one_that_was_killed_stays(counting, tmp_path):
    counting(5)
    killed = counting(7)
    killed.kill()
    killed.wait()

    assert total(tmp_path / "metrics") == ['portal_test_total{view="desk"} 12.0']


def test_the_successor_of_a_process_goes_on_counting_in_its_files(counting, tmp_path):
    first = counting(5)
    first.kill()
    first.wait()
    for number in (1, 2, 3):
        counting(number).communicate()

    assert total(tmp_path / "metrics") == ['portal_test_total{view="desk"} 11.0']
    assert sorted(path.name for path in (tmp_path / "metrics").glob("counter*")) == ["counter_p0.db"]


def test_the_files_have_their_room_from_the_beginning_and_are_for_their_owner(counting, tmp_path):
    counting(1)

    found = {path.name: path.stat() for path in (tmp_path / "metrics").glob("*.db")}
    assert {name: (stat.st_mode & 0o777, stat.st_size) for name, stat in found.items()} == {
        "counter_p0.db": (0o600, 1 << 20),
        "histogram_p0.db": (0o600, 2 << 20),
    }
    assert [name for name, stat in found.items() if stat.st_blocks * 512 < stat.st_size] == []


def test_without_a_folder_or_without_room_in_it_a_process_counts_for_itself(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").touch()

    def full(descriptor, offset, size):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    before = shared_files.values.ValueClass

    assert [shared_files.share_counters(str(tmp_path / each)) for each in ("file/x", "folder")] == [False, False]
    assert shared_files.share_counters("") is False
    assert shared_files.values.ValueClass is before
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == [
        "Not a directory",
        "No space left on device",
    ]
