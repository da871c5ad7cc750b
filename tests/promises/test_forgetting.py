"""Who is forgotten is gone from every table: a whole course of care, ended, and its time come."""

import os
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from server import clock
from server.config import Config, psycopg_url
from server.domain.codes import LegalBasis, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_consents import BasisAct, WithdrawalChannel
from server.domain.codes_plans import AdviceCode, FamilyReply
from server.domain.codes_teams import RehabActivity
from server.domain.course import Asked
from server.domain.legal_basis import BasisSaid
from server.domain.rehab import NewAttendance, NewEnrolment
from server.models.tables import METADATA
from server.services.consents import withdraw_everything
from server.services.course import take_course
from server.services.expiry import expire_due
from server.services.family_advice import NewAdvice, give_advice
from server.services.legal_basis import use_basis
from server.services.rehab import attend, enrol
from server.services.screenings import record_screening
from server.services.smd import open_summary
from server.store.transaction import Store, open_store, transaction
from tests.make import County
from tests.make_assessments import signed
from tests.make_care import InCare, a_consent, a_plan, an_assessor, entry_of, visits_of
from tests.make_referrals import drafted, received, referring
from tests.make_screenings import a_form
from tests.make_teams import a_constituted_team, a_minute, a_safety_event, a_site, a_task
from tests.services.test_smd import a_contact
from tests.services.test_sync_push_care import a_visit
from tests.tablets import Tablet, a_field_worker

#: What outlives a person on purpose: that a copy was taken, and by whom; its reason is sealed with the person's keys.
#: The log keeps which record was written, never whose.
STAYS = {"course_copy", "access_stage", "access_log"}
#: A whole course leaves rows in at least these.
COURSE = {
    "resident", "subject", "observation", "ledger_entry", "ledger_entry_observation", "consent",
    "legal_basis_use", "assessment", "screening", "care_plan", "visit", "family_advice", "referral", "case_team",
    "case_team_member", "team_minute", "team_task", "smd_summary", "rehab_enrolment", "rehab_attendance",
    "safety_event", "subject_key", "task", "feed_change", "sync_review", "sync_receipt",
}  # fmt: skip


@pytest.fixture(scope="module")
def jobs(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process opens it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="module")
def whole(config: Config) -> Iterator[Engine]:
    """The database without walls."""
    url = make_url(psycopg_url(os.environ["LINLI_TEST_OWNER_URL"])).set(database=make_url(config.app_url).database)
    engine = create_engine(url)
    yield engine
    engine.dispose()


def a_whole_course(county: County) -> InCare:
    """Somebody of whom everything is written down that the product can hold."""
    clinician = an_assessor(county, role=Role.CLINICIAN)
    made = referring(county, carers=(clinician.identity.user_id,))
    person = made.person
    a_consent(person, ConsentScope.FAMILY_CONTACT)
    a_plan(person, visits=3)
    signed(person)
    record_screening(person.assessor, person.entry_id, a_form())
    received(made)
    drafted(made)
    team = a_constituted_team(county, person)
    a_minute(team)
    a_task(team, team.grid)
    a_safety_event(person)
    open_summary(clinician, person.entry_id, a_contact())
    place = enrol(person.assessor, person.entry_id, NewEnrolment(a_site(county), clock.today()))
    attend(person.assessor, place.id, NewAttendance(clock.today(), RehabActivity.SOCIAL))
    advice = NewAdvice(clock.today(), "1", (AdviceCode.SEE_DOCTOR,), FamilyReply.WILL_DO, narrative="周末陪她去医院。")
    give_advice(person.assessor, person.entry_id, advice)
    said = BasisSaid(LegalBasis.IMMINENT_DANGER, BasisAct.CONTACT, "家属来电称本人离家，已报警并立即上门。")
    use_basis(person.assessor, person.entry_id, said)
    take_course(person.assessor, person.entry_id, Asked())
    tablet = Tablet(county)
    visit_id = visits_of(person)[0].id
    tablet.push(tablet.operation(a_field_worker(county), "visit", a_visit(), record_id=visit_id))
    return person


def ids_of(whole: Engine, person: InCare) -> set[UUID]:
    """The person, the entry, and every record that hangs on either."""
    found = {person.resident_id, person.entry_id}
    for table in METADATA.sorted_tables:
        named = [name for name in ("resident_id", "entry_id") if name in table.columns]
        if named and "id" in table.columns and table.name not in STAYS:
            where = " OR ".join(f"{name} = ANY(:ids)" for name in named)
            statement = text(f"SELECT id FROM {table.name} WHERE {where}")
            with whole.begin() as connection:
                found |= set(connection.scalars(statement, {"ids": [person.resident_id, person.entry_id]}))
    return found


def mentions(whole: Engine, ids: set[UUID]) -> set[str]:
    """The tables of which some row, written out whole, holds one of the ids."""
    pattern = "|".join(str(each) for each in ids)
    with whole.begin() as connection:
        return {
            table.name
            for table in METADATA.sorted_tables
            if connection.scalar(
                text(f"SELECT EXISTS (SELECT FROM {table.name} AS one WHERE one::text ~ :ids)"), {"ids": pattern}
            )
        }


def end(person: InCare) -> None:
    """The person leaves."""
    with transaction(person.assessor) as work:
        version = entry_of(work, person).version
    withdraw_everything(person.assessor, person.entry_id, version, WithdrawalChannel.PERSON_SAID)


def test_invariant_15_nothing_in_any_table_is_left_of_who_is_forgotten(
    county: County, jobs: Store, whole: Engine
) -> None:
    person, neighbour = a_whole_course(county), a_whole_course(county)
    ids, others = ids_of(whole, person), ids_of(whole, neighbour)
    assert mentions(whole, ids) >= COURSE
    end(person)
    assert expire_due(jobs, county.code, clock.now()).forgotten == 0
    assert mentions(whole, ids) >= COURSE | {"ledger_step"}
    with transaction(person.coordinator) as work:
        entry_of(work, person).purge_due_at = clock.now() - timedelta(seconds=1)
    assert expire_due(jobs, county.code, clock.now()).forgotten == 1
    assert mentions(whole, ids) <= STAYS
    assert mentions(whole, others) >= COURSE


def test_invariant_15_the_log_names_nobody_before_or_after(county: County, jobs: Store, whole: Engine) -> None:
    person = a_whole_course(county)
    statement = text("SELECT count(*) FROM access_stage WHERE position(:id IN convert_from(event, 'UTF8')) > 0")
    with whole.begin() as connection:
        assert connection.scalar(statement, {"id": str(person.resident_id)}) == 0
