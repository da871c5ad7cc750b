"""A connection that says nothing does not keep a thread of the web server."""

import runpy
import socket
import struct
from types import SimpleNamespace

from server.cli.run import GUNICORN_SETTINGS


def test_every_connection_inherits_the_servers_patience() -> None:
    settings = runpy.run_path(str(GUNICORN_SETTINGS))
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        settings["when_ready"](SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))
        client.connect(listener.getsockname())
        client.sendall(b"G")
        accepted, _ = listener.accept()
        with accepted:
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                seconds, _ = struct.unpack("ll", accepted.getsockopt(socket.SOL_SOCKET, option, 16))
                assert 0 < seconds <= 30


def test_a_connection_without_a_byte_does_not_reach_a_thread() -> None:
    settings = runpy.run_path(str(GUNICORN_SETTINGS))
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as silent:
        settings["when_ready"](SimpleNamespace(LISTENERS=[SimpleNamespace(sock=listener)]))
        silent.connect(listener.getsockname())
        listener.setblocking(False)
        try:
            accepted, _ = listener.accept()
        except BlockingIOError:
            return
        accepted.close()
        raise AssertionError("a silent connection was handed over")
