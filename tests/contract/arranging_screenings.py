"""Requests about screening instruments and screenings that would succeed."""

from collections.abc import Mapping

from server.domain.codes import Purpose
from server.schemas.instrument_examples import DEFINITION
from server.services.screenings import record_screening
from tests.contract.cast import caller_of
from tests.contract.scene import Arranger, Call, Scene, named
from tests.make_care import InCare, in_care
from tests.make_screenings import a_form, body_of


def _person(scene: Scene) -> InCare:
    return in_care(scene.county, carers=(scene.user_id,))


def _recorded(scene: Scene) -> tuple[InCare, str]:
    person = _person(scene)
    carer = caller_of(scene.county, scene.user_id, scene.role, scene.area, Purpose.CARE)
    return person, str(record_screening(carer, person.entry_id, a_form()).id)


def _screening(scene: Scene) -> Call:
    return named(screening_id=_recorded(scene)[1])


def _screenings(scene: Scene) -> Call:
    person, screening_id = _recorded(scene)
    return Call({"entry_id": str(person.entry_id)}, secrets=(screening_id,))


def _form_to_record(scene: Scene) -> Call:
    return Call({"entry_id": str(_person(scene).entry_id)}, body_of(a_form()))


def _instrument(code: str, **body: str) -> Arranger:
    """An instrument that ships: every county has it, so that its address names nothing of an area."""
    return lambda _: Call({"instrument": code}, body or None, version=1, names=False)


RECORDS: Mapping[tuple[str, ...], Arranger] = {("screening_id",): _screening, ("instrument",): _instrument("phq-9")}
SPECIAL: Mapping[str, Arranger] = {
    "GET /instruments": lambda _: Call(names=False),
    "POST /instruments": lambda _: Call(body={"definition": DEFINITION}, names=False),
    "POST /instruments/{instrument}/enabling": _instrument("who-5", edition="1998", licence_evidence="卫办〔2026〕1号"),
    "POST /instruments/{instrument}/disabling": _instrument("phq-9", edition="1999"),
    "GET /ledger-entries/{entry_id}/screenings": _screenings,
    "POST /ledger-entries/{entry_id}/screenings": _form_to_record,
}
