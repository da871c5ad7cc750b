"""The hotline: contacts that lead to nobody, and the hand-over of a crisis as a safety event.

The two are written in one transaction and know nothing of each other: the contact says only that it was handed over.
"""

from collections.abc import Mapping
from typing import Any

from server.domain.area_codes import parse_area_code
from server.domain.codes_care import SafetySource
from server.domain.crisis_reports import CrisisReport
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.domain.sites import HandOver
from server.errors import Invalid, NotFound
from server.models.site import HotlineContact
from server.store.grants import area_is_known
from server.store.hotline import add_contact, contacts_page
from server.store.safety_events import NewSafetyEvent, raise_event
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list


def list_contacts(caller: Caller, asked: PageAsked) -> Page[HotlineContact]:
    """A page of the operator's own contacts."""
    with transaction(caller) as work:
        return contacts_page(work, asked)


def record_contact(caller: Caller, given: Mapping[str, Any], hand_over: HandOver | None) -> HotlineContact:
    """Record a contact and, in a crisis, call the township and the assessors within two hours.

    Raises:
        Invalid: ``day_in_future``; ``hotline_hand_over_not_crisis``; ``diagnosis_in_text``.
        NotFound: the area of the hand-over is none of the operator's, or not there.
    """
    if hand_over is not None and not given["crisis"]:
        raise Invalid("hotline_hand_over_not_crisis", field="hand_over")
    with transaction(caller) as work:
        if given["held_at"] > work.now:
            raise Invalid("day_in_future", field="held_at")
        row = HotlineContact(**given, area_code=work.county_code, handed_over=hand_over is not None)
        add_contact(work, row)
        if hand_over is not None:
            _raise(work, hand_over)
        return row


def _raise(work: Work, hand_over: HandOver) -> None:
    area = parse_area_code(hand_over.area_code)
    if not may(work.identity, Permission.SAFETY_RAISE, Facts(area)) or not area_is_known(work, area):
        raise NotFound("not_found", field="hand_over.area_code")
    told = CrisisReport(hand_over.kind, hand_over.facts).checked(word_list(), "hand_over.")
    raise_event(work, NewSafetyEvent(area, told, SafetySource.HOTLINE))
