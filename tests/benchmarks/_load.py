"""Load on an HTTP server: several connections, each of which sends its next request when it has the response."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 30  # seconds


@dataclass(slots=True)
class LoadResponse:
    """A response. ``subject``: what the request was about. ``status``: 0 if the connection broke before the end."""

    subject: Any
    status: int
    body: bytes
    seconds: float

    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass(slots=True)
class Load:
    """The responses to a load, which took ``seconds`` on the whole."""

    seconds: float
    responses: list[LoadResponse] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Responses per second."""
        return len(self.responses) / self.seconds

    def percentile(self, percent: float) -> float:
        """Milliseconds within which that percentage of the responses arrived."""
        times = sorted(response.seconds for response in self.responses)
        return 1000 * times[min(len(times) - 1, int(len(times) * percent / 100))]


def put_load(port: int, requests: Iterator[tuple[Any, bytes]], *, connections: int, seconds: float) -> Load:
    """Send requests, each with its subject, for that many seconds or until there are none left."""
    load = Load(0.0)
    lock = threading.Lock()
    start = time.perf_counter()

    def one_connection() -> None:
        while time.perf_counter() - start < seconds:
            with lock:
                subject, request = next(requests, (None, b""))
            if not request:
                return
            response = _ask(port, subject, request)
            with lock:
                load.responses.append(response)

    threads = [threading.Thread(target=one_connection) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - start
    return load


def post(path: str, body: dict[str, Any], **headers: str) -> bytes:
    """The bytes of a POST request with a JSON body; the server closes the connection afterwards."""
    content = json.dumps(body).encode()
    lines = {
        "Host": "localhost",
        "Content-Type": "application/json",
        "Content-Length": str(len(content)),
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content


def get(path: str, **headers: str) -> bytes:
    """The bytes of a GET request; the server closes the connection afterwards."""
    lines = {"Host": "localhost", "Connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()


def _ask(port: int, subject: Any, request: bytes) -> LoadResponse:
    start = time.perf_counter()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            connection.sendall(request)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        status, body = _read(received)
    except OSError:
        status, body = 0, b""
    return LoadResponse(subject, status, body, time.perf_counter() - start)


def _read(received: bytes) -> tuple[int, bytes]:
    """Status and body of a response; 0 and nothing where the body is not as long as its header says."""
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
    if not lengths or int(lengths[0]) != len(body):
        return 0, b""
    return int(lines[0].split()[1]), body
