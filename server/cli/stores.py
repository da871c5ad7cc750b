"""What commands on the server itself open: the store, and a caller who acts for its administrator."""

from server.config import Config
from server.crypto.keyring import load_key_dir
from server.services.operator import operator
from server.store.transaction import Caller, Store, open_store


def owned_store(config: Config) -> Store:
    """The store as the application's role; raises KeyRefused when the keys do not open."""
    return open_store(config, load_key_dir(config.key_dir))


def operator_in(county_code: str) -> Caller:
    """The caller of a command in one county."""
    return operator(owned_store(Config.from_environment()), county_code)
