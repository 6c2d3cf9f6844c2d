"""How receivers answer: long, slowly, without an end, and not at all (docs/integration.md#webhooks)."""

import socket
import ssl
import threading
import time

import pytest

from licences.domain.webhook_addresses import parse_place
from licences.operations.webhooks import sending
from licences.wording.webhooks import webhook_failure_sentence
from tests.webhooks.receiver import write_certificate
from tests.webhooks.test_sending import send

PATIENCE = 20  # seconds, in which a test that hangs fails


@pytest.fixture
def short(monkeypatch):
    """A try ends after a second, and an answer is read for a fraction of one."""
    monkeypatch.setattr(sending, "LONGEST_TRY", 1)
    monkeypatch.setattr(sending, "LONGEST_READ", 0.3)


@pytest.fixture
def wire(tmp_path, settings, monkeypatch):
    """Runs a function with the connection of one message, over TLS or before it, and returns what became of the try."""

    def run(speak, *, context=None):
        certificate = write_certificate(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        if context is not None:
            context.load_cert_chain(str(certificate))
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            settings.WEBHOOK_ALLOWED_ADDRESSES = [parse_place(f"127.0.0.1:{port}")]
            thread = threading.Thread(target=_serve, args=(server, speak, context))
            thread.start()
            result = send(f"https://127.0.0.1:{port}/")
            thread.join(timeout=PATIENCE)
            assert not thread.is_alive()
        return result

    return run


def _serve(server, speak, context):
    peer, _address = server.accept()
    with peer:
        peer.settimeout(PATIENCE)
        try:
            if context is None:
                speak(peer)
                return
            with context.wrap_socket(peer, server_side=True) as secure:
                request = b""
                while not request.endswith(b"{}"):
                    request += secure.recv(10_000)
                speak(secure)
        except OSError:
            return


def tls():
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def write_for_ever(first, then, *, pause):
    """What a receiver says first, and then again and again until nobody listens."""

    def speak(peer):
        peer.sendall(first)
        while True:
            peer.sendall(then)
            time.sleep(pause)

    return speak


def reset(peer):
    """End a connection as if the machine had crashed."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()


# --- Long and slow -----------------------------------------------------------------------------------


def test_of_a_long_answer_the_beginning_is_kept_and_the_rest_is_not_read(receiver):
    def answer(handler, message):
        handler.send_response(200)
        handler.end_headers()
        for _block in range(10_000):
            handler.wfile.write("first\nsecond\0 ‮é ".encode() * 1000)

    receiver.answer = answer

    result = send(receiver.url)

    assert result.status == 200
    assert len(result.excerpt) <= 300
    assert result.excerpt.startswith("first second é first second")


def test_a_receiver_that_answers_byte_by_byte_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(sending, "LONGEST_TRY", 1)
    sent, pause = [], threading.Event()

    def drip(handler, message):
        try:
            while len(sent) < 600:
                handler.wfile.write(b"X")
                sent.append(1)
                pause.wait(0.05)
        except OSError:
            return

    receiver.answer = drip

    assert send(receiver.url).failure == "too-slow"
    assert len(sent) < 600


OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = {
    "head behind the status, byte by byte": (OK, b"X", 0.02),
    "body": (OK + b"\r\n", b"x" * 10_000, 0.0),
    "body, byte by byte": (OK + b"\r\nthank", b".", 0.02),
    "body of a length that does not come": (OK + b"Content-Length: 1000000\r\n\r\n", b".", 0.02),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.02),
    "length of a chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0", 0.02),
}


@pytest.mark.parametrize(("first", "then", "pause"), ENDLESS.values(), ids=ENDLESS)
def test_an_answer_that_never_ends_has_arrived_and_holds_no_worker(first, then, pause, wire, short):
    began = time.monotonic()

    result = wire(write_for_ever(first, then, pause=pause), context=tls())

    assert (result.status, result.failure) == (200, "")
    assert time.monotonic() - began < 3


ENDLESS_HEADS = {
    "lines of a head": (OK, b"X: 1\r\n", 0.0),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.0),
    "nothing": (b"", b"", 0.02),
}


@pytest.mark.parametrize(("first", "then", "pause"), ENDLESS_HEADS.values(), ids=ENDLESS_HEADS)
def test_a_head_that_never_ends_is_no_answer(first, then, pause, wire, short):
    began = time.monotonic()

    result = wire(write_for_ever(first, then, pause=pause) if then else _silence, context=tls())

    assert result.status is None
    assert result.failure in ("too-slow", "no-https")
    assert time.monotonic() - began < 3


def _silence(peer):
    peer.recv(1)


# --- Broken off --------------------------------------------------------------------------------------

BROKEN = {
    "closed without an answer": (lambda peer: None, "broken-off"),
    "reset": (reset, "broken-off"),
    "half of a head": (lambda peer: peer.sendall(b"HTTP/1.1 2"), "no-https"),
    "no HTTP": (lambda peer: peer.sendall(b"220 smtp.example.com ready\r\n"), "no-https"),
    "a status that is no number": (lambda peer: peer.sendall(b"HTTP/1.1 OK\r\n\r\n"), "no-https"),
}


@pytest.mark.parametrize(("speak", "failure"), BROKEN.values(), ids=BROKEN)
def test_an_answer_that_breaks_off_before_its_status_is_none(speak, failure, wire):
    result = wire(speak, context=tls())

    assert (result.status, result.failure) == (None, failure)


def test_an_answer_that_breaks_off_after_its_status_has_that_status(wire):
    result = wire(lambda peer: peer.sendall(OK + b"Content-Length: 100\r\n\r\nthank"), context=tls())

    assert (result.status, result.failure, result.excerpt) == (200, "", "thank")


# --- TLS ---------------------------------------------------------------------------------------------


def test_a_host_that_speaks_no_safe_version_of_tls_is_said_to(wire, monkeypatch):
    def strict():
        context = default()
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return context

    default = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", strict)
    old = tls()
    old.maximum_version = ssl.TLSVersion.TLSv1_2

    result = wire(_silence, context=old)

    assert (result.status, result.failure) == (None, "other-tls")


def test_a_certificate_that_has_expired_is_said_to_have(wire, monkeypatch):
    monkeypatch.setattr("tests.webhooks.receiver.datetime", _LongAgo)

    result = wire(_silence, context=tls())

    assert (result.status, result.failure) == (None, "certificate-expired")


class _LongAgo:
    @staticmethod
    def now(zone):
        from datetime import datetime

        return datetime(2020, 1, 1, tzinfo=zone)


def test_every_failure_is_told_in_words():
    told = [
        "asked-to-wait", "broken-off", "certificate", "certificate-expired", "certificate-name", "gone", "name-unknown",
        "no-connection", "no-https", "other-tls", "redirected", "refused", "secret-unreadable", "too-slow",
    ]  # fmt: skip

    assert [failure for failure in told if webhook_failure_sentence(failure) == failure] == []
