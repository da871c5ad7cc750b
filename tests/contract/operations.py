"""Every route of the server, as the app registers it and as the OpenAPI document describes it.

Tests are parametrized over these lists, so a new route is tested from the moment it is registered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask

from server import app as server_app
from server.domain.codes import Purpose
from server.domain.permissions import Permission, purposes_of
from server.http.openapi import API_PREFIX
from server.http.routes import declarations

BODIES = ("POST", "PUT", "PATCH", "DELETE")
METHODS = ("GET", *BODIES)


@dataclass(frozen=True)
class View:
    """One view under one method and address."""

    method: str
    rule: str
    view: Any = field(compare=False)

    @property
    def name(self) -> str:
        """Method and address, as the document writes it."""
        return f"{self.method} {self.path}"

    @property
    def path(self) -> str:
        """The address as the document writes it."""
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", self.rule)

    @property
    def declared(self) -> dict[str, Any]:
        """What the view declared beside its shapes."""
        return declarations(self.view)


@dataclass(frozen=True)
class Operation(View):
    """A view that stands in the document, with what the document says of it."""

    described: dict[str, Any] = field(compare=False, default_factory=dict)

    @property
    def permission(self) -> Permission | None:
        """The permission it needs; none for a public one."""
        return self.declared.get("permission")

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """The purposes that may be stated; empty where no person is touched."""
        return purposes_of(self.permission) if self.permission else ()

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names of the path's parameters."""
        return tuple(re.findall(r"{([^}]+)}", self.path))

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """All parameters: those of the path and those of the operation."""
        return [resolved(each) for each in (*_paths()[self.path].get("parameters", ()), *self.described["parameters"])]

    @property
    def request_bodies(self) -> dict[str, dict[str, Any]]:
        """Media type → what may be sent."""
        return dict(self.described.get("requestBody", {}).get("content", {}))

    def answers(self, *, good: bool) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Status, media type and content of each documented answer, good or refusing."""
        for status, answer in self.described["responses"].items():
            if (str(status)[0] == "2") is good:
                for media_type, content in resolved(answer).get("content", {}).items():
                    yield str(status), media_type, content


@cache
def _described() -> tuple[Flask, dict[str, Any]]:
    app = Flask("contract", static_folder=None)
    return app, server_app._register_routes(app).spec.to_dict()


def document() -> dict[str, Any]:
    """The OpenAPI document as generated now."""
    return _described()[1]


def _paths() -> dict[str, Any]:
    return dict(document()["paths"])


@cache
def views() -> tuple[View, ...]:
    """Every route of the API; those of the documentation page stand outside the document and are public."""
    app, _ = _described()
    return tuple(
        View(method, rule.rule, app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        for method in METHODS
        if method in (rule.methods or ())
    )


@cache
def operations() -> tuple[Operation, ...]:
    """Every route of the API with its description."""
    return tuple(
        Operation(each.method, each.rule, each.view, _paths().get(each.path, {}).get(each.method.lower(), {}))
        for each in views()
    )


def guarded() -> tuple[Operation, ...]:
    """The operations that need a permission."""
    return tuple(each for each in operations() if each.permission)


def by_tablets() -> tuple[Operation, ...]:
    """The operations that a tablet calls by its proof alone."""
    return tuple(each for each in operations() if each.declared.get("by_device"))


def own_account(operation: Operation) -> bool:
    """Whether it is about nothing but the caller's own account, open to every role."""
    return operation.permission is Permission.ACCOUNT_OWN


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """The part itself, or what its reference means."""
    if "$ref" not in part:
        return part
    found: Any = document()
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def name_of(value: object) -> str:
    """The name a test's case goes by."""
    return value.name.replace(API_PREFIX, "") if isinstance(value, View) else str(value)
