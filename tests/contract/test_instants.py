"""Every instant that can be sent lies in this century: none that a clock cannot reckon with reaches a rule."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from marshmallow import Schema, ValidationError, class_registry, fields

from tests.contract.operations import operations

FAR_OFF = [
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=14))),
    datetime(1999, 12, 31, tzinfo=UTC),
]


def bodies() -> Iterator[Schema]:
    """Each shape that a route takes, by its name in the document."""
    for operation in operations():
        for content in filter(None, [operation.request_bodies.get("application/json")]):
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            shape = class_registry.get_class(f"{name}Schema")
            assert isinstance(shape, type)
            yield shape()


def instants(shape: Schema, path: str) -> Iterator[tuple[str, fields.AwareDateTime]]:
    """Its instants, those of its parts among them."""
    for name, each in shape.fields.items():
        inner = each.inner if isinstance(each, fields.List) else each
        if isinstance(inner, fields.Nested):
            yield from instants(inner.schema, f"{path}.{name}")
        if isinstance(inner, fields.AwareDateTime):
            yield f"{path}.{name}", inner


#: Tablets' clocks are evidence: one told by a false clock turns away its own operation alone, never the whole push
#: (``test_an_instant_outside_the_calendar_does_not_hide_the_townships_reviews``).
EVIDENCE = {"PushSchema.operations.captured_at"}
SENT = dict(found for shape in bodies() for found in instants(shape, type(shape).__name__) if found[0] not in EVIDENCE)


@pytest.mark.parametrize("name", SENT)
@pytest.mark.parametrize("instant", FAR_OFF)
def test_an_instant_of_another_century_is_refused(name: str, instant: datetime) -> None:
    with pytest.raises(ValidationError, match="An instant of this century"):
        SENT[name].deserialize(instant.isoformat())


def test_there_are_instants_to_look_at() -> None:
    assert {"VisitRecordSchema.visited_at", "ReferralAppointmentSchema.at"} <= SENT.keys()
