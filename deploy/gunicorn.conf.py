"""Gunicorn's settings, for `linli serve` and deploy/linli-web.service alike; they give the address."""

import socket
import struct
from typing import Any

# Two processes of four threads suit two cores: most of the work is waiting for PostgreSQL.
workers = 2
worker_class = "gthread"
threads = 4

# Each process opens its own database connections and keys: nothing secret is shared by forking.
preload_app = False

# Answers are short; a spreadsheet of a township takes seconds. A stopping server lets requests finish.
timeout = 120
graceful_timeout = 30
keepalive = 5

# A request that is larger than any of ours is refused before it reaches us.
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# Addresses carry record ids, so there is no access log here: who saw what is in the product's own.
accesslog = None
errorlog = "-"
loglevel = "warning"

# One way to steer the server: signals.
control_socket_disable = True

# Nobody keeps a thread by saying nothing: a connection reaches us with its first bytes, and each further wait, for the
# rest of a request or for a reader, ends after so many seconds. What drips byte by byte is for the proxy to hold.
PATIENCE_S = 10


def when_ready(server: Any) -> None:
    """Set the patience on the listening sockets; the system hands it down to every connection."""
    wait = struct.pack("ll", PATIENCE_S, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, wait)
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, wait)
        if listener.sock.family in {socket.AF_INET, socket.AF_INET6}:
            listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, PATIENCE_S)
