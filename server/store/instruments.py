"""Screening instruments as they stand in a county: those that ship, those it loaded, and what it decided about each.

What ships is read from ``seeds/instruments`` once per process. A county's row is written with its first decision;
until then a bundled instrument is enabled and an optional one is not. Definitions never change, so that a saved result
is read with the very wording it was answered in.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Select, select

from server.domain.codes_instruments import InstrumentStatus
from server.domain.instrument_rules import parse_definition
from server.domain.instruments import Definition
from server.errors import Stale
from server.models.assessment import Instrument
from server.store.records import as_read, found
from server.store.taken import insert_new
from server.store.transaction import Work, new_id

FOLDER = Path(__file__).resolve().parents[2] / "seeds" / "instruments"
_SCHEMA = "schema.json"
#: The version of what ships and was never decided about.
AS_SHIPPED = 1


@cache
def shipped() -> Mapping[tuple[str, str], Definition]:
    """Every definition that ships, by code and edition; raises Invalid ``instrument_definition_invalid``."""
    paths = [path for path in sorted(FOLDER.glob("*.json")) if path.name != _SCHEMA]
    known = [parse_definition(json.loads(path.read_text("utf-8"))) for path in paths]
    return MappingProxyType({(one.code, one.edition): one for one in known})


def is_shipped(code: str) -> bool:
    """Whether an instrument of this code ships, in whichever edition."""
    return any(code == known for known, _ in shipped())


def all_instruments(work: Work) -> list["KnownInstrument"]:
    """Everything the county knows, by code and edition."""
    return sorted(_known(work), key=lambda one: (one.definition.code, one.definition.edition))


def definitions(work: Work) -> dict[tuple[str, str], Definition]:
    """Every definition by code and edition, in one statement."""
    return {(one.definition.code, one.definition.edition): one.definition for one in _known(work)}


def instrument_by_code(work: Work, code: str, edition: str | None) -> "KnownInstrument":
    """One edition; without its name, the latest that is enabled, else the latest. Raises NotFound ``not_found``."""
    editions = [
        one for one in _known(work, code) if one.definition.code == code and edition in {None, one.definition.edition}
    ]
    return found(max(editions, key=lambda one: (one.enabled, one.definition.edition), default=None))


def instrument_for_change(work: Work, code: str, edition: str, version: int) -> "KnownInstrument":
    """As ``instrument_by_code`` with the county's row locked; raises Stale ``record_changed`` too."""
    known = instrument_by_code(work, code, edition)
    if known.row is None:
        if version != AS_SHIPPED:
            raise Stale("record_changed")
        return known
    statement = _rows(work, code).where(Instrument.edition == edition)
    statement = statement.with_for_update().execution_options(populate_existing=True)
    return KnownInstrument(known.definition, as_read(work.session.scalar(statement), version))


def row_of(work: Work, known: "KnownInstrument") -> Instrument:
    """The county's row, counted up; made now where an instrument that ships is decided about for the first time."""
    if known.row is not None:
        known.row.version += 1
        known.row.updated_at = work.now
        return known.row
    return add_row(work, known.definition, None, version=AS_SHIPPED + 1)


def add_row(work: Work, definition: Definition, loaded: str | None, *, version: int) -> Instrument:
    """A new row, not enabled; ``loaded`` is a county's own definition as JSON. Raises Conflict ``record_exists``."""
    row = Instrument(
        county_code=work.county_code,
        id=new_id(),
        code=definition.code,
        edition=definition.edition,
        definition=loaded,
        enabled=False,
        version=version,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )
    insert_new(work, row)
    return row


def _known(work: Work, code: str | None = None) -> Iterator["KnownInstrument"]:
    rows = {(row.code, row.edition): row for row in work.session.scalars(_rows(work, code))}
    for key, definition in shipped().items():
        yield KnownInstrument(definition, rows.pop(key, None))
    for row in rows.values():
        yield KnownInstrument(parse_definition(json.loads(row.definition or "null")), row)


def _rows(work: Work, code: str | None) -> Select[Instrument]:
    statement = select(Instrument).where(Instrument.county_code == work.county_code)
    return statement if code is None else statement.where(Instrument.code == code)


@dataclass(frozen=True)
class KnownInstrument:
    """A definition, and the county's row about it if it has one."""

    definition: Definition
    row: Instrument | None

    @property
    def enabled(self) -> bool:
        """Whether the county may use it now."""
        return self.definition.status is InstrumentStatus.BUNDLED if self.row is None else self.row.enabled

    @property
    def cut_off(self) -> int | None:
        """The county's own cut-off."""
        return None if self.row is None else self.row.cut_off

    @property
    def licence_evidence(self) -> str | None:
        """Where the county's licence can be seen."""
        return None if self.row is None else self.row.licence_evidence

    @property
    def version(self) -> int:
        """Counts the county's decisions; what nobody decided about is version 1."""
        return AS_SHIPPED if self.row is None else self.row.version
