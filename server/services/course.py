"""One person's course for another system, as a FHIR R5 bundle. There is no way to ask for two people's at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from server.clock import day_of
from server.domain import course, course_fhir
from server.domain.codes import FieldGroup
from server.domain.course import Asked, Person, Pseudonyms, Signed
from server.domain.course_fhir import Resource
from server.domain.permissions import Permission
from server.domain.resident_views import resident_view
from server.domain.visibility import Sight, sight_of_person
from server.errors import NotFound
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, PlanItem, Visit
from server.models.referral import Referral
from server.models.resident import Resident
from server.services.fhir_r5 import written
from server.store.course import CourseRows, NewCopy, add_copy, course_of
from server.store.disclosure import SubjectKeys, disclose, refs_of
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.plans import DETAIL, GOALS
from server.store.residents import plain_of
from server.store.screenings import Opened, open_screenings
from server.store.transaction import Caller, Work, new_id, transaction

PERSON = ("resident.name", "resident.birth_date", "resident.phone", "resident.address")
_COURSE = Permission.COURSE_READ


def take_course(caller: Caller, entry_id: UUID, asked: Asked) -> bytes:
    """A copy of one person's course, as far as the caller's role reads each kind of record and each field.

    The person is named, and free text is given, only where identity is asked for with a reason; the reason is kept
    sealed, the copy stays on record, and the log names the person and every field opened.

    Raises NotFound; Invalid ``course_reason_needed``; Unavailable ``course_invalid``.
    """
    reason = asked.tidy_reason
    with transaction(caller) as work:
        entry = entry_by_id(work, _COURSE, entry_id)
        copy_id = new_id()
        taking = _open(work, entry, copy_id, with_identity=asked.with_identity)
        resources = list(taking.resources())
        add_copy(work, NewCopy(copy_id, entry, asked.with_identity, len(resources), reason))
        work.note(AccessEvent(_COURSE, table="course_copy", record_id=copy_id, version_after=1, count=len(resources)))
        return written(course_fhir.bundle(copy_id, work.now, resources))


def _open(work: Work, entry: LedgerEntry, copy_id: UUID, *, with_identity: bool) -> "_Taking":
    """Read the rows and open what goes into the copy, after the events that name the person."""
    resident = work.session.get(Resident, (work.county_code, entry.resident_id))
    if resident is None:
        raise NotFound("not_found")
    rows = course_of(work, entry)
    fields = (*PERSON, GOALS, DETAIL) if with_identity else ()
    keys = disclose(work, AccessEvent(_COURSE, fields=fields, table="course_copy", record_id=copy_id), [resident.id])
    screenings = open_screenings(work, rows.screenings)
    root = refs_of(work, [resident.id])[resident.id]
    return _Taking(work, entry, resident, rows, screenings, keys if with_identity else None, Pseudonyms(root))


@dataclass(frozen=True, repr=False)
class _Taking:
    """Makes the resources of one copy of what was opened; has no readable ``repr``."""

    work: Work
    entry: LedgerEntry
    resident: Resident
    rows: CourseRows
    screenings: list[Opened]
    #: None where the copy does not name the person.
    keys: SubjectKeys | None
    ids: Pseudonyms

    def resources(self) -> Iterator[Resource]:
        """The person first, then each kind of record, then who signed."""
        yield course_fhir.patient(self.ids, self._person())
        yield from (course_fhir.consent(self.ids, self._consent(row)) for row in self.rows.consents)
        yield from (course_fhir.questionnaire_response(self.ids, _screening(one)) for one in self.screenings)
        yield from (course_fhir.care_plan(self.ids, self._plan(row)) for row in self.rows.plans)
        yield from (course_fhir.encounter(self.ids, _visit(row)) for row in self.rows.visits)
        yield from (course_fhir.service_request(self.ids, self._referral(*each)) for each in self.rows.referrals)
        yield from (course_fhir.provenance(self.ids, signed) for signed in self._signed())

    def _sees(self, group: FieldGroup) -> bool:
        entry = self.entry
        return sight_of_person(self.work.identity, group, entry.area_code, entry.carer_ids) is Sight.FULL

    def _person(self) -> Person:
        row = self.resident
        if self.keys is None:
            return Person(row.sex, row.birth_year)
        shown = resident_view(self.work.identity, plain_of(self.work, self.keys, row, PERSON))
        return Person(row.sex, row.birth_year, shown.name, shown.birth_date, shown.phone, shown.address)

    def _consent(self, row: Consent) -> course.ConsentSaid:
        if not self._sees(FieldGroup.CONSENT_LOG):
            return course.ConsentSaid(row.id, row.scope, row.state)
        on = day_of(row.answered_at or row.asked_at)
        until = day_of(row.withdrawn_at) if row.withdrawn_at else row.valid_to
        return course.ConsentSaid(row.id, row.scope, row.state, on, until)

    def _plan(self, row: CarePlan) -> course.PlanSaid:
        items = [self._item(item) for item in self.rows.items if item.plan_id == row.id]
        goals = self.keys.open(GOALS, row.id, row.resident_id, row.sealed_goals) if self.keys else None
        return course.PlanSaid(row.id, row.state, row.starts_on, row.ended_on, goals, items)

    def _item(self, row: PlanItem) -> course.ItemSaid:
        sealed = row.sealed_detail
        detail = self.keys.open_optional(DETAIL, row.id, row.resident_id, sealed) if self.keys else None
        return course.ItemSaid(row.id, row.service, row.due_on, row.done_at, detail)

    def _referral(self, row: Referral, agency: str) -> course.ReferralSaid:
        if not self._sees(FieldGroup.REFERRAL):
            return course.ReferralSaid(row.id, row.state, row.urgency, row.created_at)
        return course.ReferralSaid(
            row.id, row.state, row.urgency, row.created_at, row.reason, agency or None, row.appointment_at
        )

    def _signed(self) -> Iterator[Signed]:
        """Who wrote an answer down, who filled a form in with somebody, with whom a plan was agreed."""
        if self._sees(FieldGroup.CONSENT_LOG):
            yield from (
                Signed(row.id, row.created_by, row.answered_at) for row in self.rows.consents if row.answered_at
            )
        yield from (Signed(one.row.id, one.row.created_by, one.row.held_at) for one in self.screenings)
        yield from (Signed(row.id, row.lead_id, row.agreed_at) for row in self.rows.plans if row.agreed_at)


def _screening(opened: Opened) -> course.ScreeningSaid:
    row = opened.row
    return course.ScreeningSaid(
        row.id, row.instrument_code, row.instrument_edition, row.held_at, opened.answers, opened.result.total,
        opened.result.band,
    )  # fmt: skip


def _visit(row: Visit) -> course.VisitSaid:
    return course.VisitSaid(row.id, row.state, row.due_from, row.due_to, row.visit_type, row.visited_at, row.outcome)
