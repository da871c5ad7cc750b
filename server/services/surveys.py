"""Surveys and their anonymous answers: entered sheet by sheet, read as counts alone (invariant 18)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from server import clock
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.sites import check_past
from server.errors import Invalid
from server.models.site import Survey
from server.services.sites import looking_at
from server.store import surveys as store
from server.store.place_records import add_in_area, place_record, place_records_page
from server.store.transaction import Caller, transaction


@dataclass(frozen=True)
class Answered:
    """How many sheets of a survey are in."""

    survey_id: UUID
    added: int
    answers: int


def list_surveys(caller: Caller, area_code: str | None, asked: PageAsked) -> Page[Survey]:
    """A page of surveys in the order of their ids; raises Invalid ``area_code_invalid``."""
    with transaction(looking_at(caller, area_code)) as work:
        return place_records_page(work, Survey, area_code, asked)


def enter_survey(caller: Caller, given: Mapping[str, Any]) -> Survey:
    """Enter a survey that was held; its facts stay as they are once sheets lean on them.

    Raises Invalid ``day_in_future`` and those of the area, NotFound, Conflict ``record_exists``.
    """
    check_past(given["held_on"], clock.today(), "held_on")
    with transaction(caller) as work:
        return add_in_area(work, Permission.SURVEY_WRITE, Survey(**given))


def add_answers(caller: Caller, survey_id: UUID, sheets: Sequence[Mapping[str, Any]]) -> Answered:
    """Add sheets, without a trace of who filled them in or when.

    Raises NotFound, Invalid ``survey_correct_above_total``.
    """
    for number, sheet in enumerate(sheets):
        if sheet["correct"] > sheet["total"]:
            raise Invalid("survey_correct_above_total", field=f"answers.{number}.correct")
    with transaction(caller) as work:
        survey = place_record(work, Permission.SURVEY_WRITE, Survey, survey_id)
        store.add_answers(work, survey, sheets)
        return Answered(survey.id, len(sheets), store.count_answers(work, survey))
