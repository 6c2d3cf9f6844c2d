"""The headers earn an A+ by Mozilla Observatory's published scoring, under the settings of production."""

from django.http import HttpResponse

from tests.roles.expectations import ADMINISTRATOR, SUPERVISOR
from tests.roles.stage import person
from tests.tables import each_row
from tests.web import observatory
from tests.web.observatory import GRADES, MODIFIERS, Seen

# Address, whose browser asks, and the points: 100, and 5 more where cookies are set than the 30 for everything else.
ANSWERS = {
    "the desk": ("/", SUPERVISOR, 135),
    "a page with codes": ("/unlock-codes/{code}/", SUPERVISOR, 135),
    "the administration": ("/admin/licences/product/", ADMINISTRATOR, 135),
    "the login page": ("/accounts/login/", None, 135),
    "a public page": ("/register/", None, 135),
    "the documentation of the API": ("/api/docs", None, 135),
    "the description of the API": ("/api/openapi.json", None, 130),
    "the public keys": ("/.well-known/jwks.json", None, 130),
    "a static file": ("/static/css/base.css", None, 130),
    "a page that is not there": ("/register/nothing/", SUPERVISOR, 135),
    "a page that is refused": ("/serials/{serial}/block/", ADMINISTRATOR, 135),
}


@each_row("what", ANSWERS)
def test_it_earns_an_a_plus(what, stage, in_production, quiet):
    path, kind, wanted = ANSWERS[what]
    path = path.format(code=stage.code.pk, serial=stage.serial.code)
    browser = in_production()
    if kind:
        browser.force_login(person(kind))

    seen = _seen(browser.get(path), in_production(secure=False).get(path))
    points = observatory.score(seen)

    assert (observatory.grade(points), points) == ("A+", wanted), seen.results


def _seen(answer, over_http):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name.lower(): value for name, value in answer.items()}
    return Seen(headers, answer.cookies, body.decode(errors="replace"), over_http)


# --- The scoring itself ---------------------------------------------------------------------------------


def plain(**headers):
    return Seen({"content-type": "text/html", **headers}, HttpResponse().cookies, "", HttpResponse())


def test_a_page_without_any_header_fails():
    seen = plain()

    assert observatory.score(seen) == 100 - 25 - 20 - 20 - 5 - 20
    assert observatory.grade(observatory.score(seen)) == "F"


def test_bonus_points_do_not_make_up_for_what_is_missing():
    seen = plain(**{"content-security-policy": "default-src 'none'", "cross-origin-resource-policy": "same-origin"})

    assert observatory.score(seen) == 100 - 20 - 20 - 5 - 20


@each_row(
    ("policy", "result"),
    [
        ("default-src 'self'", "csp-implemented-with-no-unsafe"),
        ("default-src 'none'; script-src 'unsafe-inline'", "csp-implemented-with-unsafe-inline"),
        ("default-src 'none'; script-src https:", "csp-implemented-with-unsafe-inline"),
        ("default-src 'none'; script-src 'unsafe-eval'", "csp-implemented-with-unsafe-eval"),
        ("default-src 'none'; img-src http://a.example", "csp-implemented-with-insecure-scheme"),
        ("default-src 'none'; style-src 'unsafe-inline'", "csp-implemented-with-unsafe-inline-in-style-src-only"),
    ],
)
def test_a_weaker_policy_is_seen(policy, result):
    seen = plain(**{"content-security-policy": policy})
    observatory.score(seen)

    assert seen.results[0] == result


def test_a_session_cookie_that_scripts_can_read_is_seen():
    answer = HttpResponse()
    answer.set_cookie("sessionid", "x", secure=True, samesite="Lax")
    seen = Seen({}, answer.cookies, "", HttpResponse())
    observatory.score(seen)

    assert MODIFIERS[seen.results[1]] == -30


def test_the_chart_of_grades_goes_down():
    assert [points for points, _grade in GRADES] == sorted((points for points, _grade in GRADES), reverse=True)
