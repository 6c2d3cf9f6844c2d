"""The proxies of docs/deploy, started with the shipped files; only certificate, ports and upstream differ."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

HOST = "licensing.example.com"
SHIPPED = settings.BASE_DIR / "docs" / "deploy"
STARTS_WITHIN = 30  # seconds


@dataclass(frozen=True)
class ProxyResponse:
    status: int
    headers: list[tuple[str, str]]
    body: str

    def header(self, name: str) -> str:
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")


@dataclass(frozen=True)
class Proxy:
    name: str
    https: int
    http: int
    certificate: Path

    def ask(self, method: str, path: str, *headers: tuple[str, str], body: str = "", tls: bool = True) -> ProxyResponse:
        """Send one request with exactly these headers, of which some may come twice."""
        connection = http.client.HTTPConnection("127.0.0.1", self.https if tls else self.http, timeout=30)
        connection.connect()
        if tls:
            context = ssl.create_default_context(cafile=str(self.certificate))
            connection.sock = context.wrap_socket(connection.sock, server_hostname=HOST)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (("Host", HOST), *headers, ("Content-Length", str(len(body.encode())))):
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        response = connection.getresponse()
        result = ProxyResponse(response.status, response.getheaders(), response.read().decode())
        connection.close()
        return result


def program(*names: str) -> str:
    """The path of an installed server. Without it the test skips, or fails with REQUIRE_SERVERS=1."""
    found_at = next((path for name in names if (path := shutil.which(name))), None)
    if found_at is None:
        missing = f"{names[0]} is not installed"
        (pytest.fail if os.environ.get("REQUIRE_SERVERS") == "1" else pytest.skip)(missing)
    return found_at


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    return pem, private


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, f"{old!r} is not in what is shipped"
        text = text.replace(old, new)
    return text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nginx_configuration(folder: Path, upstream: int, https: int, http: int, *more: int) -> Path:
    """Write a main configuration like Debian's nginx.conf that includes the shipped file; returns its path.

    ``more`` are the ports of further servers.
    """
    pem, private = certificate(folder)
    shipped = replaced(
        (SHIPPED / "nginx.conf").read_text(),
        ("server 127.0.0.1:8000;", " ".join(f"server 127.0.0.1:{port};" for port in (upstream, *more))),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"),
        ("listen [::]:443 ssl http2;", ""),
        (f"/etc/ssl/certs/{HOST}.pem", str(pem)),
        (f"/etc/ssl/private/{HOST}.key", str(private)),
        ("/var/log/licensing-portal/nginx.log", str(folder / "access.log")),
    )
    (folder / "portal.conf").write_text(shipped)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    frame = folder / "nginx.conf"
    frame.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;\n"
        "events { worker_connections 256; }\n"
        "http {\n"
        + "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        + f"  access_log off;\n  include {folder}/portal.conf;\n}}\n"
    )
    return frame


def caddy_configuration(folder: Path, upstream: int, https: int, http: int) -> Path:
    pem, private = certificate(folder)
    shipped = replaced(
        (SHIPPED / "Caddyfile").read_text(),
        ("reverse_proxy 127.0.0.1:8000 {", f"reverse_proxy 127.0.0.1:{upstream} {{"),
        ("{\n\tservers {", f"{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n\tservers {{"),
        (f"\n{HOST} {{", f"\n{HOST} {{\n\tbind 127.0.0.1\n\ttls {pem} {private}"),
    )
    configuration = folder / "Caddyfile"
    configuration.write_text(shipped)
    return configuration


CONFIGURATIONS = {"nginx": nginx_configuration, "caddy": caddy_configuration}


def command(name: str, configuration: Path, *, only_check: bool = False) -> list[str]:
    if name == "nginx":
        return [
            program("nginx", "/usr/sbin/nginx"),
            *(["-t"] if only_check else []),
            "-c",
            str(configuration),
            "-p",
            str(configuration.parent),
        ]
    return [
        program("caddy"),
        "validate" if only_check else "run",
        "--adapter",
        "caddyfile",
        "--config",
        str(configuration),
    ]


@contextmanager
def proxy(name: str, folder: Path, upstream: int, *more: int) -> Iterator[Proxy]:
    """Start nginx or Caddy in front of a port, nginx also of ``more``; it ends with the block."""
    https, http_port = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    configuration = CONFIGURATIONS[name](folder, upstream, https, http_port, *more)
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command(name, configuration), env=environment, stdout=output, stderr=output)
    try:
        for port in (https, http_port):
            _wait_for(port, process, folder / "output")
        yield Proxy(name, https, http_port, folder / "certificate.pem")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"the proxy did not start: {output.read_text()}")


class _Echo(BaseHTTPRequestHandler):
    """Responds with the headers of the request, as JSON."""

    def do_GET(self) -> None:
        body = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def echo() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
