"""The line between a tablet and the server: open, cut, or losing every answer after the request has arrived."""

import socket
from contextlib import suppress
from enum import StrEnum
from threading import Event, Thread


class Line(StrEnum):
    """How the line is."""

    OPEN = "open"
    #: Nobody answers: the tablet is out of reach.
    CUT = "cut"
    #: The server hears the request, and the tablet never hears the answer.
    ANSWERS_LOST = "answers lost"
    #: Nothing is refused and nothing arrives: a line that hangs.
    HANGING = "hanging"


class Gate:
    """A port that passes bytes on to the server's, as long as the line lets them."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.line = Line.OPEN
        #: Set when a request for the watched address has come along.
        self.passed = Event()
        self.watched = b"/sync/push"
        #: Whether the line is cut the moment such a request comes along.
        self.cuts = False
        self._open: set[socket.socket] = set()
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where a browser finds the app: a name, for a passkey belongs to a name and never to a number."""
        return f"http://localhost:{self.port}"

    def set(self, line: Line) -> None:
        """Change the line; connections that stand are broken when it is cut."""
        self.line = line
        if line is Line.CUT:
            for connection in list(self._open):
                _hang_up(connection)

    def lead_to(self, port: int) -> None:
        """Lead new connections to another server."""
        self._target = port

    def watch(self, address: str, *, cut: bool) -> None:
        """Tell by `passed` when a request for this address comes along; `cut` lets it not arrive, nor any other."""
        self.watched, self.cuts = address.encode(), cut
        self.passed.clear()

    def close(self) -> None:
        """Give the port back."""
        self.set(Line.CUT)
        _hang_up(self._listener)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.line is Line.CUT:
                near.close()
                continue
            Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near:
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return  # Nobody is there: between one server and the next.
            self._between(near, far)

    def _between(self, near: socket.socket, far: socket.socket) -> None:
        with far:
            self._open |= {near, far}
            back = Thread(target=self._carry, args=(far, near, False), daemon=True)
            back.start()
            self._carry(near, far, True)
            back.join()
            self._open -= {near, far}

    def _carry(self, source: socket.socket, sink: socket.socket, outward: bool) -> None:
        try:
            while block := source.recv(65536):
                if self.line is Line.CUT:
                    break
                if self.line is Line.HANGING or (self.line is Line.ANSWERS_LOST and not outward):
                    continue
                if outward and self.watched in block:
                    if self.cuts:
                        self.set(Line.CUT)
                        self.passed.set()
                        return
                    self.passed.set()
                sink.sendall(block)
        except OSError:
            pass
        _hang_up(sink)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
