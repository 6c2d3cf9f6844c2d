"""``check --deploy``: nothing to say of a production portal, and a sentence for what is wrong."""

import re

from licensing_portal import checks
from tests.tables import each_row
from tests.web.production import HOST, run


def test_a_production_portal_is_checked_without_a_warning():
    checked = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_it_says_what_is_wrong():
    """A process takes seconds, so that one tells all that can be wrong at once; two of these exclude each other."""
    insecure = {"PORTAL_URL": f"http://{HOST}", "ALLOWED_HOSTS": "other.example.com", "SECOND_FACTOR": "optional"}

    checked = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **insecure)
    without_proxy = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", TRUSTED_PROXY_COUNT="0")

    assert 0 not in (checked.returncode, without_proxy.returncode)
    assert set(re.findall(r"licensing_portal\.\w+", checked.stderr)) == {
        "licensing_portal.W001",
        "licensing_portal.E001",
        "licensing_portal.W004",
    }
    assert set(re.findall(r"licensing_portal\.\w+", without_proxy.stderr)) == {"licensing_portal.W002"}


def test_a_count_of_proxies_that_is_none_keeps_it_from_starting():
    checked = run("manage.py", "check", TRUSTED_PROXY_COUNT="-1")

    assert checked.returncode != 0
    assert "TRUSTED_PROXY_COUNT is a whole number from 0 to 10, not '-1'" in checked.stderr


@each_row("names", ["*", ".example.com", HOST])
def test_an_address_is_one_of_the_names_also_by_a_wildcard(names, settings):
    settings.PORTAL_URL, settings.ALLOWED_HOSTS = f"https://{HOST}/", [names]

    assert checks.address() == []


@each_row("count", [1, 2])
def test_a_proxy_that_is_trusted_is_all_right(count, settings):
    settings.PORTAL_URL, settings.TRUSTED_PROXY_COUNT = f"https://{HOST}", count

    assert checks.proxies() == []


def test_the_demo_is_no_deployment(settings):
    assert [each.id for each in checks.demo()] == ["licensing_portal.W003"]
    settings.DEMO = False
    assert checks.demo() == []


@each_row("variable", ["SECRET_KEY", "UNLOCK_KEYS", "LICENCE_SIGNING_KEY", "MFA_ENCRYPTION_KEY"])
def test_a_production_portal_without_a_secret_does_not_start(variable):
    started = run("manage.py", "check", **{variable: ""})

    assert started.returncode != 0
    assert f"{variable} is not set" in started.stderr
