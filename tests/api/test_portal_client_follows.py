"""The client in docs/samples follows the events: every one is written, whatever ends it (docs/events.md)."""

import json

import pytest

from tests.api.test_portal_client import client, portal, problem

__all__ = ["portal"]  # the fixture


def page(*ids, following, more=False):
    return 200, {"events": [{"id": each} for each in ids], "next": following, "more": more}, {}


@pytest.fixture
def follow(portal, tmp_path):
    """Follows until nothing is new; returns the ids that were written."""

    def run(**options):
        written = []
        write = options.pop("write", lambda line, flush: written.append(json.loads(line)["id"]))
        client.follow(portal.calls, resume=tmp_path / "position.txt", once=True, write=write, **options)
        return written

    return run


def asked(portal):
    return [path.partition("?")[2] for path, _headers, _body in portal.asked]


def test_it_writes_all_pages_and_the_next_run_goes_on_behind_them(portal, follow, tmp_path):
    portal.answers = [page(1, 2, following=2, more=True), page(5, following=6)]
    assert follow() == [1, 2, 5]
    assert (tmp_path / "position.txt").read_text() == "6\n"

    portal.answers = [page(9, following=9)]
    assert follow() == [9]
    assert asked(portal) == ["after=0&limit=500", "after=2&limit=500", "after=6&limit=500"]


def test_it_goes_on_over_pages_without_an_event_of_the_chosen_kinds(portal, follow):
    portal.answers = [page(following=20_000, more=True), page(20_007, following=20_010)]

    assert follow(kind="registered,released") == [20_007]
    assert asked(portal)[1] == "after=20000&limit=500&kind=registered%2Creleased"


def test_what_was_not_written_is_asked_for_again(portal, follow):
    def full(line, flush):
        raise OSError("disk full")

    portal.answers = [page(1, 2, following=2)]
    with pytest.raises(OSError, match="disk full"):
        follow(write=full)

    portal.answers = [page(1, 2, following=2)]
    assert follow() == [1, 2]
    assert asked(portal)[1] == "after=0&limit=500"


def test_it_begins_at_the_end_if_it_should_and_remembers_that_although_nothing_was_new(portal, follow, tmp_path):
    portal.answers = [page(following=40)]
    assert follow(after="end") == []
    assert (tmp_path / "position.txt").read_text() == "40\n"


def test_as_a_command_it_says_what_is_missing_and_what_the_portal_refused(portal, monkeypatch, tmp_path, capsys):
    command = ["follow", f"http://127.0.0.1:{portal.server_port}", "--resume", str(tmp_path / "p"), "--once"]
    monkeypatch.delenv("XCHANGE_KEY", raising=False)
    with pytest.raises(SystemExit, match="XCHANGE_KEY"):
        client.main(command)

    monkeypatch.setenv("XCHANGE_KEY", "xlp_key")
    portal.answers = [page(1, following=1), problem("scope-missing", 403)]
    client.main(command)
    assert json.loads(capsys.readouterr().out) == {"id": 1}
    with pytest.raises(SystemExit, match=r"Why\."):
        client.main(command)
