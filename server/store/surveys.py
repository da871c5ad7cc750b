"""Sheets of surveys as rows: many at a time, under random ids, with nothing that leads to anybody."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import func, insert, select

from server.domain.permissions import Permission
from server.models.site import Survey, SurveyAnswer
from server.store.events import AccessEvent
from server.store.transaction import Work


def add_answers(work: Work, survey: Survey, sheets: Sequence[Mapping[str, Any]]) -> None:
    """Write the sheets in one statement, and have it logged how many there were."""
    place = {"county_code": work.county_code, "area_code": survey.area_code, "survey_id": survey.id}
    work.session.execute(insert(SurveyAnswer), [{**place, "id": uuid4(), **sheet} for sheet in sheets])
    work.note(AccessEvent(Permission.SURVEY_WRITE, table="survey_answer", record_id=survey.id, count=len(sheets)))


def count_answers(work: Work, survey: Survey) -> int:
    """How many sheets are in."""
    statement = select(func.count()).select_from(SurveyAnswer)
    statement = statement.where(SurveyAnswer.county_code == work.county_code, SurveyAnswer.survey_id == survey.id)
    return work.session.scalars(statement).one()
