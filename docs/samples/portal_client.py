"""A client of the portal's calls for other systems, with the standard library only.

    portal = Portal("https://licensing.example.com", key)
    portal.site("AB1C-O9XZ")["verdict"]["words"]
    portal.record([{"purchase_reference": "WEB-1", "line": 1, ...}], idempotency_key="WEB-1")

Calls that fail for a while (429, 503, a call in progress, a lost connection) are tried again. Reading is safe to
repeat; recording is too, because the same call with the same idempotency key is recorded once.

It also follows the events from a shell, one line of JSON each, with the key in XCHANGE_KEY:

    python portal_client.py follow https://licensing.example.com --resume position.txt --kind registered,released
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

TRIES = 6
LONGEST_WAIT = 60  # seconds


class PortalProblem(Exception):
    """An answer that is no success. ``name`` says which problem, ``document`` is all of it."""

    def __init__(self, document):
        super().__init__(document["detail"])
        self.name = document["type"].rpartition("#")[2]
        self.status = document["status"]
        self.document = document


class Portal:
    """A portal, and the key for it. ``language`` is that of the sentences, ``timeout`` is in seconds."""

    def __init__(self, url, key, *, language="en", timeout=30):
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}

    def sites(self, query, **parameters):
        """All sites that are found, best first, from as many pages as there are. Scope: sites:read."""
        cursor = {}
        while True:
            page = self._get("sites", q=query, **parameters, **cursor)
            yield from page["sites"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    def site(self, serial, **parameters):
        """The site of a serial number. Scope: sites:read."""
        return self._get(f"sites/{quote(serial, safe='')}", **parameters)

    def callers(self, number):
        """Who may be calling with this number. Scope: sites:read."""
        return self._get("callers", number=number)["callers"]

    def events(self, *, after="0", limit=500, **parameters):
        """One page of events behind a position, with ``next`` and ``more``. ``kind="registered,released"`` chooses.
        Scope: events:read."""
        return self._get("events", after=after, limit=limit, **parameters)

    def record(self, lines, *, idempotency_key, mode="all"):
        """Record lines of purchases, at most 1,000. Scope: purchases:write.

        ``idempotency_key`` names the call, such as the number of the order: use the same one to try again, and another
        one for anything else. ``PortalProblem`` with the name ``lines-rejected`` has the lines in its document.
        """
        return self._post({"lines": lines, "mode": mode}, {"Idempotency-Key": idempotency_key})

    def try_out(self, lines, *, mode="valid"):
        """What would become of the lines. Nothing is recorded."""
        return self._post({"lines": lines, "mode": mode, "dry_run": True}, {})

    # --- One call ----------------------------------------------------------------------------------

    def _get(self, path, **query):
        return self._call(Request(f"{self.url}/api/v1/{path}?{urlencode(query)}", headers=self.headers))

    def _post(self, body, headers):
        headers = {**self.headers, **headers, "Content-Type": "application/json"}
        data = json.dumps(body).encode()
        return self._call(Request(f"{self.url}/api/v1/purchases", data=data, headers=headers))

    def _call(self, request):
        tried = 0
        while True:
            tried += 1
            try:
                with urlopen(request, timeout=self.timeout) as answer:
                    return json.load(answer)
            except HTTPError as error:
                wait = error.headers.get("Retry-After")
                problem = _problem_of(error)
                if wait is None or tried == TRIES:
                    raise problem from None
                time.sleep(min(int(wait), LONGEST_WAIT))
            except (URLError, TimeoutError, ConnectionError):
                if tried == TRIES:
                    raise
                time.sleep(min(2**tried, LONGEST_WAIT))


def _problem_of(error):
    """The problem in an answer; a proxy on the way may answer without one."""
    try:
        return PortalProblem(json.load(error))
    except (ValueError, KeyError, TypeError):
        about = {"type": f"#http-{error.code}", "status": error.code, "detail": f"{error.code} {error.reason}"}
        return PortalProblem(about)


# --- Following the events ----------------------------------------------------------------------------


def follow(portal, *, resume, after="0", kind="", pause=10, once=False, write=print):
    """Write every event as a line of JSON, and then its position into the file ``resume``, with which the next run goes
    on.

    ``after`` is where the first run begins: a position, 0, or ``end``. The position is stored once the lines are out,
    so whatever ends the program, no event is lost; those of the last page may be written twice. ``pause`` is in
    seconds; with ``once`` it ends when nothing is new.
    """
    resume = Path(resume)
    position = resume.read_text(encoding="ascii").strip() if resume.exists() else after
    while True:
        page = portal.events(after=position, **({"kind": kind} if kind else {}))
        for event in page["events"]:
            write(json.dumps(event, ensure_ascii=False), flush=True)
        if str(page["next"]) != position:
            position = str(page["next"])
            _store(resume, position)
        if page["more"]:
            continue
        if once:
            return
        time.sleep(pause)


def _store(path, position):
    """Replace the file as a whole: a machine that goes down leaves the old position or the new one."""
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="ascii") as file:
        file.write(f"{position}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def main(arguments):
    parser = argparse.ArgumentParser(description="Follow the events of a portal. The key is in XCHANGE_KEY.")
    parser.add_argument("command", choices=["follow"])
    parser.add_argument("portal", help="its address, such as https://licensing.example.com")
    parser.add_argument("--resume", required=True, help="the file that keeps the position")
    parser.add_argument("--after", default="0", help="where the first run begins: a position, 0 (default), or end")
    parser.add_argument("--kind", default="", help="only these kinds, with commas between them")
    parser.add_argument("--once", action="store_true", help="end when nothing is new, for a timer")
    asked = parser.parse_args(arguments)
    if not os.environ.get("XCHANGE_KEY"):
        sys.exit("Set XCHANGE_KEY to the key.")
    portal = Portal(asked.portal, os.environ["XCHANGE_KEY"])
    try:
        follow(portal, resume=asked.resume, after=asked.after, kind=asked.kind, once=asked.once)
    except PortalProblem as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
