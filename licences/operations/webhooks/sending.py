"""One try to send a message of a webhook over the network (docs/security.md#webhooks).

The name is resolved anew for every try, each address is judged, and the connection goes to an address that was judged:
nothing resolves the name a second time. Certificate and ``Host`` are those of the name. Redirects are not followed, no
proxy is used, and the whole try, however slowly the other side answers, ends after ``LONGEST_TRY``.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from licences.domain.cells import visible_line
from licences.domain.errors import Refusal
from licences.domain.webhook_addresses import (
    Address,
    WebhookTarget,
    literal_address,
    parse_url,
    require_possible,
    require_reachable,
)
from licences.domain.webhooks import asked_wait, is_delivered, is_gone
from licences.models.webhooks import EXCERPT_LENGTH
from licences.operations.webhooks.deliveries import SendResult

CONNECT_SECONDS = 5
LONGEST_TRY = 15  # seconds, without resolving
MOST_ADDRESSES = 3  # of a name, tried one after the other
MOST_BYTES = 4096  # of an answer, which says nothing that is needed
LONGEST_READ = 2  # seconds for these bytes, once the status is known
# What OpenSSL says of a peer that speaks TLS, but none that is safe, or that wants a certificate
_OTHER_TLS = ("ALERT", "UNSUPPORTED", "CIPHER", "DH_KEY", "LEGACY", "PROTOCOL_VERSION")
_EXPIRED, _OTHER_NAMES = 10, (62, 64)  # numbers that OpenSSL gives to reasons not to trust a certificate
AGENT = "Xchange-Licensing-Portal"


def send(url: str, *, headers: Mapping[str, str], body: bytes) -> SendResult:
    """Post a body to the address of a webhook. Never raises for what the network or the receiver does."""
    began = time.monotonic()
    try:
        target = parse_url(url)
        addresses = _judged_addresses(target)
    except Refusal as refusal:
        return SendResult(failure=refusal.code)
    except OSError:
        return SendResult(failure="name-unknown", milliseconds=_since(began))
    result = SendResult()
    for address in addresses[:MOST_ADDRESSES]:
        result = _Try(target, address).run(headers, body)
        if result.failure != "no-connection":
            break
    return replace(result, milliseconds=_since(began))


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order in which they should be tried. ``OSError`` if there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def _judged_addresses(target: WebhookTarget) -> list[Address]:
    """The addresses of a target. ``Refusal`` ``webhook-port``, ``webhook-inside`` if one of them is not allowed."""
    allowed = settings.WEBHOOK_ALLOWED_ADDRESSES
    require_possible(target, allowed=allowed)
    literal = literal_address(target.host)
    texts = [target.host] if literal else resolve(target.host, target.port)
    addresses = [address for address in map(literal_address, texts) if address is not None]
    if not addresses or len(addresses) < len(texts):
        raise OSError(f"no address for {target.host}")
    require_reachable(addresses, target.port, allowed=allowed)
    return addresses


def connect(address: str, port: int) -> socket.socket:
    """A connection to an address, which is not a name."""
    return socket.create_connection((address, port), timeout=CONNECT_SECONDS)


class _PinnedConnection(http.client.HTTPSConnection):
    """A connection for one host that goes to one address.

    ``wire`` is its socket, also while an answer is read: ``sock`` is None by then, as the answer ends the connection.
    """

    wire: ssl.SSLSocket | None = None

    def __init__(self, target: WebhookTarget, address: Address) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS, context=ssl.create_default_context())
        self.address = address

    def connect(self) -> None:
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]
        name = self.host.rstrip(".")
        raw = connect(str(self.address), self.port)
        self.sock = self.wire = context.wrap_socket(raw, server_hostname=name, do_handshake_on_connect=False)
        self.sock.do_handshake()


class _Try:
    """One try at one address, which a timer ends."""

    def __init__(self, target: WebhookTarget, address: Address) -> None:
        self.path = target.path
        self.connection = _PinnedConnection(target, address)
        self.is_connected = self.is_cut = False

    def run(self, headers: Mapping[str, str], body: bytes) -> SendResult:
        timer = threading.Timer(LONGEST_TRY, self._cut)
        timer.daemon = True
        timer.start()
        try:
            return self._post(headers, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return SendResult(failure=self._failure_of(error))
        finally:
            timer.cancel()
            self.connection.close()

    def _post(self, headers: Mapping[str, str], body: bytes) -> SendResult:
        about = {"Content-Type": "application/json", "User-Agent": AGENT, "Connection": "close"}
        self.connection.connect()
        self.is_connected = True
        wire = self.connection.sock
        wire.settimeout(LONGEST_TRY)
        self.connection.request("POST", self.path, body=body, headers={**about, **headers})
        with self.connection.getresponse() as response:
            wait = asked_wait(response.status, response.getheader("Retry-After", ""), now=timezone.now())
            failure = _failure_of_status(response.status, asks_to_wait=wait is not None)
            wire.settimeout(LONGEST_READ)
            return SendResult(response.status, failure, _excerpt(response), wait=wait)

    def _failure_of(self, error: Exception) -> str:
        if self.is_cut or (self.is_connected and isinstance(error, TimeoutError)):
            return "too-slow"
        if isinstance(error, ssl.SSLEOFError | ConnectionError):
            return "broken-off" if self.is_connected else "no-connection"
        if isinstance(error, ssl.SSLError):
            return _failure_of_tls(error)
        if isinstance(error, http.client.HTTPException | ValueError):
            return "no-https"
        return "broken-off" if self.is_connected else "no-connection"

    def _cut(self) -> None:
        """End whatever the connection is waiting for. ``SSLSocket.shutdown`` would drop what the other thread uses."""
        self.is_cut = True
        if self.connection.wire is not None:
            try:
                socket.socket.shutdown(self.connection.wire, socket.SHUT_RDWR)
            except OSError:
                return


def _failure_of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _OTHER_NAMES:
            return "certificate-name"
        return "certificate-expired" if error.verify_code == _EXPIRED else "certificate"
    return "other-tls" if any(word in (error.reason or "") for word in _OTHER_TLS) else "no-https"


def _excerpt(response: http.client.HTTPResponse) -> str:
    """The beginning of an answer as one line. One that breaks off or never ends has its status all the same."""
    found, end = b"", time.monotonic() + LONGEST_READ
    try:
        while len(found) < MOST_BYTES and time.monotonic() < end:
            piece = response.read1(MOST_BYTES - len(found))
            if not piece:
                break
            found += piece
    except (OSError, http.client.HTTPException, ValueError):
        pass  # what was read until then is kept
    text = found.decode("utf-8", "replace")
    return visible_line(" ".join(text.replace("\0", "").split()))[:EXCERPT_LENGTH]


def _failure_of_status(status: int, *, asks_to_wait: bool) -> str:
    if is_delivered(status):
        return ""
    if is_gone(status):
        return "gone"
    if asks_to_wait:
        return "asked-to-wait"
    return "redirected" if 300 <= status < 400 else "refused"


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
