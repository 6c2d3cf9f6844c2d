"""Bodies in odd transfer codings are refused by gunicorn or the portal, and never read as empty ones
(docs/integration.md#what-stays-for-ten-years)."""

import json
import socket

import pytest

from licences import licence_files
from licences.models import Registration
from tests import factories
from tests.api.conftest import Server
from tests.benchmarks._gunicorn import gunicorn
from tests.benchmarks._temporary_database import database_url

pytestmark = pytest.mark.django_db(transaction=True)
CALL = "/api/v1/registrations"


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def send(port, body, *headers, path=CALL):
    """The status and problem of a request with exactly these headers."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Connection: close", "X-Forwarded-Proto: https",
             "X-Forwarded-For: 192.0.2.7", "Content-Type: application/json", *headers]  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(received.split()[1]), received.decode().rpartition("\r\n\r\n")[2]


def test_a_body_is_read_whole_or_refused(catalogue):
    key = licence_files.new_key()
    body = json.dumps(Server().registration(factories.bought().code)).encode()
    served = gunicorn("licensing_portal.wsgi", database_url=database_url(), workers=1, signing_key=key)
    with served as (port, _master):
        odd = {
            coding: send(port, chunked(body), f"Transfer-Encoding: {coding}")
            for coding in ("gzip, chunked", "deflate, chunked", "gzip", "chunked, gzip", "xchunked", "chunked, chunked")
        }
        shop = send(port, chunked(body), "Transfer-Encoding: gzip, chunked", path="/api/v1/purchases")
        assert not Registration.objects.exists()
        read = send(port, chunked(body), "Transfer-Encoding: Chunked")
        again = send(port, body, f"Content-Length: {len(body)}")

    assert {coding: status for coding, (status, _body) in odd.items() if status not in (400, 501)} == {}
    assert "Transfer-Encoding" in odd["gzip, chunked"][1]
    assert shop[0] == 401
    assert (read[0], again[0]) == (201, 200)
