"""What commands on the server itself open: the store, and a caller who acts for its administrator."""

from collections.abc import Iterator
from contextlib import contextmanager

from server.config import Config
from server.crypto.keyring import load_key_dir
from server.services.operator import operator
from server.store.transaction import Caller, Store, open_store


@contextmanager
def opened_store(config: Config, *, url: str | None = None) -> Iterator[Store]:
    """The store as the application's role (or at another address), its connections closed at the end.

    Raises KeyRefused when the keys do not open.
    """
    store = open_store(config, load_key_dir(config.key_dir), url=url)
    try:
        yield store
    finally:
        store.engine.dispose()


@contextmanager
def operating_in(county_code: str) -> Iterator[Caller]:
    """The caller of a command in one county."""
    with opened_store(Config.from_environment()) as store:
        yield operator(store, county_code)
