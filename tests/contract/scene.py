"""What an arranger is given and what it answers: a scene to set, and the request that then succeeds.

Every noun arranges its own routes in ``arranging_<noun>.py``, as two mappings: ``RECORDS`` by the parameters of an
address, ``SPECIAL`` by an operation's name. ``arranging.py`` gathers them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.domain.codes import Purpose, Role
from server.domain.permissions import POLICY, Whose
from server.store.transaction import Caller
from tests.contract.cast import caller_of
from tests.contract.operations import Operation
from tests.contract.test_routes import example_by_properties, examples_of
from tests.make import County
from tests.sweeping import grid_worker


@dataclass(frozen=True)
class Call:
    """A request that somebody inside the area can make, as far as it names records."""

    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None
    #: Files, for a form that takes them.
    form: Mapping[str, Any] | None = None
    #: Whether the request names something of the area, by id or code: outside it, that is 404.
    names: bool = True
    #: What must not stand in an answer to somebody outside.
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """A fresh county, an operation, and who will call it."""

    operation: Operation
    county: County
    role: Role
    area: str
    user_id: UUID

    @property
    def caller(self) -> Caller:
        """The one who will call, as the services know them."""
        return caller_of(self.county, self.user_id, self.role, self.area, Purpose.SWEEP)

    @property
    def author(self) -> Caller:
        """Who enters the record: the caller where only one's own is reached, else the grid's worker."""
        rules = [rule for rule in POLICY if rule.permission is self.operation.permission and self.role in rule.roles]
        own = all(rule.whose is Whose.OWN for rule in rules)
        return self.caller if own else grid_worker(self.county)


Arranger = Callable[[Scene], Call]


def example_body(operation: Operation) -> Mapping[str, Any] | None:
    """The document's own example of the body."""
    content = operation.request_bodies.get("application/json")
    if content is None:
        return None
    return next(examples_of(content), None) or example_by_properties(content["schema"])


def named(version: int | None = 1, **path: object) -> Call:
    """A call whose address names records."""
    texts = {name: str(value) for name, value in path.items()}
    return Call(texts, version=version, secrets=tuple(texts.values()))
