"""What the environment says about signing in, and what it may not say."""

import os
import subprocess
import sys

import environ
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from licensing_portal import security

SECRETS = {
    "SECRET_KEY": "s" * 60,
    "UNLOCK_KEYS": "1:" + "0f" * 32,
    "LICENCE_SIGNING_KEY": os.environ["LICENCE_SIGNING_KEY"],
    "MFA_ENCRYPTION_KEY": "m" * 40,
    "PORTAL_URL": "https://licensing.example.com",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "DEMO": "0",
    "DEBUG": "0",
}
SHOW = "from django.conf import settings as s; print(*[getattr(s, name) for name in {names!r}])"


def started(*names: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process with production settings, but for what is said here; prints the settings of these names."""
    values = {**os.environ, **SECRETS, **environment, "DJANGO_SETTINGS_MODULE": "licensing_portal.settings"}
    return subprocess.run(
        [sys.executable, "-c", SHOW.format(names=names)],
        env=values,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_in_production_a_second_factor_is_required_and_cookies_are_bound_to_the_host():
    run = started("SECOND_FACTOR", "KNOWN_DEVICE_COOKIE_NAME", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", "OIDC")

    assert run.stdout.split() == ["required", "__Host-known_device", "False", "None"]


def test_the_demo_makes_it_easy_unless_told_otherwise():
    assert started("SECOND_FACTOR", DEMO="1").stdout.split() == ["optional"]
    assert started("SECOND_FACTOR", DEMO="1", SECOND_FACTOR="required").stdout.split() == ["required"]


def test_without_the_key_production_does_not_start():
    run = started("OIDC", MFA_ENCRYPTION_KEY="")

    assert run.returncode == 1
    assert "MFA_ENCRYPTION_KEY is not set" in run.stderr


def read(function, **environment: str):
    reader = environ.Env()
    reader.ENVIRON = environment
    return function(reader)


def test_a_word_that_is_no_choice_is_refused():
    run = started("SECOND_FACTOR", SECOND_FACTOR="no")

    assert run.returncode == 1
    assert "SECOND_FACTOR is one of: required, optional" in run.stderr


def test_a_short_key_is_refused():
    with pytest.raises(ImproperlyConfigured, match="32 characters"):
        read(lambda env: security.sealing_keys(env, default=""), MFA_ENCRYPTION_KEY="short")


def test_several_keys_may_be_given():
    keys = read(lambda env: security.sealing_keys(env, default=""), MFA_ENCRYPTION_KEY=f"{'n' * 40}, {'o' * 40}")

    assert keys == ["n" * 40, "o" * 40]


def test_a_provider_without_tls_is_refused():
    with pytest.raises(ImproperlyConfigured, match="https"):
        read(lambda env: security.single_sign_on(env, insecure=False), OIDC_SERVER_URL="http://id.example.com")


def test_a_provider_without_a_secret_is_refused():
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_SECRET"):
        read(
            lambda env: security.single_sign_on(env, insecure=False),
            OIDC_SERVER_URL="https://id.example.com",
            OIDC_CLIENT_ID="portal",
        )
