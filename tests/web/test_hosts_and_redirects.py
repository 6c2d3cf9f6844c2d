"""Nobody names the portal, and nobody is sent away from it, by what a request says."""

from urllib.parse import urlsplit

from django.test import Client

from tests.tables import each_row
from tests.web.production import HOST, run, web_settings

ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "///evil.example/", "/\\evil.example/", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x", "%2F%2Fevil.example",
    "/%09/evil.example", "\t//evil.example", " //evil.example", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "//testserver\\@evil.example", "\x00//evil.example",
]  # fmt: skip


def is_here(location: str) -> bool:
    """Whether a browser that is sent there stays; it takes a backslash for a slash, and drops tabs and new lines."""
    plain = location.replace("\\", "/").replace("\t", "").replace("\n", "").strip()
    return not plain.startswith("//") and not urlsplit(plain).scheme


@each_row("target", ELSEWHERE)
def test_logging_in_leads_nowhere_else(target, clerk):
    login = {"username": "clerk", "password": "a long test password", "next": target}

    posted = Client().post("/accounts/login/", login)
    opened = Client().get("/accounts/login/", {"next": target})

    assert posted.status_code == 302
    assert is_here(posted["Location"])
    assert opened.status_code == 200


@each_row("target", ELSEWHERE)
def test_whoever_is_logged_in_is_not_sent_away_by_the_login_page(target, clerk, as_user):
    for path in ("/accounts/login/", "/admin/login/"):
        answer = as_user(clerk).get(path, {"next": target}, follow=True)
        assert all(is_here(location) for location, _status in answer.redirect_chain)


@each_row("target", ELSEWHERE)
def test_the_change_of_language_leads_nowhere_else(target, db):
    by_field = Client().post("/language/", {"language": "de", "next": target})
    by_header = Client(headers={"referer": target.strip("\x00\t ")}).post("/language/", {"language": "de"})

    assert is_here(by_field["Location"])
    assert is_here(by_header["Location"])


@each_row("target", ELSEWHERE)
def test_logging_out_leads_nowhere_else(target, clerk, as_user):
    answer = as_user(clerk).post("/accounts/logout/", {"next": target})

    assert answer.status_code == 302
    assert is_here(answer["Location"])


# --- Over plain HTTP, or to another name of the portal --------------------------------------------------

INSECURE = [f"http://{HOST}/lookup/", f"HTTP://{HOST}/", f"http://{HOST}:80/", f"http:\\\\{HOST}/", f"\thttp://{HOST}/"]
OTHER_NAMES = ["https://intranet.example.com/", "//intranet.example.com/lookup/", f"https://{HOST}:8443/"]


def logged_in_there(in_production, user):
    browser = in_production()
    browser.force_login(user)
    session = browser.session
    session["second_factor"] = user.pk
    session.save()
    return browser


@each_row("target", [*INSECURE, *OTHER_NAMES])
def test_no_page_leads_there(target, in_production, settings, clerk):
    settings.ALLOWED_HOSTS = [HOST, "intranet.example.com"]
    login = {"username": "clerk", "password": "a long test password", "next": target}
    answers = [
        in_production().post("/accounts/login/", login),
        in_production().post("/language/", {"language": "de", "next": target}),
        in_production().post("/language/", {"language": "de"}, headers={"referer": target.strip()}),
        logged_in_there(in_production, clerk).get("/accounts/login/", {"next": target}),
        logged_in_there(in_production, clerk).post("/accounts/logout/", {"next": target}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert all(is_here(answer["Location"]) for answer in answers), [answer["Location"] for answer in answers]


@each_row("target", [*INSECURE, *OTHER_NAMES])
def test_the_login_page_of_the_administration_does_not_either(target, in_production, settings, clerk):
    settings.ALLOWED_HOSTS = [HOST, "intranet.example.com"]
    answer = in_production().get("/admin/login/", {"next": target})
    assert is_here(answer["Location"])

    login = {"username": "clerk", "password": "a long test password", "next": target}
    assert is_here(in_production().post(answer["Location"], login)["Location"])


@each_row("target", ["/lookup/?q=x", f"https://{HOST}/lookup/"])
def test_the_portal_itself_is_reached(target, in_production, clerk):
    login = {"username": "clerk", "password": "a long test password", "next": target}

    assert in_production().post("/accounts/login/", login)["Location"] == target


# --- Hosts ----------------------------------------------------------------------------------------------


@each_row("host", ["evil.example", f"{HOST}.evil.example", f"evil.example:{HOST}", "[::1]", "127.0.0.1"])
@each_row("path", ["/accounts/login/", "/register/", "/api/docs", "/"])
def test_another_name_is_refused_and_logged(host, path, in_production, caplog):
    for secure in (True, False):
        caplog.clear()
        answer = in_production(secure=secure, host=host).get(path)

        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()
        assert [record.getMessage() for record in caplog.records if record.name == "security"] == [
            f"refused DisallowedHost: user=- GET {path}"
        ]


def test_a_name_that_a_proxy_was_told_is_not_believed(in_production):
    answer = in_production().get("/lookup/?q=x", headers={"x-forwarded-host": "evil.example"})

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]


def test_addresses_that_leave_the_portal_come_from_the_settings(in_production, settings):
    settings.ALLOWED_HOSTS = ["*"]
    document = in_production(host="evil.example").get("/api/v1/nothing").json()

    assert "evil" not in document["type"]


@each_row("hosts", ["*", "licensing.example.com,*", "."])
def test_a_production_portal_that_answers_to_any_name_does_not_start(hosts):
    started = run("manage.py", "check", ALLOWED_HOSTS=hosts)

    assert started.returncode != 0
    assert "ALLOWED_HOSTS" in started.stderr


def test_without_names_it_answers_to_the_one_of_its_address():
    assert web_settings(ALLOWED_HOSTS="")["ALLOWED_HOSTS"] == [HOST]
