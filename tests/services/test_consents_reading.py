"""Reading consents: the document for whoever sees the log in full, the register by id."""

import json
from dataclasses import replace

import pytest

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.identity import Grant
from server.domain.pages import PageAsked
from server.errors import NotFound
from server.models.consent import Consent
from server.services.consents_reading import ConsentFilter, list_consents, list_register, read_consent
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, a_consent, an_assessor, in_care
from tests.make_consents import answered, asked
from tests.make_ledger import refusal
from tests.services.test_ledger_reading import statements
from tests.sweeping import events_of

COUNSELLOR_ID = new_id()
WHERE = "试验镇综治中心档案柜2号盒第15页"


@pytest.fixture
def person(county: County) -> InCare:
    """Somebody in a plan, with a counsellor."""
    return in_care(county, LedgerState.PLAN_ACTIVE, carers=(COUNSELLOR_ID,))


def readers(county: County, person: InCare) -> dict[Role, Caller]:
    return {
        Role.ASSESSOR: person.assessor,
        Role.PRIVACY_OFFICER: a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT),
        Role.TOWNSHIP_COORDINATOR: person.coordinator,
        Role.COUNSELLOR: an_assessor(county, COUNSELLOR_ID, Role.COUNSELLOR),
    }


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.PRIVACY_OFFICER, Role.TOWNSHIP_COORDINATOR, Role.COUNSELLOR])
def test_the_document_is_for_whoever_sees_the_log_in_full_and_others_get_no_such_key(
    county: County, person: InCare, role: Role
) -> None:
    given = answered(person, asked(person, ConsentScope.CONTACT), document=WHERE)
    reader = readers(county, person)[role]
    one = read_consent(reader, given.id)
    listed = list_consents(reader, person.entry_id)
    assert [view.scope for view in listed] == ["assessment", "plan_visit", "contact"]
    full = role in {Role.ASSESSOR, Role.PRIVACY_OFFICER}
    assert [getattr(view, "document", "no key") for view in (one, *listed)] == (
        [WHERE, None, None, WHERE] if full else ["no key"] * 4
    )
    fields = [event.get("fields", []) for event in events_of(county) if event["action"] == "consent:read"]
    assert fields[-2:] == [["consent.document"] if full else []] * 2


def test_a_coordinator_who_assesses_others_gets_no_document_of_somebody_they_do_not_look_after(
    county: County, person: InCare
) -> None:
    given = answered(person, asked(person, ConsentScope.CONTACT), document=WHERE)
    one = person.coordinator
    grants = (*one.identity.grants, Grant(new_id(), Role.ASSESSOR, county.township))
    both = replace(one, identity=replace(one.identity, grants=grants))
    assert {
        "document" in vars(view) for view in (read_consent(both, given.id), *list_consents(both, person.entry_id))
    } == {False}


def test_every_reading_names_whose_consent_it_was(county: County, person: InCare) -> None:
    for reader in readers(county, person).values():
        list_consents(reader, person.entry_id)
        list_register(reader, ConsentFilter(), PageAsked(9))
    read = [event for event in events_of(county) if event["action"] == "consent:read"][-8:]
    assert {len(event["subjects"]) for event in read} == {1}
    assert str(person.resident_id) not in json.dumps(read)


def test_the_register_is_by_id_and_filtered_and_pages_join(county: County) -> None:
    officer = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)
    people = [in_care(county, LedgerState.PLAN_ACTIVE) for _ in range(3)]
    gone = a_consent(people[0], ConsentScope.CONTACT, state="withdrawn")
    seen, after = [], None
    while True:
        page = list_register(officer, ConsentFilter(), PageAsked(3, after))
        seen += [view.id for view in page.items]
        after = page.next_keys
        if after is None:
            break
    assert (len(seen), seen) == (7, sorted(set(seen)))
    assert [view.id for view in list_register(officer, ConsentFilter("withdrawn"), PageAsked(9)).items] == [gone]
    by_scope = list_register(officer, ConsentFilter(scope="assessment"), PageAsked(9))
    assert {view.scope for view in by_scope.items} == {"assessment"}
    assert len(by_scope.items) == 3
    assert list_register(officer, ConsentFilter(township_code=county.other_township), PageAsked(9)).items == ()
    assert not any(hasattr(view, "document") for view in by_scope.items)


def test_an_assessor_finds_in_the_register_only_whom_they_look_after(county: County) -> None:
    mine, other = in_care(county), in_care(county)
    page = list_register(mine.assessor, ConsentFilter(), PageAsked(9))
    assert {view.entry_id for view in page.items} == {mine.entry_id}
    with refusal(NotFound, "not_found"):
        list_consents(mine.assessor, other.entry_id)


def test_a_page_of_the_register_takes_as_many_statements_for_one_as_for_twenty(county: County) -> None:
    officer, counts = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT), []
    for more in (1, 19):
        for _ in range(more):
            in_care(county)
        with statements(county.store) as sent:
            page = list_register(officer, ConsentFilter(), PageAsked(50))
        counts.append((len(page.items), len(sent)))
    assert [lines for lines, _ in counts] == [1, 20]
    assert counts[0][1] == counts[1][1] <= 6


def test_one_persons_consents_take_as_many_statements_for_one_as_for_five(county: County) -> None:
    person, counts = in_care(county), []
    list_consents(person.assessor, person.entry_id)
    for scope in (None, ConsentScope.CONTACT, ConsentScope.FAMILY_CONTACT, ConsentScope.PLAN_VISIT):
        if scope:
            answered(person, asked(person, scope), document=WHERE)
        with statements(county.store) as sent:
            list_consents(person.assessor, person.entry_id)
        counts.append(len(sent))
    assert len(set(counts)) == 1


def test_the_document_is_sealed_where_it_lies(county: County) -> None:
    person = in_care(county)
    given = answered(person, asked(person, ConsentScope.CONTACT), document=WHERE)
    with transaction(person.coordinator) as work:
        sealed = work.session.get_one(Consent, (county.code, given.id)).sealed_document
    assert sealed is not None
    assert WHERE.encode() not in sealed
