"""Hotline contacts as rows: an operator's own, with times kept to the hour under ids drawn at random."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.models.site import HotlineContact
from server.store.events import AccessEvent
from server.store.pages import records_page
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work


def add_contact(work: Work, row: HotlineContact) -> None:
    """Write a contact such that no time and no id of it joins it to what else was written then.

    The event names no record either: it would stand beside that of the safety event.
    """
    row.county_code, row.id = work.county_code, uuid4()
    row.version, row.created_by = 1, work.identity.user_id
    row.held_at = _to_the_hour(row.held_at)
    row.created_at = row.updated_at = _to_the_hour(work.now)
    work.session.add(row)
    work.session.flush()
    work.note(AccessEvent(Permission.HOTLINE_WRITE, table=row.__tablename__))


def contacts_page(work: Work, asked: PageAsked) -> Page[HotlineContact]:
    """A page of the caller's own contacts, in no order of time; the event says how many were read."""
    scope = within(
        work.identity, Permission.HOTLINE_READ, ScopeColumns(HotlineContact.area_code, HotlineContact.created_by)
    )
    statement = select(HotlineContact).where(HotlineContact.county_code == work.county_code, scope)
    page = records_page(work.session, statement, HotlineContact.id, asked)
    work.note(AccessEvent(Permission.HOTLINE_READ, table="hotline_contact", count=len(page.items)))
    return page


def _to_the_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
