"""``WORKER=1``: a worker that is killed is started again, and all ends with gunicorn."""

from licensing_portal import worker_beside


def test_the_pause_grows_to_a_minute_and_begins_anew_after_a_while():
    pauses, pause = [], 0.0
    for _ in range(8):
        pause = worker_beside.next_pause(pause, ran=0.1)
        pauses.append(pause)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert worker_beside.next_pause(60, ran=3600) == 1


def test_it_starts_the_worker_again_and_again_as_long_as_it_is_wanted(tmp_path, monkeypatch, capsys):
    started = tmp_path / "started"
    command = ("/bin/sh", "-c", f"echo once >> {started}; exit 7")
    waited = []
    monkeypatch.setattr(worker_beside, "_sleep", lambda seconds, is_wanted: waited.append(seconds))
    monkeypatch.setattr(worker_beside, "LOOK_EVERY", 0.01)

    worker_beside.watch(lambda: len(waited) < 3, command)

    assert started.read_text().splitlines() == ["once"] * 3
    assert waited == [1, 2, 4]
    assert "has ended (7)" in capsys.readouterr().err


def test_a_worker_that_runs_is_ended_when_it_is_wanted_no_more(tmp_path):
    ended = tmp_path / "ended"
    command = ("/bin/sh", "-c", f"trap 'echo yes > {ended}; exit 0' TERM; while :; do sleep 0.1; done")
    looks = iter([True] * 3)

    worker_beside.watch(lambda: next(looks, False), command)

    assert ended.read_text() == "yes\n"
