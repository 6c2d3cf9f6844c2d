"""The code of the release before, in a folder of its own, for drills in which it runs beside that of now.

It is that of ``UPGRADE_FROM`` (any name that git knows), or else of the newest tag, or else of the newest commit of
this branch that lacks migrations of now and has no others: what was renamed on the way was never released. Old code
runs with the packages that are installed now.
"""

import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests import servers

ROOT = Path(settings.BASE_DIR)
MIGRATIONS = {
    "licences": "licences/migrations",
    "customers": "customers/migrations",
    "accounts": "licensing_portal/accounts/migrations",
}


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def names_at(commit):
    """The migrations of each app at a commit."""
    return {
        app: {Path(line).stem for line in git("ls-tree", "--name-only", commit, f"{folder}/").splitlines()}
        - {"__init__"}
        for app, folder in MIGRATIONS.items()
    }


def names_now():
    return {app: {path.stem for path in (ROOT / folder).glob("0*.py")} for app, folder in MIGRATIONS.items()}


def is_earlier(names):
    """Whether these migrations are some of those of now, and all that came first."""
    now = names_now()
    return names != now and all(sorted(now[app])[: len(found)] == sorted(found) for app, found in names.items())


def commit_before():
    named = os.environ.get("UPGRADE_FROM") or git("describe", "--tags", "--abbrev=0")
    if named:
        return git("rev-parse", "--verify", f"{named}^{{commit}}") or servers.wanted(f"the commit {named}")
    folders = list(MIGRATIONS.values())
    for changed in git("log", "--first-parent", "--format=%H", "--", *folders).splitlines():
        before = git("rev-parse", "--verify", "--quiet", f"{changed}^1")
        if before and is_earlier(names_at(before)):
            return before
    return pytest.skip("no commit with fewer migrations than now is known here (the clone may be shallow)")


def unpacked(folder):
    """The folder with the code before, and its migrations by app. Skips where no such commit is known."""
    commit = commit_before()
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return folder, names_at(commit)
