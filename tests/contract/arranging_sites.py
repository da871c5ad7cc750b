"""Sites and what belongs to them, for the contract: made by whoever may, in the first township."""

from collections.abc import Callable, Mapping
from uuid import UUID

from server import clock
from server.services.activities import enter_activity
from server.services.emergencies import enter_emergency
from server.services.hotline import record_contact
from server.services.providers import enter_provider
from server.services.site_staff import enter_staff
from server.services.sites import enter_site
from server.services.surveys import enter_survey
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make_sites import (
    a_contact,
    a_member,
    a_provider,
    a_site,
    a_survey,
    an_activity,
    an_emergency,
    manager,
    operator,
    reporter,
)


def _site(scene: Scene) -> UUID:
    return enter_site(manager(scene.county), a_site(scene.county.township)).id


def _staff(scene: Scene) -> UUID:
    return enter_staff(manager(scene.county), _site(scene), a_member()).id


def _provider(scene: Scene) -> UUID:
    return enter_provider(reporter(scene.county), a_provider(scene.county.township)).id


def _survey(scene: Scene) -> UUID:
    return enter_survey(reporter(scene.county), a_survey(scene.county.township)).id


def _activity(scene: Scene) -> UUID:
    return enter_activity(manager(scene.county), an_activity(scene.county.township)).id


def _emergency(scene: Scene) -> UUID:
    return enter_emergency(reporter(scene.county), an_emergency(scene.county.township)).id


def _contact(scene: Scene) -> UUID:
    return record_contact(operator(scene.county), a_contact(), None).id


def _listed(make: Callable[[Scene], UUID]) -> Arranger:
    """A list in which somebody outside must not find the record."""
    return lambda scene: Call(names=False, secrets=(str(make(scene)),))


def _entered_here(scene: Scene) -> Call:
    """The document's own example, in the first township."""
    return Call(body=dict(example_body(scene.operation) or {}) | {"area_code": scene.county.township})


def _site_to_move(scene: Scene) -> Call:
    body = dict(example_body(scene.operation) or {}) | {"held_on": clock.today().isoformat()}
    return Call({"site_id": str(_site(scene))}, body, version=1)


def _contact_to_record(scene: Scene) -> Call:
    body = dict(example_body(scene.operation) or {})
    return Call(body=body | {"hand_over": dict(body["hand_over"]) | {"area_code": scene.county.township}})


RECORDS: Mapping[tuple[str, ...], Arranger] = {
    ("site_id",): lambda scene: named(site_id=_site(scene)),
    ("staff_id",): lambda scene: named(staff_id=_staff(scene)),
    ("provider_id",): lambda scene: named(provider_id=_provider(scene)),
    ("survey_id",): lambda scene: named(survey_id=_survey(scene)),
    ("activity_id",): lambda scene: named(activity_id=_activity(scene)),
    ("emergency_id",): lambda scene: named(emergency_id=_emergency(scene)),
}

SPECIAL: Mapping[str, Arranger] = {
    "GET /sites": _listed(_site),
    "GET /activities": _listed(_activity),
    "GET /surveys": _listed(_survey),
    "GET /providers": _listed(_provider),
    "GET /emergencies": _listed(_emergency),
    "GET /hotline-contacts": _listed(_contact),
    "POST /sites": _entered_here,
    "POST /sites/{site_id}/moves": _site_to_move,
    "POST /activities": _entered_here,
    "POST /surveys": _entered_here,
    "POST /providers": _entered_here,
    "POST /emergencies": _entered_here,
    "POST /hotline-contacts": _contact_to_record,
}
