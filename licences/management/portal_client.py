"""Client of the portal's HTTP API for the played Xchange Server; uses only Python's standard library."""

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

TIMEOUT = 30  # seconds


class PortalError(Exception):
    """The portal answered with a problem document or not at all. The message is for the person at the server."""


class PortalClient:
    """Calls the portal at ``url``, such as ``https://licensing.example.com``.

    Every call returns the JSON object of the answer, or raises ``PortalError``.
    """

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise PortalError(f"{url} is no address of a portal; it begins with https://.")
        self.url = url.rstrip("/")

    def register(self, **body: Any) -> dict[str, Any]:
        return self._call("/api/v1/registrations", body)

    def update(self, **body: Any) -> dict[str, Any]:
        return self._call("/api/v1/updates", body)

    def release(self, **body: Any) -> dict[str, Any]:
        return self._call("/api/v1/releases", body)

    def upgrade_check(self, **query: str) -> dict[str, Any]:
        return self._call(f"/api/v1/upgrade-check?{urlencode(query)}")

    def key_set(self) -> dict[str, Any]:
        return self._call("/.well-known/jwks.json")

    def _call(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        request = Request(self.url + path, data=data, headers=headers)  # noqa: S310  (http or https, see above)
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return dict(json.load(answer))
        except HTTPError as error:
            raise PortalError(_problem_text(error)) from None
        except (URLError, TimeoutError, ValueError) as error:
            raise PortalError(f"The portal at {self.url} cannot be reached: {error}.") from None


def _problem_text(error: HTTPError) -> str:
    """The sentence and name of a problem document, with the errors of its fields."""
    try:
        problem = json.load(error)
        name = problem["type"].rpartition("#")[2]
        fields = [f"{field}: {' '.join(sentences)}" for field, sentences in problem.get("errors", {}).items()]
        return " ".join([f"{problem['detail']} ({name})", *fields])
    except (ValueError, KeyError, TypeError):
        return f"The portal answered {error.code} {error.reason}."
