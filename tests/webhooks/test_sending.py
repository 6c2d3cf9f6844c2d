"""One try over the network: only to addresses outside, to the one that was judged, and not for ever
(docs/security.md#webhooks)."""

import json
import socket
import threading

import pytest

from licences.domain.webhook_addresses import parse_place
from licences.operations.webhooks import sending
from tests.tables import each_row
from tests.webhooks.receiver import NAME

PUBLIC = "93.184.215.14"


@pytest.fixture
def connections(monkeypatch):
    """The addresses to which a connection was tried; none is made."""
    tried = []

    def connect(address, port):
        tried.append((address, port))
        raise ConnectionRefusedError

    monkeypatch.setattr(sending, "connect", connect)
    return tried


def names(monkeypatch, *answers):
    """A resolver that answers these lists of addresses, one after the other, and then always the last."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    monkeypatch.setattr(sending, "resolve", resolve)
    return asked


def send(url, body=b"{}"):
    return sending.send(url, headers={"webhook-id": "msg_1"}, body=body)


# --- Inside ------------------------------------------------------------------------------------------

LITERAL = {
    "loopback": "127.0.0.1",
    "another loopback": "127.8.9.1",
    "this host": "0.0.0.0",  # noqa: S104
    "private 10": "10.0.0.5",
    "private 172": "172.31.255.1",
    "private 192": "192.168.1.1",
    "services of a cloud": "169.254.169.254",
    "carrier-grade NAT": "100.64.0.1",
    "multicast": "224.0.0.251",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "protocols": "192.0.0.170",
    "benchmarks": "198.18.0.1",
    "6to4 relay": "192.88.99.1",
    "documentation": "203.0.113.9",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv4 in IPv6": "::ffff:127.0.0.1",
    "IPv4 in IPv6, hexadecimal": "::ffff:a00:5",
    "IPv4 compatible": "::127.0.0.1",
    "IPv4 translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64 of a network": "64:ff9b:1::a00:5",
    "6to4": "2002:7f00:1::1",
    "Teredo": "2001:0:53aa:64c:0:5efe:80ff:fffe",
    "link-local": "fe80::1",
    "site-local": "fec0::1",
    "unique local": "fd12:3456::1",
    "link-local with its interface": "fe80::1%eth0",
    "IPv6 multicast": "ff02::1",
    "discard": "100::1",
    "IPv6 documentation": "2001:db8::1",
    "segment routing": "5f00::1",
}


@each_row("address", LITERAL.values())
def test_no_address_inside_is_reached_whether_it_is_written_or_the_answer_of_a_name(address, connections, monkeypatch):
    names(monkeypatch, [address])
    written = f"[{address}]" if ":" in address else address

    assert send(f"https://{written}/").failure == "webhook-inside"
    assert send(f"https://{NAME}/").failure == "webhook-inside"
    assert connections == []


@each_row(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "gopher://127.0.0.1:6379/_",
        "//127.0.0.1/",
        "https:127.0.0.1",
        "https:///127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://0x7f.0x0.0x0.0x1/",
        "https://017700000001/",
        "https://0300.0250.1.1/",
        "https://127.0.0.1%00.example.com/",
        "https://127.0.0.1%2f@example.com/",
        "https://[fe80::1%25eth0]@example.com/",
        "https://127。0。0。1/",
        "https://1.2.3.4.5/",
        "https://example.com@127.0.0.1/",
        "https://user:pass@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com#@127.0.0.1/",
        "https://[::ffff:127.0.0.1/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "https://example.com/\r\nHost: inside",
        "https://①②⑦.⓪.⓪.①/",
        "https://ｌocalhost/",
        "https://",
    ],
)
def test_an_address_that_is_written_to_be_misread_is_none(url, connections, monkeypatch):
    asked = names(monkeypatch, [PUBLIC])

    assert send(url).failure == "webhook-url-wrong"
    assert (asked, connections) == ([], [])


INSIDE_NAMES = ["localhost", "localhost.", "LOCALHOST", "hooks.localhost", "127.0.0.1.", "ip6-localhost"]


@each_row("host", INSIDE_NAMES)
def test_names_of_this_machine_lead_nowhere_by_the_real_resolver(host, connections):
    assert send(f"https://{host}/").failure in ("webhook-inside", "webhook-url-wrong", "name-unknown")
    assert connections == []


def test_a_dot_behind_the_name_changes_neither_what_is_judged_nor_the_certificate(receiver, monkeypatch):
    names(monkeypatch, ["127.0.0.1"])
    assert send(f"https://{NAME}.:{receiver.port}/").status == 204

    names(monkeypatch, ["10.0.0.5"])
    assert send(f"https://{NAME}.:{receiver.port}/").failure == "webhook-inside"


@each_row("host", ["bücher.example.com", "xn--bcher-kva.example.com"])
def test_a_name_of_other_letters_is_entered_in_its_form_for_machines_and_judged_as_any(host, connections, monkeypatch):
    asked = names(monkeypatch, ["192.168.1.1"])

    failure = send(f"https://{host}/").failure

    assert failure == ("webhook-inside" if host.isascii() else "webhook-url-wrong")
    assert asked == ([host] if host.isascii() else [])
    assert connections == []


@each_row("port", [22, 25, 80, 5432, 6379, 8080, 9200, 11211])
def test_other_services_are_not_reached_by_their_ports(port, connections, monkeypatch):
    names(monkeypatch, [PUBLIC])

    assert send(f"https://{NAME}:{port}/").failure == "webhook-port"
    assert connections == []


def test_a_name_with_one_address_inside_is_not_reached_at_the_others(connections, monkeypatch):
    names(monkeypatch, [PUBLIC, "2606:2800:21f::1", "10.0.0.5"])

    assert send(f"https://{NAME}/").failure == "webhook-inside"
    assert connections == []


def test_a_name_that_changes_between_the_check_and_the_use_is_not_asked_twice(connections, monkeypatch):
    asked = names(monkeypatch, [PUBLIC], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("the name was resolved again"))

    assert send(f"https://{NAME}/").failure == "no-connection"
    assert (asked, connections) == ([NAME], [(PUBLIC, 443)])


def test_a_name_is_judged_anew_at_every_try(connections, monkeypatch):
    names(monkeypatch, [PUBLIC], ["169.254.169.254"])

    assert send(f"https://{NAME}/").failure == "no-connection"
    assert send(f"https://{NAME}/").failure == "webhook-inside"
    assert connections == [(PUBLIC, 443)]


def test_a_name_without_an_address_is_said_to_have_none(connections, monkeypatch):
    def unknown(host, port):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(sending, "resolve", unknown)

    assert send(f"https://{NAME}/").failure == "name-unknown"


def test_where_the_first_address_does_not_answer_the_next_is_tried(connections, monkeypatch):
    names(monkeypatch, ["2606:2800:21f::1", PUBLIC])

    assert send(f"https://{NAME}:8443/").failure == "no-connection"
    assert connections == [("2606:2800:21f::1", 8443), (PUBLIC, 8443)]


# --- Allowed by the setting --------------------------------------------------------------------------


@each_row(
    ("allowed", "url", "reached"),
    [
        ("10.1.2.0/24", "https://10.1.2.7/", True),
        ("10.1.2.0/24", "https://10.1.2.7:8443/", True),
        ("10.1.2.0/24", "https://10.1.3.7/", False),
        ("10.1.2.0/24", "https://10.1.2.7:9443/", False),
        ("10.1.2.7:9443", "https://10.1.2.7:9443/", True),
        ("10.1.2.7:9443", "https://10.1.2.7/", False),
        ("10.1.2.7:9443", "https://[::ffff:10.1.2.7]:9443/", False),
        ("10.1.2.7:9443", f"https://{PUBLIC}:9443/", False),
        ("fd00::/16", "https://[fd00::7]/", True),
        ("[fd00::/16]:9443", "https://[fd00::7]:9443/", True),
    ],
)
def test_a_setting_opens_places_inside_and_nothing_beside_them(allowed, url, reached, connections, settings):
    settings.WEBHOOK_ALLOWED_ADDRESSES = [parse_place(allowed)]

    assert send(url).failure in (["no-connection"] if reached else ["webhook-inside", "webhook-port"])
    assert bool(connections) is reached


# --- Over the network --------------------------------------------------------------------------------


def test_a_message_arrives_with_its_headers_under_the_name_of_the_host(receiver, monkeypatch):
    names(monkeypatch, ["127.0.0.1"])

    result = send(f"https://{NAME}:{receiver.port}/path?token=1", json.dumps({"über": 1}).encode())

    (message,) = receiver.received
    assert (result.status, result.failure) == (204, "")
    assert message.path == "/path?token=1"
    assert message.headers["host"] == f"{NAME}:{receiver.port}"
    assert message.headers["webhook-id"] == "msg_1"
    assert message.headers["content-type"] == "application/json"
    assert json.loads(message.body) == {"über": 1}


def test_a_certificate_of_another_name_is_not_trusted(receiver, monkeypatch):
    names(monkeypatch, ["127.0.0.1"])

    assert send(f"https://other.example.com:{receiver.port}/").failure == "certificate-name"
    assert receiver.received == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(receiver, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    assert send(receiver.url).failure == "certificate"
    assert receiver.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver, status):
    def redirect(handler, message):
        handler.send_response(status)
        handler.send_header("Location", receiver.url if message.path == "/events" else "https://169.254.169.254/")
        handler.end_headers()

    receiver.answer = redirect

    assert (send(receiver.url).status, send(receiver.url).failure) == (status, "redirected")
    assert len(receiver.received) == 2


def test_proxies_of_the_environment_are_not_used(receiver, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert send(receiver.url).status == 204


def test_a_host_that_speaks_no_https_is_said_to(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.WEBHOOK_ALLOWED_ADDRESSES = [parse_place(f"127.0.0.1:{port}")]

        def plain():
            peer, _address = server.accept()
            with peer:
                peer.recv(100)
                peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

        thread = threading.Thread(target=plain)
        thread.start()
        result = send(f"https://127.0.0.1:{port}/")
        thread.join()

    assert (result.status, result.failure) == (None, "no-https")
