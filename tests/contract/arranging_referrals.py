"""Referrals and agencies, for the contract tests: the caller looks after the person, or answers for the agency."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from server import clock
from server.domain.codes import Role
from server.services.referral_reading import ReferralStatus
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make_care import an_agency
from tests.make_referrals import Referring, appointed, attended, drafted, received, referred_in, referring, sent, told
from tests.signed_in import a_user

Make = Callable[[Referring], ReferralStatus]


def _made(scene: Scene) -> Referring:
    """The caller is a carer, or one of the agency's people."""
    agency = scene.role is Role.RECEIVING_AGENCY
    return referring(scene.county, *((scene.user_id,) if agency else ()), carers=() if agency else (scene.user_id,))


def _at(make: Make, body: Mapping[str, object] | None = None) -> Arranger:
    def arranged(scene: Scene) -> Call:
        view = make(_made(scene))
        return Call(
            {"referral_id": str(view.id)},
            body if body is not None else example_body(scene.operation),
            version=view.version,
            secrets=(str(view.id),),
        )

    return arranged


def _listed(scene: Scene) -> Call:
    view = sent(_made(scene))
    return Call(names=False, secrets=(str(view.id), str(view.agency_id)))


def _drafting(scene: Scene) -> Call:
    made = _made(scene)
    body = {"agency_id": str(made.agency_id), "urgency": "green_channel", "reason": "relapse"}
    return Call({"entry_id": str(made.person.entry_id)}, body)


def _appointing(scene: Scene) -> Call:
    view = received(_made(scene))
    at = (clock.now() + timedelta(days=1)).isoformat()
    return Call({"referral_id": str(view.id)}, {"at": at}, version=view.version)


def _rejecting(scene: Scene) -> Call:
    view = sent(_made(scene))
    return Call({"referral_id": str(view.id)}, {"reason": "no_capacity"}, version=view.version)


def _referring_in(scene: Scene) -> Call:
    agency_id = an_agency(scene.county, scene.user_id)
    body = {
        "agency_id": str(agency_id), "township_code": scene.county.township, "urgency": "routine",
        "reason": "specialist", "name": "上官试验", "person_agreed": True,
    }  # fmt: skip
    return Call(body=body)


def _taking_in(scene: Scene) -> Call:
    view = referred_in(scene.county)
    return named(view.version, referral_id=view.id)


def _agency(scene: Scene) -> Call:
    return named(agency_id=an_agency(scene.county))


def _agency_and_user(scene: Scene) -> Call:
    user_id, _ = a_user(scene.county, (Role.RECEIVING_AGENCY, scene.county.code))
    return named(agency_id=an_agency(scene.county, *((user_id,) if scene.operation.method == "DELETE" else ())),
                 user_id=user_id)  # fmt: skip


def _anyone(scene: Scene) -> Call:
    an_agency(scene.county)
    return Call(names=False)


def _entering(scene: Scene) -> Call:
    body = {"name": f"试验中心{scene.user_id.hex[-6:]}", "kind": "03", "phone": "0000-12345", "hours": "全天"}
    return Call(body=body, names=False)


RECORDS: Mapping[tuple[str, ...], Arranger] = {
    ("referral_id",): _at(sent),
    ("agency_id",): _agency,
    ("agency_id", "user_id"): _agency_and_user,
}
SPECIAL: Mapping[str, Arranger] = {
    "GET /agencies": _anyone,
    "POST /agencies": _entering,
    "PATCH /agencies/{agency_id}": lambda scene: Call(_agency(scene).path, {"capacity": 3}, version=1),
    "GET /referrals": _listed,
    "POST /ledger-entries/{entry_id}/referrals": _drafting,
    "POST /referrals/{referral_id}/sending": _at(drafted),
    "POST /referrals/{referral_id}/cancellation": _at(drafted),
    "POST /referrals/{referral_id}/closure": _at(told, {}),
    "POST /referrals/{referral_id}/taking-in": _taking_in,
    "POST /referrals/{referral_id}/rejection": _rejecting,
    "POST /referrals/{referral_id}/appointment": _appointing,
    "POST /referrals/{referral_id}/attendance": _at(appointed, {"attended": True}),
    "POST /referrals/{referral_id}/feedback": _at(attended),
    "POST /referrals/{referral_id}/back-referral": _at(received, {"urgency": "routine"}),
    "POST /referrals-in": _referring_in,
}
