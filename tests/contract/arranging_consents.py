"""Requests about consents, acts without consent, and who looks after an entry."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from server.domain.codes import LedgerState, LegalBasis, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_consents import BasisAct
from server.domain.legal_basis import BasisSaid
from server.models.consent import LegalBasisUse
from server.services.legal_basis import use_basis
from server.store.transaction import transaction
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make import a_caller
from tests.make_care import InCare, a_consent, in_care
from tests.signed_in import a_user

_IN_PLAN = LedgerState.PLAN_ACTIVE


def _person(scene: Scene, state: LedgerState = _IN_PLAN, **changes: Any) -> InCare:
    return in_care(scene.county, state, carers=(scene.user_id,), **changes)


def _consents(scene: Scene) -> Call:
    person = _person(scene)
    return named(entry_id=person.entry_id)


def _consent(scene: Scene) -> Call:
    return named(consent_id=a_consent(_person(scene), ConsentScope.CONTACT))


def _register(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(a_consent(_person(scene), ConsentScope.CONTACT)),))


def _to_ask(scene: Scene) -> Call:
    person = _person(scene)
    body = {"scope": "contact", "leaflet_version": "2026-1"}
    return Call({"entry_id": str(person.entry_id)}, body, secrets=(str(person.entry_id),))


def _to_answer(scene: Scene) -> Call:
    question = {"state": "requested", "answered_at": None, "given_by": None, "method": None}
    consent_id = a_consent(_person(scene), ConsentScope.FAMILY_CONTACT, **question)
    body = {"answer": "given", "given_by": "self", "method": "paper"}
    return Call({"consent_id": str(consent_id)}, body, version=1, secrets=(str(consent_id),))


def _to_withdraw(scene: Scene) -> Call:
    consent_id = a_consent(_person(scene), ConsentScope.CONTACT)
    return Call({"consent_id": str(consent_id)}, {"how": "phone"}, version=1, secrets=(str(consent_id),))


def _to_leave(scene: Scene) -> Call:
    person = _person(scene)
    return Call({"entry_id": str(person.entry_id)}, {"how": "letter"}, version=1, secrets=(str(person.entry_id),))


def _to_assign(scene: Scene) -> Call:
    person = _person(scene)
    assessor_id, _ = a_user(scene.county, (Role.ASSESSOR, scene.county.township))
    body = {"assessor_id": str(assessor_id), "carer_ids": []}
    return Call({"entry_id": str(person.entry_id)}, body, version=1, secrets=(str(person.entry_id),))


def _basis_to_use(scene: Scene) -> Call:
    person = _person(scene)
    return Call({"entry_id": str(person.entry_id)}, example_body(scene.operation), secrets=(str(person.entry_id),))


def _use(scene: Scene) -> UUID:
    person = _person(scene)
    user = a_caller(scene.county, Role.TOWNSHIP_COORDINATOR, scene.county.township, Purpose.CARE)
    said = BasisSaid(LegalBasis.IMMINENT_DANGER, BasisAct.CONTACT, "家属来电称本人留下告别的话后离家。")
    return use_basis(user, person.entry_id, said).id


def _uses(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_use(scene)),))


def _use_to_tell(scene: Scene) -> Call:
    use_id = _use(scene)
    with transaction(a_caller(scene.county, Role.TOWNSHIP_COORDINATOR, scene.county.township)) as work:
        used_at = work.session.get_one(LegalBasisUse, (scene.county.code, use_id)).used_at
    return Call({"use_id": str(use_id)}, {"person_told_at": used_at.isoformat()}, version=1, secrets=(str(use_id),))


RECORDS: Mapping[tuple[str, ...], Arranger] = {
    ("consent_id",): _consent,
    ("use_id",): lambda scene: named(use_id=_use(scene)),
}
SPECIAL: Mapping[str, Arranger] = {
    "GET /leaflets": lambda _: Call(names=False),
    "GET /consents": _register,
    "GET /ledger-entries/{entry_id}/consents": _consents,
    "POST /ledger-entries/{entry_id}/consents": _to_ask,
    "POST /consents/{consent_id}/answer": _to_answer,
    "POST /consents/{consent_id}/withdrawal": _to_withdraw,
    "POST /ledger-entries/{entry_id}/withdrawal": _to_leave,
    "POST /ledger-entries/{entry_id}/assignment": _to_assign,
    "POST /ledger-entries/{entry_id}/legal-basis-uses": _basis_to_use,
    "GET /legal-basis-uses": _uses,
    "POST /legal-basis-uses/{use_id}/person-told": _use_to_tell,
}
