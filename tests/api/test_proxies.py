"""Whose address a request has, with and without a proxy in front."""

from dataclasses import replace

import pytest
from flask import request

from server.app import create_app
from server.config import Config
from server.store.transaction import Store

FORWARDED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Host": "evil.example"}


@pytest.mark.parametrize(("proxies", "address"), [(0, "192.0.2.1"), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_an_address_is_believed_of_as_many_proxies_as_there_are(
    config: Config, store: Store, proxies: int, address: str
) -> None:
    app = create_app(replace(config, trusted_proxies=proxies), store)
    seen: list[tuple[str | None, str]] = []

    @app.before_request
    def look() -> str:
        seen.append((request.remote_addr, request.host))
        return "seen"

    app.test_client().get("/", headers=FORWARDED, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert seen == [(address, "localhost")]
