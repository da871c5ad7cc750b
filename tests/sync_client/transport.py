"""How requests travel: over HTTP, straight into a WSGI application, and through a network that loses things."""

import gzip
import http.client
import io
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """``headers`` are named in lower case."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        """The body, unpacked; None where there is none."""
        raw = gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw
        return json.loads(raw) if raw else None


class NoAnswer(Exception):
    """The request or its answer was lost; nobody knows which."""


Carrier = Callable[[Request], Answer]


def over_http(host: str, port: int, timeout: float = 30) -> Carrier:
    """Each request on a connection of its own."""

    def carry(request: Request) -> Answer:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        try:
            connection.request(request.method, request.path, request.body, dict(request.headers))
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, headers, answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error
        finally:
            connection.close()

    return carry


def into_wsgi(app: Callable[..., Iterable[bytes]]) -> Carrier:
    """Into an application in this process, by the interface that servers use (PEP 3333)."""

    def carry(request: Request) -> Answer:
        told: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            told["status"] = int(status.split(" ", maxsplit=1)[0])
            told["headers"] = {name.lower(): value for name, value in headers}

        parts = app(_environment(request), start_response)
        raw = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        return Answer(told["status"], told["headers"], raw)

    return carry


def _environment(request: Request) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return given | {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


class Fault(StrEnum):
    """What may happen to one request on its way."""

    NONE = "none"
    LOSE_REQUEST = "lose_request"
    LOSE_ANSWER = "lose_answer"
    DUPLICATE = "duplicate"
    """It arrives twice; the second answer is the one that comes back."""
    DELAY = "delay"
    """The sender hears nothing; it arrives later, after others that were sent after it."""


@dataclass
class FaultyNetwork:
    """A carrier that does to the next requests what ``faults`` says, in turn, and then carries well."""

    carrier: Carrier
    faults: deque[Fault] = field(default_factory=deque)
    late: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        fault = self.faults.popleft() if self.faults else Fault.NONE
        if fault is Fault.LOSE_REQUEST:
            raise NoAnswer
        if fault is Fault.DELAY:
            self.late.append(request)
            raise NoAnswer
        answer = self.carrier(request)
        if fault is Fault.DUPLICATE:
            answer = self.carrier(request)
        if fault is Fault.LOSE_ANSWER:
            raise NoAnswer
        return answer

    def deliver_late(self, which: int = -1) -> Answer | None:
        """Let one of the delayed requests arrive now, whoever sent others since; nobody waits for its answer."""
        if not self.late:
            return None
        return self.carrier(self.late.pop(which % len(self.late)))

    def calm(self) -> None:
        """Let everything late arrive, the latest first, and carry well from now on."""
        self.faults.clear()
        while self.late:
            self.deliver_late()
