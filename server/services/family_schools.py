"""Family schools of psychiatric institutions: that a session was held, and how many came. Never who."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server import clock
from server.domain.care_notes import checked_notes
from server.domain.codes import Role
from server.domain.identity import Identity
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.domain.rehab import NewSession
from server.domain.suppression import K
from server.errors import Invalid, NotFound
from server.models.team import FamilySchoolSession
from server.store import rehab as store
from server.store.pages import records_page
from server.store.records import note_written
from server.store.taken import unless_taken
from server.store.transaction import Caller, new_id, transaction
from server.store.word_lists import word_list


def hold_session(caller: Caller, new: NewSession) -> "SessionView":
    """Write down a session of a site in the caller's area.

    Raises NotFound, a site outside the area; Invalid ``service_site_unknown``, ``family_school_in_future``,
    ``family_school_topic_empty``, and as ``checked_notes`` (a topic names no belief, no diagnosis of anybody);
    Conflict ``record_exists``.
    """
    with transaction(caller) as work:
        site = store.site_of(work, new.site_id)
        if not may(work.identity, Permission.FAMILY_SCHOOL_WRITE, Facts(site.area_code)):
            raise NotFound("not_found")
        if new.held_on > clock.day_of(work.now):
            raise Invalid("family_school_in_future", field="held_on")
        topic = checked_notes({"topic": new.topic}, word_list(), clinical=True)["topic"]
        if topic is None:
            raise Invalid("family_school_topic_empty", field="topic")
        row = FamilySchoolSession(
            county_code=work.county_code, id=new.id or new_id(), area_code=site.area_code, site_id=site.id,
            held_on=new.held_on, topic=topic, attendees=new.attendees, version=1,
            created_by=work.identity.user_id, created_at=work.now, updated_at=work.now,
        )  # fmt: skip
        with unless_taken():
            work.session.add(row)
            work.session.flush()
        note_written(work, Permission.FAMILY_SCHOOL_WRITE, row)
        return _view(row)


def list_sessions(caller: Caller, site_id: UUID | None, asked: PageAsked) -> "Page[SessionView]":
    """A page of sessions of the caller's area, of one site if one is named; few families are hidden from above."""
    with transaction(caller) as work:
        page = records_page(work.session, store.sessions_in(work, site_id), FamilySchoolSession.id, asked)
        return page.of([_view(row, hide_few=_from_above(work.identity, row.area_code)) for row in page.items])


def _from_above(identity: Identity, area_code: str) -> bool:
    """Whether the caller only supervises where a session was held."""
    roles = {grant.role for grant in identity.grants if area_code.startswith(grant.area_code)}
    return roles == {Role.COUNTY_SUPERVISOR}


def _view(row: FamilySchoolSession, *, hide_few: bool = False) -> "SessionView":
    """The session; above those who hold and use it, one to four families are not counted out (guardrail G11)."""
    attendees = None if hide_few and 0 < row.attendees < K else row.attendees
    return SessionView(row.id, row.site_id, row.area_code, row.held_on, row.topic, attendees, row.created_at)


@dataclass(frozen=True)
class SessionView:
    """One session: counts, no person."""

    id: UUID
    site_id: UUID
    area_code: str
    held_on: date
    topic: str
    #: None where one to four came and the caller only supervises.
    attendees: int | None
    created_at: datetime
