"""``systemctl`` for a machine on which systemd does not run: starts what the units say, by hand.

It reads /etc/systemd/system, and starts commands as their user, in their folder and with their variables. Sandboxing is
not applied; ``tests/drills/test_deploy_parts.py`` lets systemd itself judge it. ``python3 by_hand.py start NAME …``.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS, STATE, LOGS = Path("/etc/systemd/system"), Path("/run/by-hand"), Path("/var/log/by-hand")
_CLUSTER = {"start": ["pg_ctlcluster", "15", "main", "start"], "stop": ["pg_ctlcluster", "15", "main", "stop"]}
OF_DEBIAN = {
    "postgresql": _CLUSTER,
    "postgresql@15-main": _CLUSTER,
    "nginx": {"start": ["nginx"], "stop": ["nginx", "-s", "quit"]},
}
PATIENCE = 60  # seconds


def read(name):
    """The settings of a unit's section [Service], as lists of their values."""
    settings = {}
    section = ""
    for line in (UNITS / f"{name}.service").read_text().splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return settings


def start(name):
    if name in OF_DEBIAN:
        return subprocess.run(OF_DEBIAN[name]["start"], check=False).returncode
    unit = read(name)
    [user], [folder], [command] = unit["User"], unit["WorkingDirectory"], unit["ExecStart"]
    for name_of_folder in unit.get("RuntimeDirectory", []):
        runtime = Path("/run") / name_of_folder
        runtime.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(runtime, user, user)
    environment = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LANG") if key in os.environ}
    environment |= dict(each.split("=", 1) for each in unit.get("Environment", []))
    how = {"cwd": folder, "user": user, "group": user, "extra_groups": [], "env": environment, "umask": 0o077}
    with (LOGS / f"{name}.log").open("ab") as log:
        begun = subprocess.Popen(
            shlex.split(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **how
        )
    if unit["Type"] == ["oneshot"]:
        return begun.wait()
    (STATE / name).write_text(str(begun.pid))
    return 0


def stop(name):
    if name in OF_DEBIAN:
        subprocess.run(OF_DEBIAN[name]["stop"], check=False, stderr=subprocess.DEVNULL)
        return 0
    state = STATE / name
    if state.exists():
        pid = int(state.read_text())
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
            if time.monotonic() > end:
                sys.exit(f"{name} does not end")
            time.sleep(0.1)
        state.unlink()
    return 0


def act(verb, name):
    name = name.removesuffix(".service")
    if name.endswith(".timer"):
        is_there = (UNITS / name).is_file() and (UNITS / name.replace(".timer", ".service")).is_file()
        return 0 if is_there else sys.exit(f"Unit {name} does not exist.")
    if verb in ("stop", "restart"):
        stop(name)
    return start(name) if verb in ("start", "restart", "enable") else 0


def main(verb, *arguments):
    for folder in (STATE, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    if verb == "daemon-reload":
        return 0
    if verb not in ("enable", "start", "stop", "restart"):
        sys.exit(f"by_hand.py does not know {verb}")
    if verb == "enable" and "--now" not in arguments:
        return 0
    return max([act(verb, name) for name in arguments if not name.startswith("--")])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
