"""An empty machine to follow a guide on: folders, users, network and processes of its own, thrown away at the end.

The kernel's namespaces make it, so it takes root and no daemon: ``/etc``, ``/opt``, ``/srv``, ``/usr/local`` and
``/var`` can be changed without a trace. Programs of the distribution are those of the machine below. Three things
differ from a new Debian: ``apt-get`` only looks whether packages are there, ``systemctl`` is ``by_hand.py``, and
packages that pip would fetch are those of the environment in which the tests run.
"""

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

from django.conf import settings

from tests import servers

ROOT = Path(settings.BASE_DIR)
HOST = "licensing.example.com"
CERTIFICATE = f"/etc/ssl/certs/{HOST}.pem"
PACKAGES = "/run/packages"
DEBIANS_PYTHON = "/usr/bin/python3"
_MARK = "-- block ended --"
_APT_GET = """#!/bin/sh
[ "$1" = install ] || exit 0
for each in "$@"; do case $each in install | -*) ;; *) dpkg --status "$each" >/dev/null || exit 100 ;; esac; done
"""
_PRELUDE = """
umask 022
mount -t tmpfs tmpfs {work}
for each in etc opt srv usr/local var; do
    mkdir -p {work}/$each/upper {work}/$each/work
    mount -t overlay overlay -o lowerdir=/$each,upperdir={work}/$each/upper,workdir={work}/$each/work /$each
done
mount -t tmpfs tmpfs /run
mkdir {packages} {work}/bin {work}/source && mount --bind {site_packages} {packages}
ip link set lo up
git -C {root} ls-files -z --cached --others --exclude-standard |
    tar -C {root} --null --files-from=- --create |
    tar -C {work}/source --extract
printf '%s' '{apt_get}' > {work}/bin/apt-get
printf '#!/bin/sh\\nexec {python} -I {root}/tests/drills/by_hand.py "$@"\\n' > {work}/bin/systemctl
chmod 755 {work} {work}/bin/*
mount -t tmpfs tmpfs /var/lib/postgresql && mount -t tmpfs tmpfs /etc/postgresql
chown postgres:postgres /var/lib/postgresql /etc/postgresql
install -d -o postgres -g postgres -m 2775 /run/postgresql
[ -e /etc/ssl/certs/ssl-cert-snakeoil.pem ] || make-ssl-cert generate-default-snakeoil
pg_createcluster 15 main >/dev/null && systemctl start postgresql
echo 127.0.0.1 {host} >> /etc/hosts
cd {work}/source
"""


class Machine:
    """``run`` plays lines in one bash on the machine, in the folder of the release; its variables stay."""

    def __init__(self, folder, name="machine"):
        _need_what_it_takes()
        self.folder, self.number = folder / name, 0
        work = self.folder / "work"
        work.mkdir(parents=True)
        self.folder.chmod(0o711)
        environment = {
            "PATH": f"{work}/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "PYTHONPATH": PACKAGES,
            "PIP_NO_DEPS": "1",
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # as pip reads it, this means none
            "PIP_ROOT_USER_ACTION": "ignore",
            "CURL_CA_BUNDLE": CERTIFICATE,
        }
        command = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", "bash"]
        self.log = self.folder / "machine.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "-euo", "pipefail"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                env=environment,
            )
        self.run(
            _PRELUDE.format(
                work=work, root=ROOT, host=HOST, packages=PACKAGES, python=DEBIANS_PYTHON,
                site_packages=sysconfig.get_path("purelib"), apt_get=_APT_GET,
            )
        )  # fmt: skip

    def run(self, lines, *, typed="", patience=180):
        """The output of these lines of bash. ``AssertionError`` with it where one of them fails.

        ``typed`` is what somebody types when they are asked.
        """
        self.number += 1
        block = self.folder / f"block-{self.number}.sh"
        block.write_text(lines + "\n")
        begin = self.log.stat().st_size
        self.process.stdin.write(f". {block} <<< '{typed}'\necho '{_MARK}'\n")
        self.process.stdin.flush()
        end = time.monotonic() + patience
        while _MARK not in (said := self.log.read_bytes()[begin:].decode(errors="replace")):
            assert self.process.poll() is None, f"{lines}\n\n{said}"
            assert time.monotonic() < end, f"does not end:\n{lines}\n\n{said}"
            time.sleep(0.1)
        return said.partition(_MARK)[0]

    def connect(self, other, *, own, theirs):
        """A cable to another machine, with an address at each end such as ``10.9.0.1/24``."""
        ends = {self: (f"drill-{self.process.pid}"[:15], own), other: (f"drill-{other.process.pid}"[:15], theirs)}
        (first, _), (second, _) = ends.values()
        subprocess.run(["ip", "link", "add", first, "type", "veth", "peer", "name", second], check=True)
        for machine, (name, address) in ends.items():
            subprocess.run(["ip", "link", "set", name, "netns", str(machine.process.pid)], check=True)
            machine.run(f"ip address add {address} dev {name} && ip link set {name} up")

    def close(self):
        self.process.stdin.close()
        self.process.kill()  # unshare, and with it everything on the machine
        self.process.wait()


def _need_what_it_takes():
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "--net", "true"], check=False).returncode:
        servers.wanted("root, with leave to make namespaces,")
    for name in (DEBIANS_PYTHON, "/usr/bin/pg_createcluster", "/usr/sbin/nginx", "/usr/bin/curl", "/usr/sbin/ip"):
        if not Path(name).exists():
            servers.wanted(name)
    asked = [
        DEBIANS_PYTHON,
        "-c",
        "import sys, ensurepip; print(sys.version_info[:2] == tuple(map(int, sys.argv[1:])))",
    ]
    answer = subprocess.run([*asked, *map(str, sys.version_info[:2])], capture_output=True, text=True, check=False)
    if answer.stdout.strip() != "True":
        servers.wanted("a python3 of Debian, of the version that runs the tests,")
