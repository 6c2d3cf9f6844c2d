"""A client of the portal's calls for other systems, with the standard library only.

    portal = Portal("https://licensing.example.com", key)
    portal.site("AB1C-O9XZ")["verdict"]["words"]
    portal.record([{"purchase_reference": "WEB-1", "line": 1, ...}], idempotency_key="WEB-1")

Calls that fail for a while (429, 503, a call in progress, a lost connection) are tried again. Reading is safe to
repeat; recording is too, because the same call with the same idempotency key is recorded once.
"""

import json
import time
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
