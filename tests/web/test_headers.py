"""What every answer says to the browser, and what cookies are like, in production."""

from tests.roles.expectations import ANONYMOUS, SUPERVISOR
from tests.roles.pages import routes
from tests.roles.stage import Browser, person
from tests.tables import each_row
from tests.web import production
from tests.web.production import HOST

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Reporting-Endpoints": 'csp="/csp-reports/"',
}
MAY_BE_KEPT = {"jwks", "admin:jsi18n"}  # public keys, and the words of the date picker


@each_row("kind", [ANONYMOUS, SUPERVISOR])
def test_every_answer_has_the_headers(kind, stage, in_production, quiet):
    """And what is no page says so; files are for saving."""
    in_production()
    browser = Browser(person(kind), headers=production.HTTPS)
    media = set()
    for route in routes():
        answer = browser("get", stage.address(route))
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, route
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, route
        assert "frame-ancestors 'none'" in policy, route
        assert {"report-uri /csp-reports/", "report-to csp"} <= set(policy.split("; ")), route
        assert "unsafe" not in policy, route
        assert "camera=()" in answer.headers["Permissions-Policy"], route
        if route.name not in MAY_BE_KEPT:
            assert "no-store" in answer.headers["Cache-Control"], route
        if answer.status_code == 200:
            media.add(media_type(answer))

    assert "text/html" in media
    assert media <= {"text/html", "text/csv", "text/javascript", "application/json", "application/jose",
                     "application/pdf", "application/jwk-set+json"}  # fmt: skip


def media_type(answer):
    """The type of an answer, which is a page in UTF-8, or is made for scripts, or is a file to be saved."""
    media = answer.headers["Content-Type"].partition(";")[0]
    if media in ("text/csv", "application/jose", "application/pdf") or media.startswith("application/vnd"):
        assert answer.headers["Content-Disposition"].startswith("attachment; filename"), answer.request
    if media == "text/html":
        assert "charset=utf-8" in answer.headers["Content-Type"], answer.request
    return media


def test_cookies_are_for_this_host_over_https_and_not_for_scripts(in_production, supervisor):
    browser = in_production()
    browser.get("/accounts/login/")
    browser.post("/language/", {"language": "de", "csrfmiddlewaretoken": "x"})
    browser.force_login(supervisor)

    assert {"__Host-sessionid", "__Host-csrftoken", "__Host-language"} == set(browser.cookies)
    for name, cookie in browser.cookies.items():
        if name != "__Host-sessionid":  # that one is made by force_login; settings say what the portal does
            assert cookie["secure"], name
            assert cookie["httponly"], name
            assert cookie["samesite"] in ("Lax", "Strict"), name
            assert (cookie["path"], cookie["domain"]) == ("/", ""), name
    ours = production.web_settings()
    assert (ours["SESSION_COOKIE_SECURE"], ours["SESSION_COOKIE_SAMESITE"]) == (True, "Lax")
    assert "SESSION_COOKIE_HTTPONLY" not in ours  # Django's default is that scripts do not see it


def test_messages_have_no_cookie_of_their_own(supervisor, stage, as_user, quiet):
    answer = as_user(supervisor).post(f"/relicensing/{stage.request.pk}/confirm/", {})

    assert answer.status_code == 302
    assert set(answer.cookies) <= {"sessionid"}


def test_http_leads_to_https(in_production):
    answer = in_production(secure=False).get("/lookup/?q=x")

    assert (answer.status_code, answer["Location"]) == (301, f"https://{HOST}/lookup/?q=x")


@each_row(
    ("variable", "value", "setting", "read"),
    [
        ("HSTS_SECONDS", "3600", "SECURE_HSTS_SECONDS", 3600),
        ("HSTS_INCLUDE_SUBDOMAINS", "0", "SECURE_HSTS_INCLUDE_SUBDOMAINS", False),
        ("HSTS_PRELOAD", "0", "SECURE_HSTS_PRELOAD", False),
    ],
)
def test_strict_transport_can_be_set(variable, value, setting, read):
    assert production.web_settings(**{variable: value})[setting] == read


def test_health_checks_are_not_sniffed_at(client, db):
    for path in ("/healthz", "/readyz"):
        headers = client.get(path).headers
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


@each_row("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "BREW"])
@each_row("path", ["/", "/accounts/login/", "/admin/", "/api/v1/updates", "/static/css/base.css"])
def test_methods_that_nobody_needs_are_refused_and_nothing_is_echoed(method, path, supervisor, as_user, quiet):
    answer = as_user(supervisor).generic(method, path, headers={"x-secret": "echo-me"})

    assert answer.status_code == 405
    assert b"echo-me" not in answer.content
