"""Load on an HTTP server: so many connections at once, each sending its next request when the last is answered."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TIMEOUT = 30  # seconds


@dataclass(slots=True)
class Answer:
    """``status`` is 0 where the connection broke before an answer was complete."""

    asked: Any
    status: int
    body: bytes
    seconds: float

    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass(slots=True)
class Load:
    """What became of a load; ``seconds`` is how long it took on the whole."""

    seconds: float
    answers: list[Answer] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.answers) / self.seconds

    def percentile(self, percent: float) -> float:
        """Milliseconds within which so many per cent were answered."""
        times = sorted(answer.seconds for answer in self.answers)
        return 1000 * times[min(len(times) - 1, int(len(times) * percent / 100))]


def put_load(port: int, requests: Iterator[tuple[Any, bytes]], *, connections: int, seconds: float) -> Load:
    """Send requests (what they ask for, and their bytes) for so long, or until there are none left."""
    load = Load(0.0)
    lock = threading.Lock()
    start = time.perf_counter()

    def one_connection() -> None:
        while time.perf_counter() - start < seconds:
            with lock:
                asked, request = next(requests, (None, b""))
            if not request:
                return
            answer = _ask(port, asked, request)
            with lock:
                load.answers.append(answer)

    threads = [threading.Thread(target=one_connection) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - start
    return load


def post(path: str, body: dict[str, Any], **headers: str) -> bytes:
    """The bytes of a request, for a server that closes the connection after it."""
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


def _ask(port: int, asked: Any, request: bytes) -> Answer:
    start = time.perf_counter()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
            connection.sendall(request)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        status, body = _read(received)
    except OSError:
        status, body = 0, b""
    return Answer(asked, status, body, time.perf_counter() - start)


def _read(received: bytes) -> tuple[int, bytes]:
    """Status and body, if the body is as long as its header says."""
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
    if not lengths or int(lengths[0]) != len(body):
        return 0, b""
    return int(lines[0].split()[1]), body
