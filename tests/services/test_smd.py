"""The summary of a severe mental disorder: who writes it, who is told what, and when the next contact is due."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_smd import Adherence, SmdDiagnosis, Stability
from server.domain.codes_teams import StandDownReason
from server.domain.smd import Contact
from server.errors import Forbidden, LinliError, NotFound, Stale
from server.models.team import SmdSummary
from server.services.case_teams import stand_down_team
from server.services.smd import DueView, SummaryView, open_summary, read_summary, write_contact
from server.store.care import columns_of
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, an_assessor, entry_of, in_care
from tests.make_teams import a_constituted_team, a_minute
from tests.sweeping import events_of

S = Stability


def a_patient(county: County, **changes: object) -> tuple[InCare, Caller]:
    """Somebody in care, and the clinician who looks after them."""
    clinician = an_assessor(county, role=Role.CLINICIAN)
    return in_care(county, LedgerState.PLAN_ACTIVE, carers=(clinician.identity.user_id,), **changes), clinician


def a_contact(stability: Stability = S.BASICALLY_STABLE, **changes: object) -> Contact:
    danger = {S.UNSTABLE: 3, S.BASICALLY_STABLE: 1, S.STABLE: 0, S.NOT_SEEN: None}[stability]
    given = {"registered": True, "stability": stability, "contacted_on": clock.today(), "danger": danger}
    return Contact(**given | changes)  # type: ignore[arg-type]


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(LinliError) as refused:
        act(*arguments)  # type: ignore[operator]
    return refused.value.code


def test_a_clinician_writes_and_reads_the_whole_summary(county: County) -> None:
    person, clinician = a_patient(county)
    contact = a_contact(adherence=Adherence.REGULAR, diagnosis=SmdDiagnosis.BIPOLAR, document="出院记录 2026-118")
    made = open_summary(clinician, person.entry_id, contact)
    today = clock.today()
    assert read_summary(clinician, person.entry_id) == made
    assert vars(made) == {
        "entry_id": person.entry_id,
        "next_contact_due_on": today + timedelta(days=14),
        "version": 1,
        "registered": True,
        "stability": "2",
        "stability_since": today,
        "last_contact_on": today,
        "contact_interval": "two_weeks",
        "danger": 1,
        "adherence": "1",
        "diagnosis": "04",
        "document": "出院记录 2026-118",
    }
    assert refusal(open_summary, clinician, person.entry_id, contact) == "smd_summary_exists"


def test_whoever_is_not_the_persons_clinician_is_told_the_due_day_alone(county: County) -> None:
    person, clinician = a_patient(county)
    open_summary(clinician, person.entry_id, a_contact())
    for caller in (person.coordinator, person.assessor):
        view = read_summary(caller, person.entry_id)
        assert view == DueView(person.entry_id, clock.today() + timedelta(days=14), 1)
        assert {field.name for field in fields(view)} == {"entry_id", "next_contact_due_on", "version"}
    assert refusal(read_summary, an_assessor(county, role=Role.CLINICIAN), person.entry_id) == "not_found"


def test_a_clinician_who_reaches_somebody_through_another_role_is_told_the_due_day_alone(county: County) -> None:
    person, clinician = a_patient(county)
    open_summary(clinician, person.entry_id, a_contact())
    both = an_assessor(county, role=Role.CLINICIAN)
    office = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township)
    grants = (*both.identity.grants, *office.identity.grants)
    both = replace(both, identity=replace(both.identity, grants=grants))
    assert type(read_summary(both, person.entry_id)) is DueView


def test_guardrail_g4_only_the_persons_clinician_writes_a_diagnosis(county: County) -> None:
    person, clinician = a_patient(county)
    contact = a_contact(diagnosis=SmdDiagnosis.SCHIZOPHRENIA)
    for role in set(Role) - {Role.CLINICIAN}:
        area = county.code if role is not Role.CITY_SUPERVISOR else county.code[:4]
        caller = a_caller(county, role, area, Purpose.CARE)
        with pytest.raises(Forbidden):
            open_summary(caller, person.entry_id, contact)
    with pytest.raises(Forbidden):
        open_summary(person.assessor, person.entry_id, contact)
    with pytest.raises(NotFound):
        open_summary(an_assessor(county, role=Role.CLINICIAN), person.entry_id, contact)
    assert open_summary(clinician, person.entry_id, contact).diagnosis == "01"
    log = str(events_of(county))
    assert "smd:write" in log
    with transaction(clinician) as work:
        row = work.session.scalars(select(SmdSummary).where(SmdSummary.entry_id == person.entry_id)).one()
    assert b"01" not in row.sealed_diagnosis[:2]


def test_invariant_20_not_seen_keeps_interval_danger_and_medicine_and_says_nothing_of_stability(county: County) -> None:
    person, clinician = a_patient(county)
    seen = clock.today() - timedelta(days=30)
    stable = a_contact(S.STABLE, contacted_on=seen, adherence=Adherence.REGULAR)
    open_summary(clinician, person.entry_id, stable)
    missed = write_contact(clinician, person.entry_id, 1, a_contact(S.NOT_SEEN))
    assert (missed.stability, missed.stability_since, missed.last_contact_on) == ("not_seen", None, seen)
    assert (missed.contact_interval, missed.danger, missed.adherence) == ("three_months", 0, "1")
    assert missed.next_contact_due_on > clock.today() + timedelta(days=80)
    again = write_contact(clinician, person.entry_id, 2, a_contact(S.NOT_SEEN))
    assert (again.contact_interval, again.last_contact_on) == ("three_months", seen)


def test_invariant_20_somebody_never_met_is_due_in_two_weeks(county: County) -> None:
    person, clinician = a_patient(county)
    made = open_summary(clinician, person.entry_id, a_contact(S.NOT_SEEN))
    assert (made.stability, made.danger, made.last_contact_on) == ("not_seen", None, None)
    assert made.next_contact_due_on == clock.today() + timedelta(days=14)


def test_the_intervals_follow_the_course(county: County) -> None:
    person, clinician = a_patient(county)
    first = clock.today() - timedelta(days=40)
    days = [first + timedelta(days=days) for days in (0, 14, 28, 40)]
    open_summary(clinician, person.entry_id, a_contact(S.UNSTABLE, contacted_on=days[0]))
    second = write_contact(clinician, person.entry_id, 1, a_contact(contacted_on=days[1]))
    third = write_contact(clinician, person.entry_id, 2, a_contact(contacted_on=days[2], settling=False))
    fourth = write_contact(clinician, person.entry_id, 3, a_contact(S.STABLE, contacted_on=days[3]))
    assert [one.contact_interval for one in (second, third, fourth)] == ["two_weeks", "one_month", "three_months"]
    assert (second.stability_since, third.stability_since, fourth.stability_since) == (days[1], days[1], days[3])
    code = refusal(write_contact, clinician, person.entry_id, 4, a_contact(contacted_on=days[2]))
    assert code == "smd_contact_before_last"


def test_a_class_more_stable_than_the_danger_is_refused_and_changes_nothing(county: County) -> None:
    person, clinician = a_patient(county)
    made = open_summary(clinician, person.entry_id, a_contact(S.UNSTABLE, danger=4))
    calm = a_contact(S.STABLE, danger=4)
    assert refusal(write_contact, clinician, person.entry_id, 1, calm) == "smd_class_contradicted"
    assert read_summary(clinician, person.entry_id) == made
    with pytest.raises(Stale):
        write_contact(clinician, person.entry_id, 2, a_contact())


def test_follow_up_needs_consent_to_visits_or_assessment(county: County) -> None:
    person, clinician = a_patient(county, consents=(ConsentScope.CONTACT,))
    assert refusal(open_summary, clinician, person.entry_id, a_contact()) == "consent_missing"
    agreed, clinician = a_patient(county, consents=(ConsentScope.ASSESSMENT,))
    assert type(open_summary(clinician, agreed.entry_id, a_contact())) is SummaryView


def test_a_summary_of_an_ended_entry_is_not_carried_on(county: County) -> None:
    person, clinician = a_patient(county)
    earlier, _ = a_patient(county)
    with transaction(clinician) as work:
        columns = columns_of(work, entry_of(work, earlier), new_id()) | {"resident_id": person.resident_id}
        work.session.add(SmdSummary(**columns, registered=True, stability="3", contact_interval="three_months"))
    assert refusal(read_summary, person.coordinator, person.entry_id) == "not_found"
    made = open_summary(clinician, person.entry_id, a_contact(S.NOT_SEEN))
    assert (made.contact_interval, made.version) == ("two_weeks", 1)


@pytest.mark.parametrize(("stability", "ends"), [(S.STABLE, True), (S.NOT_SEEN, False), (S.UNSTABLE, False)])
def test_invariant_20_a_team_stands_down_by_what_the_summary_says(
    county: County, stability: Stability, ends: bool
) -> None:
    person, clinician = a_patient(county)
    team = a_constituted_team(county, person)
    a_minute(team)
    long_ago = clock.today() - timedelta(days=100)
    open_summary(clinician, person.entry_id, a_contact(S.STABLE, contacted_on=long_ago))
    write_contact(clinician, person.entry_id, 1, a_contact(stability))
    arguments = (person.coordinator, team.id, team.view.version + 1, StandDownReason.STABLE)
    if ends:
        assert stand_down_team(*arguments).state == "stood_down"
    else:
        assert refusal(stand_down_team, *arguments) == "team_not_stable_long"


def test_invariant_6_every_opening_names_the_person_and_the_fields(county: County) -> None:
    person, clinician = a_patient(county)
    open_summary(clinician, person.entry_id, a_contact())
    read_summary(person.coordinator, person.entry_id)
    read = [one for one in events_of(county) if one["action"] == "smd:read"]
    assert [(one.get("fields", []), len(one["subjects"])) for one in read] == [
        (["smd_summary.danger", "smd_summary.adherence", "smd_summary.diagnosis", "smd_summary.document"], 1),
        ([], 1),
    ]
