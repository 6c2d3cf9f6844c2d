"""Settings are checked at the start: all that are wrong are named at once, with what is allowed, and no traceback."""

from licensing_portal.environment import Environment, is_local
from tests.tables import each_row
from tests.web.production import run

WRONG = {
    "RATE_LIMIT_ADDRESS": "0",
    "EMERGENCY_DAYS": "abc",
    "LICENSING_PHONE": "ask the exchange",
    "SESSION_HOURS": "-1",
    "SIGN_IN_TRIES": " ",
    "LOCK_OUT_MINUTES": "1.5",
    "KEEP_ADDRESSES_DAYS": "٣",
    "WEB_CONCURRENCY": "0",
    "TRUSTED_PROXY_COUNT": "99",
    "TIME_ZONE": "Mars/Olympus",
    "PORTAL_URL": "licensing.example.com",
    "HSTS_SECONDS": "forever",
    "HSTS_PRELOAD": "maybe",
    "OIDC_SECOND_FACTOR": "2",
    "SECOND_FACTOR": "sometimes",
    "LOG_LEVEL": "loud",
    "EMAIL_URL": "consolemail://",
    "ALLOWED_HOSTS": "*",
    "MFA_ENCRYPTION_KEY": "short",
    "UNLOCK_KEYS": "nonsense",
    "DATABASE_URL": "mysql://portal:geheim@127.0.0.1/portal",
    "WEBHOOK_ALLOWED_ADDRESSES": "10.1.2.3/24",
}
PROGRAMS = {
    "manage.py check": ("manage.py", "check"),
    "manage.py migrate": ("manage.py", "migrate"),
    "manage.py worker": ("manage.py", "worker"),
    "manage.py, a command of ours": ("manage.py", "import_purchases", "none.csv"),
    "gunicorn": (
        "-m",
        "gunicorn",
        "-c",
        "licensing_portal/gunicorn_conf.py",
        "-b",
        "127.0.0.1:0",
        "licensing_portal.wsgi",
    ),
    "gunicorn without our configuration": (
        *("-m", "gunicorn", "--no-control-socket", "-b", "127.0.0.1:0", "licensing_portal.wsgi"),
    ),
}


@each_row("program", PROGRAMS)
def test_all_wrong_settings_are_named_at_once_without_a_traceback(program):
    left_out = {"WEB_CONCURRENCY"} if "without" in program else set()  # gunicorn would start no worker at all

    started = run(*PROGRAMS[program], **{name: value for name, value in WRONG.items() if name not in left_out})

    assert started.returncode != 0
    assert "Traceback" not in started.stdout + started.stderr
    named = [line.removeprefix("- ").split()[0].rstrip(":") for line in started.stderr.splitlines() if line[:2] == "- "]
    assert set(named) == set(WRONG) - left_out
    assert "geheim" not in started.stderr


def test_gunicorn_names_them_once():
    started = run(*PROGRAMS["gunicorn"], EMERGENCY_DAYS="abc", WEB_CONCURRENCY="4")

    assert started.stderr.count("EMERGENCY_DAYS is a whole number from 1 to 366, not 'abc'") == 1


def test_a_portal_with_nothing_set_names_all_that_it_needs():
    started = run("manage.py", "check", SECRET_KEY="", UNLOCK_KEYS="", LICENCE_SIGNING_KEY="", EMAIL_URL="")

    for name in ("SECRET_KEY", "UNLOCK_KEYS", "LICENCE_SIGNING_KEY", "EMAIL_URL"):
        assert f"- {name} is not set" in started.stderr


def test_a_file_that_is_not_there_is_named_by_its_variable():
    started = run(
        "manage.py", "check", SECRET_KEY="", SECRET_KEY_FILE="/nowhere/secret", EMERGENCY_DAYS_FILE="/nowhere"
    )

    assert "- SECRET_KEY_FILE names a file that cannot be read: No such file or directory." in started.stderr
    assert "- EMERGENCY_DAYS_FILE names a file that cannot be read" in started.stderr
    assert "Traceback" not in started.stderr


def test_a_value_in_a_file_may_end_with_a_line_break(tmp_path):
    path = tmp_path / "days"
    path.write_text("21\n")

    shown = run(
        "-c", "from licensing_portal import settings; print(settings.EMERGENCY_DAYS)", EMERGENCY_DAYS_FILE=str(path)
    )

    assert shown.stdout == "21\n"


def read(**values: str) -> Environment:
    environment = Environment()
    environment.ENVIRON = values
    return environment


@each_row(("text", "flag"), [("1", True), ("true", True), ("Yes", True), ("0", False), ("off", False)])
def test_flags(text, flag):
    environment = read(X=text)

    assert environment.bool("X", default=not flag) is flag
    assert environment.problems == []


def test_what_is_not_set_is_the_default():
    environment = read()

    assert environment.int("X", default=3) == 3
    assert environment.bool("X", default=True) is True
    assert environment.text("X", "a") == "a"
    environment.finish()


@each_row("url", ["https://licensing.example.com", "https://licensing.example.com:8443/", "http://[::1]:80"])
def test_addresses(url):
    environment = read(X=url)

    assert environment.web_address("X", "https://localhost") == url
    assert environment.problems == []


@each_row("url", ["", "ftp://a.example", "https://", "https://a.example/portal", "https://a:b", "https://[a"])
def test_what_is_no_address(url):
    environment = read(X=url)

    assert environment.web_address("X", "https://localhost") == "https://localhost"
    assert len(environment.problems) >= 1


# --- E-mail ------------------------------------------------------------------------------------------


@each_row("url", ["", "consolemail://", "dummymail://", "filemail:///tmp/x", "memorymail://", "smtp://", "x"])
def test_production_needs_a_mail_server_or_the_word_none(url):
    started = run("manage.py", "check", EMAIL_URL=url)

    assert started.returncode == 1
    assert "EMAIL_URL is not" in started.stderr
    assert "to none, which switches off what needs e-mail" in started.stderr


@each_row(
    ("url", "is_sent", "backend"),
    [("smtp+tls://a:b@mail.example.com:587", "True", "smtp.EmailBackend"), ("none", "False", "dummy.EmailBackend")],
)
def test_it_starts_with_either(url, is_sent, backend):
    shown = run(
        "-c", "from licensing_portal import settings as s; print(s.MAIL_IS_SENT, s.MAIL_TRANSPORT)", EMAIL_URL=url
    )

    assert shown.stdout.split() == [is_sent, f"django.core.mail.backends.{backend}"]


def test_the_demo_starts_without():
    shown = run("-c", "from licensing_portal import settings as s; print(s.MAIL_TRANSPORT)", DEMO="1", EMAIL_URL="")

    assert shown.stdout.strip() == "django.core.mail.backends.console.EmailBackend"


def test_check_says_that_no_mail_is_sent_and_does_not_fail_wherever_production_is_bound():
    checked = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", EMAIL_URL="none", BIND="0.0.0.0:8000")

    assert checked.returncode == 0
    assert "licensing_portal.I001" in checked.stderr


def test_check_fails_where_messages_are_to_be_sent_and_cannot_be():
    checked = run("manage.py", "check", "--deploy", EMAIL_URL="none", DECISION_EMAIL_SECONDS="60")

    assert checked.returncode == 1
    assert "licensing_portal.E004" in checked.stderr


# --- The demo is for this machine --------------------------------------------------------------------


@each_row(
    "bind", ["127.0.0.1:8000", "127.1.2.3:80", "[::1]:8000", "localhost:8000", "unix:/run/portal.sock", "127.0.0.1"]
)
def test_what_only_this_machine_reaches(bind):
    assert is_local(bind)


@each_row("bind", ["0.0.0.0:8000", ":8000", "[::]:8000", "192.0.2.1:80", "portal.example.com:80", "fd://3", ""])
def test_what_others_may_reach(bind):
    assert not is_local(bind)


GUNICORN = ("-m", "gunicorn", "-c", "licensing_portal/gunicorn_conf.py")


@each_row(
    ("arguments", "environment"),
    [
        (("manage.py", "check"), {"BIND": "0.0.0.0:0"}),
        ((*GUNICORN, "licensing_portal.wsgi"), {"BIND": "0.0.0.0:0"}),
        ((*GUNICORN, "-b", "0.0.0.0:0", "licensing_portal.wsgi"), {}),
        ((*GUNICORN, "-b", "127.0.0.1:0", "-b", "[::]:0", "licensing_portal.wsgi"), {}),
        (("manage.py", "runserver", "--noreload", "0.0.0.0:0"), {}),
    ],
)
def test_the_demo_is_not_served_to_others(arguments, environment):
    started = run(*arguments, DEMO="1", **environment)

    assert started.returncode != 0
    assert "DEMO is on" in started.stderr
    assert "Traceback" not in started.stderr
