"""``setup`` before the settings can be read: asks for what they need, checks it, makes secrets, and writes ``.env``.

What is set already, in ``.env`` or in the environment, is neither asked nor changed, so ``setup`` may run again
(docs/operations.md#first-hour).
"""

import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import environ

from licences.management import new_keys
from licensing_portal.environment import Environment

_PLAIN = re.compile(r"[!-~]*")  # printable ASCII without blanks: in an address, all else is percent-encoded
_QUOTES = re.compile(r"[\"'`\\]")


@dataclass(frozen=True, slots=True)
class Question:
    """A setting that ``setup`` asks for. ``default`` is what an empty answer means; None: there has to be one."""

    name: str
    option: str
    prompt: str
    default: str | None
    check: Callable[[Environment, str], object]

    def problem(self, value: str) -> str:
        """Why the value cannot be used, or an empty text. Never repeats the value, which may hold a password."""
        if not _PLAIN.fullmatch(value) or _QUOTES.search(value):
            return f"{self.name} has blanks, quotes or letters beyond ASCII. Write them percent-encoded, such as %20."
        environment = Environment()
        environment.ENVIRON = {self.name: value}
        self.check(environment, self.name)
        return " ".join(environment.problems)


def _https(environment: Environment, name: str) -> None:
    if not environment.web_address(name, "https://localhost").startswith("https://"):
        environment.problems.append(f"{name} begins with https://. The proxy in front of the portal does TLS.")


def _folder(environment: Environment, name: str) -> None:
    path = Path(environment.text(name, ""))
    if not path.is_absolute() or not path.is_dir() or not os.access(path, os.W_OK):
        environment.problems.append(
            f"{name} is the full path of a folder that exists and that the portal can write to."
        )


QUESTIONS = (
    Question("PORTAL_URL", "--url", "Address of the portal, such as https://licensing.example.com", None, _https),
    Question(
        "DATABASE_URL",
        "--database-url",
        "Database, such as postgres://portal:password@127.0.0.1:5432/portal (Enter: SQLite, for a small team)",
        "",
        lambda environment, name: environment.database(name, ""),
    ),
    Question(
        "EMAIL_URL",
        "--mail-url",
        "Mail server, such as smtp+tls://user:password@mail.example.com:587, or none",
        None,
        lambda environment, name: environment.mail(name, trial=False),
    ),
    Question(
        "TRUSTED_PROXY_COUNT",
        "--proxies",
        "Proxies in front of the portal (Enter: 1)",
        "1",
        lambda environment, name: environment.int(name, 1, least=0, most=10),
    ),
    Question(
        "ALLOCATED_SERIALS_DIR",
        "--allocated",
        "Folder on another disk, for the lists of allocated serial numbers (Enter: var/allocated)",
        "",
        _folder,
    ),
)


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of ``setup``, of both its halves."""
    for question in QUESTIONS:
        parser.add_argument(question.option, metavar="VALUE", help=f"{question.name}: {question.prompt}")
    parser.add_argument("--administrator", metavar="NAME", help="username of the first administrator")
    parser.add_argument("--email", default="", help="their e-mail address")
    parser.add_argument("--password-link", action="store_true", help="print a link to set the password, ask for none")
    parser.add_argument("--products", metavar="FILE", help="CSV or XLSX file of products: sku, name, slot")
    parser.add_argument("--releases", metavar="FILE", help="CSV or XLSX file of releases")
    parser.add_argument("--no-input", action="store_true", help="ask nothing; what is missing is named")
    parser.add_argument("--force", action="store_true", help="replace settings that are there; keys are never replaced")


def write_settings(arguments: list[str], path: Path) -> None:
    """Write the settings to ``path``, with mode 0600. Leaves the program with a message if something is wrong."""
    parser = ArgumentParser(prog=f"{Path(sys.argv[0]).name} setup", description="Set up a portal in this folder.")
    add_arguments(parser)
    options, _of_django = parser.parse_known_args(arguments)
    try:
        present = _present(path)
        if present.get("DEMO", "0").lower() in ("1", "true", "yes", "on"):
            sys.exit("This folder holds the demo (DEMO=1). Set up the portal in another one, or delete .env and var/.")
        values = _values(options, present)
        names = new_keys.write_values(path, values, environment=os.environ, replaced=values if options.force else ())
        names += new_keys.write_secrets(path, environment=os.environ)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        sys.exit(f"{path} cannot be written: {why}. Nothing was changed.")
    written = f"written: {', '.join(names)}" if names else "nothing to add"
    sys.stdout.write(f"Settings, in {path}, for its owner only: {written}\n")


def _present(path: Path) -> dict[str, str]:
    """The settings of the file and, before them, of the environment. ``NAME_FILE`` counts as one of ``NAME``."""
    found: dict[str, str] = {}
    if path.exists():

        class Reader(environ.Env):
            ENVIRON = found

        Reader.read_env(path, encoding="utf-8")
    return found | dict(os.environ)


def _values(options: Namespace, present: Mapping[str, str]) -> dict[str, str]:
    """What is to be written. Leaves the program with all problems at once."""
    values: dict[str, str] = {}
    problems: list[str] = []
    for question in QUESTIONS:
        given = getattr(options, question.option.removeprefix("--").replace("-", "_"))
        if present.get(question.name) or present.get(f"{question.name}_FILE"):
            problem = _conflict(question, given, present, force=options.force)
        elif given is None and not options.no_input:
            given, problem = _answer(question), ""
        else:
            given = question.default if given is None else given
            problem = f"{question.name} is missing. Give it with {question.option}." if given is None else ""
        if given:
            problem = problem or question.problem(given)
            values[question.name] = given
        problems += [problem] if problem else []
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        sys.exit(f"Nothing was set up:\n{lines}")
    return values


def _conflict(question: Question, given: str | None, present: Mapping[str, str], *, force: bool) -> str:
    """Why a given value cannot take the place of the one that is set; an empty text if it can, or is the same."""
    if given is None or given == present.get(question.name):
        return ""
    if question.name in os.environ or f"{question.name}_FILE" in os.environ:
        return f"{question.name} is set in the environment, to another value. Change or unset it there."
    return "" if force else f"{question.name} is set already, to another value. With --force it is replaced."


def _answer(question: Question) -> str:
    while True:
        try:
            answer = input(f"{question.prompt}: ").strip()
        except EOFError:
            sys.exit("\nNo answer came. Nothing was set up. With --no-input, nothing is asked.")
        if not answer and question.default is not None:
            return question.default
        problem = question.problem(answer) if answer else f"{question.name} has to be set."
        if not problem:
            return answer
        sys.stdout.write(f"{problem}\n")
