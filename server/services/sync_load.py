"""How busy this process is with pulls: what tablets are asked to wait by."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic

from server.domain.feeds import backoff_s


class Load:
    """Counts what runs at once; safe between threads."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._lock = Lock()
        self._running = 0

    @contextmanager
    def one_more(self) -> Iterator[Callable[[], int]]:
        """One more runs within this; what it gives tells, in seconds, how long to wait before the next."""
        began = monotonic()
        with self._lock:
            self._running += 1
        try:
            yield lambda: backoff_s(self._running, monotonic() - began)
        finally:
            with self._lock:
                self._running -= 1
