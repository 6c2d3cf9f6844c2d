"""Mozilla Observatory's published scoring (developer.mozilla.org/observatory/docs/tests_and_scoring), as far as it
concerns an answer of ours: every test has a result, every result a modifier, a site begins with 100 points, and bonus
points count only where the score without them is 90 or better.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any

HALF_A_YEAR = 15_768_000  # seconds
_SAFE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_UNSAFE_REFERRERS = {"origin", "origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"}
_DANGEROUSLY_BROAD = {"*", "http:", "https:", "http://*", "https://*", "ftp:", "data:", "blob:"}

MODIFIERS = {
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline-in-style-src-only": 0,
    "csp-implemented-with-unsafe-eval": -10,
    "csp-implemented-with-insecure-scheme": -20,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-not-implemented": -25,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-not-found": 0,
    "cookies-secure-with-httponly-sessions": 0,
    "cookies-anticsrf-without-samesite-flag": -20,
    "cookies-session-without-httponly-flag": -30,
    "cookies-session-without-secure-flag": -40,
    "cookies-without-secure-flag": -20,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-universal-access": -50,
    "redirection-to-https": 0,
    "redirection-missing": -20,
    "redirection-not-to-https": -20,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "referrer-policy-unsafe": -5,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "sri-implemented-and-all-scripts-loaded-securely": 5,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
    "sri-not-implemented-response-not-html": 0,
    "x-content-type-options-nosniff": 0,
    "x-content-type-options-not-implemented": -5,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 0,
    "x-frame-options-not-implemented": -20,
    "corp-implemented-with-same-origin": 10,
    "corp-implemented-with-same-site": 10,
    "corp-implemented-with-cross-origin": 0,
    "corp-not-implemented": 0,
}
GRADES = [(100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"), (45, "C-"),
          (40, "D+"), (30, "D"), (25, "D-"), (0, "F")]  # fmt: skip


@dataclass
class Seen:
    """What the scanner looks at: an answer over HTTPS, and where the same address leads over HTTP."""

    headers: dict[str, str]
    cookies: SimpleCookie
    body: str
    over_http: Any  # the answer there
    results: list[str] = field(default_factory=list)


def score(seen: Seen) -> int:
    """The points of an answer. ``seen.results`` then says for what."""
    seen.results = [
        _csp(seen), _cookies(seen), _cors(seen), _redirection(seen), _referrer(seen), _hsts(seen), _sri(seen),
        _content_type(seen), _frames(seen), _corp(seen),
    ]  # fmt: skip
    modifiers = [MODIFIERS[result] for result in seen.results]
    without_bonus = 100 + sum(modifier for modifier in modifiers if modifier < 0)
    bonus = sum(modifier for modifier in modifiers if modifier > 0) if without_bonus >= 90 else 0
    return max(0, without_bonus + bonus)


def grade(points: int) -> str:
    return next(letter for least, letter in GRADES if points >= least)


def _policy(seen: Seen) -> dict[str, set[str]]:
    parts = [part.split() for part in seen.headers.get("content-security-policy", "").lower().split(";")]
    return {part[0]: set(part[1:]) for part in parts if part}


def _csp(seen: Seen) -> str:
    policy = _policy(seen)
    default = policy.get("default-src", {"*"})
    scripts, styles, objects = (policy.get(f"{kind}-src", default) for kind in ("script", "style", "object"))
    if not policy:
        return "csp-not-implemented"
    if any("'unsafe-inline'" in each or each & _DANGEROUSLY_BROAD for each in (scripts, objects)):
        return "csp-implemented-with-unsafe-inline"
    if "'unsafe-eval'" in scripts | styles:
        return "csp-implemented-with-unsafe-eval"
    if any(source.startswith(("http:", "ws:", "ftp:")) for sources in policy.values() for source in sources):
        return "csp-implemented-with-insecure-scheme"
    if "'unsafe-inline'" in styles or styles & _DANGEROUSLY_BROAD:
        return "csp-implemented-with-unsafe-inline-in-style-src-only"
    if default == {"'none'"}:
        return "csp-implemented-with-no-unsafe-default-src-none"
    return "csp-implemented-with-no-unsafe"


def _cookies(seen: Seen) -> str:
    if not seen.cookies:
        return "cookies-not-found"
    for name, cookie in seen.cookies.items():
        of_session = re.search(r"sess|login|token", name, re.IGNORECASE)
        if not cookie["secure"]:
            return "cookies-session-without-secure-flag" if of_session else "cookies-without-secure-flag"
        if of_session and "csrf" not in name and not cookie["httponly"]:
            return "cookies-session-without-httponly-flag"
        if "csrf" in name and not cookie["samesite"]:
            return "cookies-anticsrf-without-samesite-flag"
    if all(cookie["samesite"] for cookie in seen.cookies.values()):
        return "cookies-secure-with-httponly-sessions-and-samesite"
    return "cookies-secure-with-httponly-sessions"


def _cors(seen: Seen) -> str:
    open_to_all = seen.headers.get("access-control-allow-origin") == "*"
    way = "implemented-with-universal-access" if open_to_all else "not-implemented"
    return f"cross-origin-resource-sharing-{way}"


def _redirection(seen: Seen) -> str:
    if seen.over_http.status_code not in (301, 302, 303, 307, 308):
        return "redirection-missing"
    return "redirection-to-https" if seen.over_http["Location"].startswith("https://") else "redirection-not-to-https"


def _referrer(seen: Seen) -> str:
    policy = seen.headers.get("referrer-policy", "").replace(" ", "").split(",")[-1]
    if policy in _SAFE_REFERRERS:
        return "referrer-policy-private"
    return "referrer-policy-unsafe" if policy in _UNSAFE_REFERRERS else "referrer-policy-not-implemented"


def _hsts(seen: Seen) -> str:
    age = re.search(r"max-age=(\d+)", seen.headers.get("strict-transport-security", ""))
    if age is None:
        return "hsts-not-implemented"
    enough = int(age[1]) >= HALF_A_YEAR
    return f"hsts-implemented-max-age-{'at-least' if enough else 'less-than'}-six-months"


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.others: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "script" and re.match(r"(https?:)?//", values.get("src") or ""):
            self.others.append(values)


def _sri(seen: Seen) -> str:
    if "html" not in seen.headers.get("content-type", ""):
        return "sri-not-implemented-response-not-html"
    scripts = _Scripts()
    scripts.feed(seen.body)
    if not scripts.others:
        return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"
    if all(script.get("integrity") and (script["src"] or "").startswith("https:") for script in scripts.others):
        return "sri-implemented-and-all-scripts-loaded-securely"
    return "sri-not-implemented-and-external-scripts-not-loaded-securely"


def _content_type(seen: Seen) -> str:
    nosniff = seen.headers.get("x-content-type-options", "").lower() == "nosniff"
    return f"x-content-type-options-{'nosniff' if nosniff else 'not-implemented'}"


def _frames(seen: Seen) -> str:
    if _policy(seen).get("frame-ancestors", {"*"}) <= {"'none'", "'self'"}:
        return "x-frame-options-implemented-via-csp"
    stated = seen.headers.get("x-frame-options", "").lower() in ("deny", "sameorigin")
    return f"x-frame-options-{'sameorigin-or-deny' if stated else 'not-implemented'}"


def _corp(seen: Seen) -> str:
    way = seen.headers.get("cross-origin-resource-policy", "")
    return f"corp-implemented-with-{way}" if way else "corp-not-implemented"
