"""Screening instruments: their wording, licence and bands, and which of them the county uses."""

from typing import Any

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.instrument_examples import DEFINITION, INSTRUMENT
from server.schemas.instruments import (
    InstrumentDisablingSchema,
    InstrumentEnablingSchema,
    InstrumentQuery,
    InstrumentSchema,
    InstrumentsSchema,
    NewInstrumentSchema,
)
from server.services import instruments
from server.services.instruments import Enabling, InstrumentView

blueprint = Blueprint(
    "instruments", __name__, url_prefix="/instruments", description="Screening instruments; a result is no diagnosis."
)

_LICENSED = {"edition": "1998", "licence_evidence": "县卫健委〔2026〕12号附件3"}


@blueprint.get("")
@needs(Permission.INSTRUMENT_READ)
@blueprint.response(200, InstrumentsSchema, example={"items": [INSTRUMENT]})
def list_instruments() -> dict[str, list[InstrumentView]]:
    """List the instruments the county knows, enabled or not."""
    return {"items": instruments.list_instruments(current_caller())}


@blueprint.post("")
@needs(Permission.INSTRUMENT_LOAD)
@refuses("instrument_definition_invalid", "instrument_licence_missing", "instrument_shipped", "record_exists")
@blueprint.arguments(NewInstrumentSchema, example={"definition": DEFINITION})
@blueprint.response(201, InstrumentSchema, example=INSTRUMENT)
def load_instrument(body: dict[str, Any]) -> tuple[InstrumentView, dict[str, str]]:
    """Load an instrument of the county's own; it stays disabled until it is enabled with its licence."""
    evidence = body.get("licence_evidence")
    return tagged(instruments.load_instrument(current_caller(), body["definition"], evidence))


@blueprint.get("/<string:instrument>")
@needs(Permission.INSTRUMENT_READ)
@refuses("not_found")
@blueprint.arguments(InstrumentQuery, location="query")
@blueprint.response(200, InstrumentSchema, example=INSTRUMENT)
def read_instrument(query: dict[str, str], instrument: str) -> tuple[InstrumentView, dict[str, str]]:
    """Read one instrument with its items, bands and licence."""
    return tagged(instruments.read_instrument(current_caller(), instrument, query.get("edition")))


@blueprint.post("/<string:instrument>/enabling")
@needs(Permission.INSTRUMENT_ENABLE)
@refuses("not_found", "instrument_licence_missing", "instrument_cut_off", "instrument_without_cut_off", "record_exists")
@versioned
@blueprint.arguments(InstrumentEnablingSchema, example=_LICENSED)
@blueprint.response(200, InstrumentSchema, example=INSTRUMENT | {"enabled": True, "version": 2})
def enable_instrument(body: dict[str, Any], instrument: str) -> tuple[InstrumentView, dict[str, str]]:
    """Enable an instrument with its licence attached, or change its cut-off."""
    return tagged(instruments.enable_instrument(current_caller(), instrument, expected_version(), Enabling(**body)))


@blueprint.post("/<string:instrument>/disabling")
@needs(Permission.INSTRUMENT_ENABLE)
@refuses("not_found", "record_exists")
@versioned
@blueprint.arguments(InstrumentDisablingSchema)
@blueprint.response(200, InstrumentSchema, example=INSTRUMENT | {"version": 3})
def disable_instrument(body: dict[str, str], instrument: str) -> tuple[InstrumentView, dict[str, str]]:
    """Let nobody use an instrument any more; what was answered stays readable."""
    return tagged(instruments.disable_instrument(current_caller(), instrument, expected_version(), body["edition"]))
