"""The crisis card: the national numbers from the seeds, and the county's own from its table."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import select

from server.domain.crisis_card import CrisisNumber, parse_card
from server.domain.permissions import Facts, Permission, may
from server.errors import NotFound
from server.messages import SEEDS
from server.models.safety import CrisisContact
from server.store.records import as_read
from server.store.taken import insert_new
from server.store.transaction import Work


@cache
def national_numbers() -> tuple[CrisisNumber, ...]:
    """12356, 110 and 120, as the seeds tell them."""
    return parse_card((SEEDS / "crisis-card.csv").read_text("utf-8"))


def county_numbers(work: Work) -> Sequence[CrisisContact]:
    """The county's own numbers in use, in the order of the card."""
    statement = select(CrisisContact).where(CrisisContact.county_code == work.county_code, CrisisContact.active)
    return work.session.scalars(statement.order_by(CrisisContact.position, CrisisContact.code)).all()


def number_for_change(work: Work, code: str, version: int) -> CrisisContact:
    """One of the county's numbers, locked; raises NotFound, Stale ``record_changed``."""
    if not may(work.identity, Permission.CRISIS_CARD_MANAGE, Facts(work.county_code)):
        raise NotFound("not_found")
    statement = select(CrisisContact).where(CrisisContact.county_code == work.county_code, CrisisContact.code == code)
    return as_read(work.session.scalar(statement.with_for_update()), version)


def add_number(work: Work, row: CrisisContact) -> None:
    """Write a number; raises Conflict ``record_exists`` for a code the county has."""
    insert_new(work, row)


def remove_number(work: Work, row: CrisisContact) -> None:
    """Take a number off the card."""
    work.session.delete(row)
