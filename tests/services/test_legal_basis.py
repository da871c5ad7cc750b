"""Guardrail G6: acting without consent is written down with its basis, and looked into by somebody else."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from server import clock
from server.domain.codes import LedgerState, LegalBasis, Purpose, Role
from server.domain.codes_consents import BasisAct, BasisFinding
from server.domain.deadlines import legal_basis_review_due
from server.domain.legal_basis import BasisReview, BasisSaid
from server.domain.pages import PageAsked
from server.domain.workdays import due_at
from server.errors import Conflict, Forbidden, Invalid, Malformed, NotFound, Stale
from server.models.consent import LegalBasisUse
from server.models.ledger import Task
from server.services.legal_basis import (
    BasisFilter,
    BasisView,
    list_uses,
    read_use,
    review_use,
    tell_person,
    use_basis,
)
from server.store.holidays import work_calendar
from server.store.legal_basis import NewBasisUse, use_legal_basis
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, entry_of, in_care
from tests.make_consents import move_clock
from tests.make_ledger import refusal
from tests.services.test_ledger_reading import statements
from tests.sweeping import events_of

WHY = "家属来电称本人留下告别的话后离家，已报警并立即上门。"
SAID = BasisSaid(LegalBasis.IMMINENT_DANGER, BasisAct.CONTACT, WHY)
UPHELD = BasisReview(BasisFinding.UPHELD)


def an_officer(county: County, user_id: UUID | None = None) -> Caller:
    """The county's privacy officer."""
    caller = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)
    return replace(caller, identity=replace(caller.identity, user_id=user_id or caller.identity.user_id))


def used(person: InCare, **changes: object) -> BasisView:
    said = BasisSaid(**(vars(SAID) | changes))  # type: ignore[arg-type]
    return use_basis(person.assessor, person.entry_id, said)


def tasks(county: County) -> list[tuple[str, str, object, bool]]:
    with transaction(an_officer(county)) as work:
        rows = work.session.scalars(select(Task).where(Task.county_code == county.code).order_by(Task.id))
        return [(row.kind, row.role, row.about_id, row.done_at is not None) for row in rows]


@pytest.mark.parametrize("basis", LegalBasis)
def test_guardrail_g6_an_act_without_consent_is_written_down_and_given_to_the_privacy_officer(
    county: County, basis: LegalBasis
) -> None:
    person = in_care(county)
    use = used(person, basis=basis)
    assert (use.basis, use.done, use.entry_id, use.subject_id) == (
        basis,
        "contact",
        person.entry_id,
        person.resident_id,
    )
    assert (use.reviewed_at, use.finding, use.overdue, use.version) == (None, None, False, 1)
    assert tasks(county) == [("legal_basis_review", "privacy_officer", use.id, False)]


def test_guardrail_g6_the_review_is_due_in_three_working_days_also_over_a_year_end_and_told_when_late(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_to = move_clock(monkeypatch)
    clock_to(date(2026, 12, 30))
    use = used(in_care(county))
    with transaction(an_officer(county)) as work:
        due = legal_basis_review_due(work_calendar(work.session), date(2026, 12, 30))
    assert (use.review_due_at, due.on >= date(2027, 1, 4)) == (due_at(due), True)
    officer = an_officer(county)
    for day, late in [(due.on, False), (due.on + timedelta(days=1), True)]:
        clock_to(day)
        assert read_use(officer, use.id).overdue is late
        assert len(list_uses(officer, BasisFilter(overdue=True), PageAsked(10)).items) == late
    review_use(officer, use.id, 1, UPHELD)
    assert read_use(officer, use.id).overdue is False


def test_guardrail_g6_nobody_is_assessed_against_their_will_on_any_basis(county: County) -> None:
    person = in_care(county)
    for basis in LegalBasis:
        with refusal(Conflict, "legal_basis_not_for_assessment"):
            used(person, basis=basis, done=BasisAct.ASSESSMENT)
        with refusal(Conflict, "legal_basis_not_for_assessment"), transaction(person.assessor) as work:
            entry = entry_of(work, person)
            new = NewBasisUse(entry.area_code, entry.resident_id, entry.id, basis, "assessment", WHY)
            use_legal_basis(work, new)
    assert tasks(county) == []


@pytest.mark.parametrize("state", [LedgerState.REPORTED, LedgerState.CLOSED, LedgerState.SERVICE_DECLINED])
def test_nothing_is_done_without_consent_for_somebody_who_is_not_in_service(county: County, state: LedgerState) -> None:
    person = in_care(county, state, carers=(new_id(),))
    with refusal(Conflict, "ledger_not_in_service"):
        used(person)


def test_guardrail_g6_the_privacy_officer_finds_and_the_task_is_done(county: County) -> None:
    person, officer = in_care(county), an_officer(county)
    use = used(person)
    told = clock.now()
    review = BasisReview(BasisFinding.NOT_UPHELD, told)
    found = review_use(officer, use.id, use.version, review)
    assert (found.finding, found.reviewed_by, found.person_told_at) == ("not_upheld", officer.identity.user_id, told)
    assert (found.reason, found.version) == (WHY, 2)
    assert tasks(county) == [("legal_basis_review", "privacy_officer", use.id, True)]
    with refusal(Conflict, "legal_basis_reviewed"):
        review_use(officer, use.id, 2, UPHELD)


def test_guardrail_g6_nobody_looks_into_what_they_did_themselves(county: County) -> None:
    person = in_care(county)
    use = used(person)
    with refusal(Forbidden, "legal_basis_own_use"):
        review_use(an_officer(county, person.assessor.identity.user_id), use.id, 1, UPHELD)
    for caller in (person.assessor, person.coordinator):
        with refusal(Forbidden, "role_forbidden"):
            review_use(caller, use.id, 1, UPHELD)
    with refusal(Stale, "record_changed"):
        review_use(an_officer(county), use.id, 9, UPHELD)


def test_the_person_is_told_after_the_act_and_before_now(county: County) -> None:
    person = in_care(county)
    use = used(person)
    for at in (use.used_at - timedelta(seconds=1), clock.now() + timedelta(minutes=1)):
        with refusal(Invalid, "person_told_at_wrong"):
            tell_person(person.assessor, use.id, 1, at)
        with refusal(Invalid, "person_told_at_wrong"):
            review_use(an_officer(county), use.id, 1, BasisReview(BasisFinding.UPHELD, at))
    told = tell_person(person.assessor, use.id, 1, use.used_at)
    assert (told.person_told_at, told.version) == (use.used_at, 2)


def test_lists_open_nothing_and_one_reading_names_whose_it_was(county: County) -> None:
    person, officer = in_care(county), an_officer(county)
    use = used(person)
    (line,) = list_uses(officer, BasisFilter(), PageAsked(10)).items
    assert not hasattr(line, "reason")
    assert read_use(officer, use.id).reason == WHY
    listed, read = [event for event in events_of(county) if event["action"] == "legal_basis:read"]
    assert (listed.get("fields", []), len(listed["subjects"])) == ([], 1)
    assert (read["fields"], read["record"], len(read["subjects"])) == (["legal_basis_use.reason"], str(use.id), 1)


def test_what_waits_for_a_review_comes_first_and_pages_join(county: County) -> None:
    officer = an_officer(county)
    uses = [used(in_care(county)).id for _ in range(5)]
    for use_id in (uses[0], uses[3]):
        review_use(officer, use_id, 1, UPHELD)
    seen, after = [], None
    while True:
        page = list_uses(officer, BasisFilter(), PageAsked(2, after))
        seen += [line.id for line in page.items]
        after = page.next_keys
        if after is None:
            break
    assert seen == [uses[1], uses[2], uses[4], uses[0], uses[3]]
    for reviewed, expected in [(True, [uses[0], uses[3]]), (False, [uses[1], uses[2], uses[4]])]:
        page = list_uses(officer, BasisFilter(reviewed=reviewed), PageAsked(9))
        assert [line.id for line in page.items] == expected
    for foreign in (("open",), ("open", "no id"), (str(uses[0]),)):
        with refusal(Malformed, "cursor_malformed"):
            list_uses(officer, BasisFilter(), PageAsked(2, foreign))


def test_a_page_takes_as_many_statements_for_one_as_for_twenty(county: County) -> None:
    officer, counts = an_officer(county), []
    for more in (1, 19):
        for _ in range(more):
            used(in_care(county))
        with statements(county.store) as sent:
            page = list_uses(officer, BasisFilter(), PageAsked(50))
        counts.append((len(page.items), len(sent)))
    assert [lines for lines, _ in counts] == [1, 20]
    assert counts[0][1] == counts[1][1] <= 6


def test_another_township_knows_nothing_of_it(county: County) -> None:
    use = used(in_care(county))
    stranger = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.CARE)
    assert list_uses(stranger, BasisFilter(), PageAsked(9)).items == ()
    with refusal(NotFound, "not_found"):
        read_use(stranger, use.id)
    with refusal(NotFound, "not_found"):
        tell_person(stranger, use.id, 1, use.used_at)


def test_the_reason_is_sealed_where_it_lies(county: County) -> None:
    use = used(in_care(county))
    with transaction(an_officer(county)) as work:
        row = work.session.get_one(LegalBasisUse, (county.code, use.id))
        assert WHY.encode() not in row.sealed_reason
