"""Screening instruments of a county: seeing them, loading one, enabling one with its licence."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.codes_instruments import InstrumentStatus
from server.domain.instrument_rules import RESTRICTED, parse_loaded
from server.domain.instruments import Definition
from server.domain.permissions import Permission
from server.errors import Conflict, Invalid, NotFound
from server.store.instruments import (
    AS_SHIPPED,
    KnownInstrument,
    add_row,
    all_instruments,
    instrument_by_code,
    instrument_for_change,
    is_shipped,
    row_of,
)
from server.store.records import note_written
from server.store.transaction import Caller, transaction


@dataclass(frozen=True)
class InstrumentView:
    """An instrument with its wording and licence, and the county's say about it."""

    definition: Definition
    enabled: bool
    enabled_by: UUID | None
    enabled_at: datetime | None
    licence_evidence: str | None
    #: The cut-off in use, before what is published for women.
    cut_off: int | None
    #: Languages in which some wording is not the reviewed, published one.
    unreviewed: tuple[str, ...]
    version: int


@dataclass(frozen=True)
class Enabling:
    """How an instrument is to be enabled: by which licence, and with which cut-off if it allows one."""

    edition: str
    licence_evidence: str | None = None
    cut_off: int | None = None


def list_instruments(caller: Caller) -> list[InstrumentView]:
    """Every instrument the county knows, enabled or not."""
    with transaction(caller) as work:
        return [_view(known) for known in all_instruments(work)]


def read_instrument(caller: Caller, code: str, edition: str | None) -> InstrumentView:
    """One instrument; without an edition the one in use. Raises NotFound."""
    with transaction(caller) as work:
        return _view(instrument_by_code(work, _stored(code), edition))


def load_instrument(caller: Caller, value: Mapping[str, object], licence_evidence: str | None) -> InstrumentView:
    """Take in a county's own definition. It stays disabled until the privacy officer enables it.

    Raises:
        Invalid: ``instrument_definition_invalid`` with every fault; ``instrument_licence_missing``, this instrument may
            not even be copied without one.
        Conflict: ``instrument_shipped``, ``record_exists``.
    """
    definition = parse_loaded(value)
    if is_shipped(definition.code):
        raise Conflict("instrument_shipped", field="definition.code")
    if definition.code in RESTRICTED and licence_evidence is None:
        raise Invalid("instrument_licence_missing", field="licence_evidence")
    with transaction(caller) as work:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        row = add_row(work, definition, text, version=AS_SHIPPED)
        row.licence_evidence = licence_evidence
        note_written(work, Permission.INSTRUMENT_LOAD, row)
        return _view(KnownInstrument(definition, row))


def enable_instrument(caller: Caller, code: str, version: int, wanted: Enabling) -> InstrumentView:
    """Enable an instrument, or change its cut-off. What is not bundled needs its licence named, now or earlier.

    Raises:
        NotFound, Stale.
        Invalid: ``instrument_licence_missing``, ``instrument_cut_off``, ``instrument_without_cut_off``.
    """
    with transaction(caller) as work:
        known = instrument_for_change(work, _stored(code), wanted.edition, version)
        _check_cut_off(known.definition, wanted.cut_off)
        evidence = wanted.licence_evidence or known.licence_evidence
        if evidence is None and known.definition.status is not InstrumentStatus.BUNDLED:
            raise Invalid("instrument_licence_missing", field="licence_evidence")
        row = row_of(work, known)
        row.enabled, row.enabled_by, row.enabled_at = True, caller.identity.user_id, work.now
        row.licence_evidence, row.cut_off = evidence, wanted.cut_off
        note_written(work, Permission.INSTRUMENT_ENABLE, row)
        return _view(KnownInstrument(known.definition, row))


def disable_instrument(caller: Caller, code: str, version: int, edition: str) -> InstrumentView:
    """Let nobody use an instrument any more; what was answered stays readable. Raises NotFound, Stale."""
    with transaction(caller) as work:
        known = instrument_for_change(work, _stored(code), edition, version)
        row = row_of(work, known)
        row.enabled, row.enabled_by, row.enabled_at = False, None, None
        note_written(work, Permission.INSTRUMENT_ENABLE, row)
        return _view(KnownInstrument(known.definition, row))


def _check_cut_off(definition: Definition, chosen: int | None) -> None:
    limit = definition.cut_off
    if chosen is None:
        return
    if limit is None:
        raise Invalid("instrument_without_cut_off", field="cut_off")
    if not limit.least <= chosen <= limit.most:
        raise Invalid("instrument_cut_off", field="cut_off", least=limit.least, most=limit.most)


def _stored(code: str) -> str:
    """A code from an address; one the database cannot hold names nothing. Raises NotFound."""
    if "\0" in code:
        raise NotFound("not_found")
    return code


def _view(known: KnownInstrument) -> InstrumentView:
    definition, row = known.definition, known.row
    published = definition.cut_off.default if definition.cut_off else None
    return InstrumentView(
        definition=definition,
        enabled=known.enabled,
        enabled_by=row.enabled_by if row else None,
        enabled_at=row.enabled_at if row else None,
        licence_evidence=known.licence_evidence,
        cut_off=published if known.cut_off is None else known.cut_off,
        unreviewed=definition.unreviewed,
        version=known.version,
    )
