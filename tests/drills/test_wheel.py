"""The wheel, installed without the checkout: set up in an empty folder, it serves its pages and static files.

Packages that pip would fetch are those of the environment in which the tests run.
"""

import os
import re
import subprocess
import sys
import sysconfig
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

from tests import servers

HOST = "licensing.example.com"
SAMPLES = Path(settings.BASE_DIR) / "docs" / "samples"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    built = subprocess.run([*command, folder, settings.BASE_DIR], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory):
    """The folder ``bin`` of an environment of its own, with the wheel."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    install = ["-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([sys.executable, *install], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "running.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture
def run(programs, tmp_path):
    """``run(program, …)`` in an empty folder, without any setting in the environment."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}

    def call(*arguments, wait=True, **variables):
        command = [programs / arguments[0], *arguments[1:]]
        where = {"cwd": tmp_path, "env": environment | variables, "text": True}
        if not wait:
            return subprocess.Popen(command, **where)
        return subprocess.run(command, capture_output=True, check=False, **where)

    return call


def ask(port, path):
    connection = HTTPConnection("127.0.0.1", port, timeout=servers.PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        return servers.Answer(connection.getresponse())
    finally:
        connection.close()


def is_alive(port):
    try:
        return ask(port, "/healthz").status_code == 200
    except OSError:
        return False


def test_the_wheel_starts_in_an_empty_folder(run, programs, tmp_path):
    given = ("--url", f"https://{HOST}", "--mail-url", "none", "--administrator", "anna")
    files = ("--products", str(SAMPLES / "products.csv"), "--releases", str(SAMPLES / "releases.csv"))

    first = run("licensing-portal", "setup", "--no-input", *given, *files)
    again = run("licensing-portal", "setup", "--no-input")
    collected = run("licensing-portal", "collectstatic", "--noinput")
    where = run("python", "-c", "import licensing_portal; print(licensing_portal.__file__)").stdout

    assert (first.returncode, again.returncode) == (0, 0), first.stdout + first.stderr + again.stderr
    assert "9 loaded from products.csv" in first.stdout
    assert "Wrong" not in first.stdout
    assert "nothing to add" in again.stdout
    assert "Found another file" not in collected.stdout
    assert where.startswith(str(programs.parent))
    assert {path.name for path in tmp_path.iterdir()} == {".env", "var", "static_root"}

    port = servers.free_port()
    serve = ("python", "-m", "gunicorn", "-c", "python:licensing_portal.gunicorn_conf", "licensing_portal.wsgi")
    server = run(*serve, wait=False, BIND=f"127.0.0.1:{port}", WEB_CONCURRENCY="1", WORKER="1")
    try:
        servers.until(lambda: is_alive(port), "the portal starts")
        page = ask(port, "/accounts/login/")
        styles = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
        answers = [ask(port, style) for style in styles]
        servers.until(lambda: "licensing_portal worker" in of_children(server.pid), "the worker beside it starts")
    finally:
        server.terminate()
        server.wait(servers.PATIENCE)

    assert (page.status_code, ask_type(page)) == (200, "text/html; charset=utf-8")
    assert len(styles) > 5
    assert {(answer.status_code, ask_type(answer)) for answer in answers} == {(200, 'text/css; charset="utf-8"')}


def ask_type(answer):
    return answer.headers["Content-Type"]


def of_children(pid):
    """The command lines of the processes below this one."""
    lines = []
    for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        lines += [Path(f"/proc/{each}/cmdline").read_text().replace("\0", " "), of_children(int(each))]
    return "\n".join(lines)


def test_the_wheel_holds_every_template_static_file_and_translation(wheel):
    listed = subprocess.run(
        ["git", "ls-files"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    ).stdout
    parts = re.compile(r"(licences|customers|licensing_portal|templates|static)/")
    wanted = {name for name in listed.splitlines() if parts.match(name)}
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "--list", wheel], capture_output=True, text=True, check=True
    )
    held = {line.split()[0] for line in names.stdout.splitlines()[1:]}

    mapped = {f"licensing_portal/{name}" if name.startswith(("templates/", "static/")) else name for name in wanted}
    assert sorted(mapped - held) == []
    assert {name.partition("/")[0] for name in held if ".dist-info/" not in name} == {
        "customers",
        "licences",
        "licensing_portal",
    }
