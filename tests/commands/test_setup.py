"""``setup``: settings and keys, the first administrator, the catalogue, and what is left; a second run changes nothing.

The drill of the wheel (``tests/drills``) plays it as a whole in an empty folder.
"""

import builtins
import getpass
import stat
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from licences.models import Event, Product, Release
from licensing_portal import first_settings, setting_up
from licensing_portal.accounts.models import SignInEvent
from licensing_portal.management.commands.setup import Command
from tests.accounts.people import log_in

URL = "https://licensing.example.com"
MAIL = "smtp+tls://portal:secret%20word@mail.example.com:587"
GIVEN = ("--no-input", "--url", URL, "--mail-url", MAIL)
GOOD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def an_environment_without_settings(monkeypatch):
    named = [question.name for question in first_settings.QUESTIONS]
    secrets = ["SECRET_KEY", "UNLOCK_KEYS", "LICENCE_SIGNING_KEY", "LICENCE_SIGNING_KEYS", "MFA_ENCRYPTION_KEY", "DEMO"]
    for name in [*named, *secrets]:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture
def env_file(tmp_path):
    return tmp_path / ".env"


@pytest.fixture
def answer(monkeypatch):
    """What a person types, in this order; at passwords as well."""

    def give(*answers):
        waiting = iter(answers)
        monkeypatch.setattr(builtins, "input", lambda prompt="": next(waiting))
        monkeypatch.setattr(getpass, "getpass", lambda prompt="": next(waiting))

    return give


def read(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def refused(path, *arguments):
    with pytest.raises(SystemExit) as left:
        first_settings.write_settings(list(arguments), path)
    return str(left.value)


# --- The settings --------------------------------------------------------------------------------------


def test_settings_and_keys_are_written_once_for_their_owner_only(env_file, capsys):
    first_settings.write_settings([*GIVEN, "--database-url", "postgres://portal@127.0.0.1/portal"], env_file)
    before = env_file.read_text()
    first_settings.write_settings(["--no-input"], env_file)

    values = read(env_file)
    assert (values["PORTAL_URL"], values["EMAIL_URL"], values["TRUSTED_PROXY_COUNT"]) == (URL, MAIL, "1")
    assert values["DATABASE_URL"] == "postgres://portal@127.0.0.1/portal"
    assert all(values[name] for name in ("SECRET_KEY", "UNLOCK_KEYS", "LICENCE_SIGNING_KEYS", "MFA_ENCRYPTION_KEY"))
    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert env_file.read_text() == before
    shown = capsys.readouterr().out
    assert "nothing to add" in shown
    assert not any(values[name] in shown for name in ("SECRET_KEY", "EMAIL_URL"))


def test_a_person_is_asked_until_the_answer_can_be_used(env_file, answer, capsys):
    answer("licensing.example.com", "http://licensing.example.com", URL, "", "", "none", "", "allocated", "")

    first_settings.write_settings([], env_file)

    values = read(env_file)
    assert (values["PORTAL_URL"], values["EMAIL_URL"], values["TRUSTED_PROXY_COUNT"]) == (URL, "none", "1")
    assert not {"DATABASE_URL", "ALLOCATED_SERIALS_DIR"} & set(values)
    shown = capsys.readouterr().out
    assert shown.count("PORTAL_URL") >= 2
    assert "EMAIL_URL has to be set." in shown
    assert "ALLOCATED_SERIALS_DIR is the full path" in shown


def test_all_problems_are_named_together_without_a_password_and_nothing_is_written(env_file):
    said = refused(env_file, "--no-input", "--database-url", "mysql://portal:geheim@db/portal", "--proxies", "many")

    assert "PORTAL_URL is missing. Give it with --url." in said
    assert "EMAIL_URL is missing. Give it with --mail-url." in said
    assert "DATABASE_URL begins with postgres://" in said
    assert "TRUSTED_PROXY_COUNT is a whole number" in said
    assert "geheim" not in said
    assert not env_file.exists()


@pytest.mark.parametrize("mail", ["smtp://a:b c@mail.example.com", "smtp://a:'b@mail.example.com", "smtp://ä@host"])
def test_what_the_file_could_not_hold_is_refused(env_file, mail):
    assert "percent-encoded" in refused(env_file, "--no-input", "--url", URL, "--mail-url", mail)


def test_another_value_needs_force_and_keys_stay_even_then(env_file):
    first_settings.write_settings(list(GIVEN), env_file)
    before = read(env_file)

    assert "With --force it is replaced." in refused(env_file, "--no-input", "--url", "https://other.example.com")
    assert read(env_file) == before
    first_settings.write_settings(["--no-input", "--force", "--url", "https://other.example.com"], env_file)

    assert read(env_file) == before | {"PORTAL_URL": "https://other.example.com"}


def test_what_the_environment_sets_is_neither_asked_nor_written(env_file, monkeypatch, tmp_path):
    monkeypatch.setenv("PORTAL_URL", URL)
    monkeypatch.setenv("EMAIL_URL_FILE", str(tmp_path / "mail"))

    first_settings.write_settings(["--no-input"], env_file)

    assert not {"PORTAL_URL", "EMAIL_URL"} & set(read(env_file))
    assert "set in the environment" in refused(env_file, "--no-input", "--force", "--url", "https://b.example.com")


def test_a_demo_is_not_turned_into_a_portal(env_file):
    env_file.write_text("DEMO=1\n")

    assert "holds the demo" in refused(env_file, *GIVEN)
    assert env_file.read_text() == "DEMO=1\n"


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    assert "cannot be written" in refused(tmp_path / "missing" / ".env", *GIVEN)


# --- On the database -----------------------------------------------------------------------------------


@pytest.fixture
def set_up(settings, monkeypatch, tmp_path):
    """``setup`` after its settings are written. Static files and checks are those of the drill of the wheel."""
    settings.DEMO = settings.DEBUG = False
    settings.STATIC_ROOT = tmp_path / "static_root"
    settings.PORTAL_URL = URL
    monkeypatch.setattr(setting_up, "check_problems", list)

    def run(*arguments):
        output = StringIO()
        call_command(Command(), *arguments, stdout=output)
        return output.getvalue()

    return run


@pytest.mark.django_db
def test_the_first_administrator_gets_a_link_and_the_catalogue_is_loaded_once(set_up, tmp_path):
    products = tmp_path / "products.csv"
    products.write_text("sku,name,slot\nXS-1,Xchange Server,1\nXS-2,Xchange Client,2\n")
    arguments = ("--no-input", "--administrator", "anna", "--email", "anna@example.com", "--products", str(products))

    first = set_up(*arguments)
    products.write_text("sku,name,slot\nXS-1,Another name,1\n")
    second = set_up(*arguments)

    anna = User.objects.get()
    assert (anna.username, anna.is_superuser, anna.has_usable_password()) == ("anna", True, False)
    assert f"{URL}/accounts/password/reset/" in first
    assert set(SignInEvent.objects.values_list("kind", "by")) == {("created", "server"), ("link-made", "server")}
    assert list(Product.objects.order_by("slot").values_list("sku", "name")) == [
        ("XS-1", "Xchange Server"),
        ("XS-2", "Xchange Client"),
    ]
    assert Event.objects.get(kind="catalogue-changed").actor == "server"
    assert "Load the releases" in first
    assert "Load the catalogue" not in first
    assert "2 are there already" in second
    assert "there is one already" in second
    assert "password/reset" not in second


@pytest.mark.django_db
def test_repeated_on_a_portal_in_use_it_says_restart_and_not_begin(set_up, clerk, monkeypatch):
    monkeypatch.setenv("PORTAL_COMMAND", "portal")
    before = set_up("--no-input")
    User.objects.update(last_login=timezone.now())

    after = set_up("--no-input")

    assert "Start web, worker and timers" in before
    assert "Restart web and worker" in after
    assert "Start web, worker and timers" not in after
    assert "all migrations were applied before" in after
    assert "Look at everything once: portal doctor" in after


@pytest.mark.django_db
def test_a_typed_password_is_checked_and_typed_twice(set_up, answer):
    answer("root", "", "root", GOOD, "another", GOOD, GOOD)

    said = set_up()

    assert "password/reset" not in said
    assert "The two passwords differ." in said
    _, answered = log_in("root", GOOD)
    assert answered.status_code == 302


@pytest.mark.django_db
def test_without_answers_it_says_what_is_left_to_do(set_up, settings):
    settings.MAIL_IS_SENT = False

    said = set_up("--no-input")

    assert not User.objects.exists()
    assert "every row of a purchase file is rejected" in said
    assert "Create the first administrator" in said
    assert "No e-mail is sent" in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sku,name,slot\nXS-1,Server,1\nXS-2,Client,99\n", "row 3: .*between 1 and 31"),
        ("sku,name\nXS-1,Server\n", "slot"),
        (None, "No such file"),
    ],
)
def test_a_catalogue_with_a_mistake_is_not_loaded_and_the_row_is_named(set_up, tmp_path, content, said, capsys):
    file = tmp_path / "products.csv"
    if content is not None:
        file.write_text(content)

    with pytest.raises(setting_up.SetupError, match=said):
        setting_up.load_table("products", file)
    with pytest.raises(CommandError, match="except for what is named"):
        set_up("--no-input", "--products", str(file))

    assert not Product.objects.exists()
    assert not Release.objects.exists()


@pytest.mark.django_db
def test_a_name_that_looks_like_anothers_or_a_wrong_address_is_refused(clerk):
    with pytest.raises(setting_up.SetupError, match="looks like"):
        setting_up.check_administrator("c1erk", "")
    with pytest.raises(setting_up.SetupError, match="email"):
        setting_up.check_administrator("anna", "anna at example")


@pytest.mark.django_db
def test_it_is_not_for_the_demo(settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="quickstart"):
        call_command(Command(), "--no-input")
