"""Service sites with their staff and checks, activities, surveys, providers, emergencies, hotline contacts.

None of these tables holds a resident, and none leads to one (invariant 18).
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, Record, TenantRow, part_of

_WALLED = {"info": {"rls": "area"}}


class PlaceRecord(Record):
    """A record of a place or of what happened there: it lies in an area, and nobody's care hangs on it."""

    #: County, township or village, by the length of its code.
    area_code: Mapped[str] = mapped_column(AreaText)


class ServiceSite(PlaceRecord, Model):
    """A place where people are helped: facts of the place, no person. Its level is its area's."""

    __tablename__ = "service_site"
    __table_args__ = (
        CheckConstraint("hours_per_day BETWEEN 0 AND 24", name="hours_per_day"),
        Index("ix_service_site_area", "county_code", "area_code", "id"),
        _WALLED,
    )

    #: A code of ``site_type``.
    type: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(30))
    hours: Mapped[str] = mapped_column(String(80))
    hours_per_day: Mapped[int | None]
    accessible: Mapped[bool]
    #: Whether it belongs to a psychiatric hospital.
    psychiatric: Mapped[bool]
    #: A code of ``site_state``.
    state: Mapped[str] = mapped_column(String(10))


class SiteStep(TenantRow, Model):
    """One move of a site from state to state: who, when, why, and from which day it holds."""

    __tablename__ = "site_step"
    __table_args__ = (
        part_of("service_site", "site_id"),
        Index("ix_site_step_site", "county_code", "site_id", "held_on", "id"),
        _WALLED,
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    site_id: Mapped[UUID]
    act: Mapped[str] = mapped_column(String(8))
    from_state: Mapped[str | None] = mapped_column(String(10))
    to_state: Mapped[str] = mapped_column(String(10))
    #: The day from which it holds.
    held_on: Mapped[date]
    #: A code of ``site_reason``.
    reason: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[UUID]
    at: Mapped[datetime]


class SiteCheck(PlaceRecord, Model):
    """Somebody looked at a site on a day; never a picture, for there may be people in it."""

    __tablename__ = "site_check"
    __table_args__ = (
        part_of("service_site", "site_id"),
        Index("ix_site_check_site", "county_code", "site_id", "held_on"),
        _WALLED,
    )

    site_id: Mapped[UUID]
    held_on: Mapped[date]
    #: Codes of ``site_check_item`` found in order.
    in_order: Mapped[list[str]] = mapped_column(ARRAY(String(16)))
    #: A code of ``site_check_result``.
    result: Mapped[str] = mapped_column(String(12))


class SiteStaff(PlaceRecord, Model):
    """One member of a site's staff, by the employer's own staff number: no indicator needs a name."""

    __tablename__ = "site_staff"
    __table_args__ = (
        part_of("service_site", "site_id"),
        CheckConstraint("until IS NULL OR until >= since", name="until"),
        Index("ix_site_staff_site", "county_code", "site_id"),
        _WALLED,
    )

    site_id: Mapped[UUID]
    staff_no: Mapped[str] = mapped_column(String(20))
    #: A code of ``staff_qualification``.
    qualification: Mapped[str] = mapped_column(String(16))
    #: full_time or part_time.
    employment: Mapped[str] = mapped_column(String(10))
    since: Mapped[date]
    until: Mapped[date | None]


class TrainingRecord(PlaceRecord, Model):
    """One training of one member of staff, and until when it counts."""

    __tablename__ = "training_record"
    __table_args__ = (
        part_of("site_staff", "staff_id"),
        CheckConstraint("valid_to >= held_on", name="valid_to"),
        Index("ix_training_record_staff", "county_code", "staff_id"),
        _WALLED,
    )

    staff_id: Mapped[UUID]
    #: A code of ``training_topic``.
    topic: Mapped[str] = mapped_column(String(16))
    held_on: Mapped[date]
    valid_to: Mapped[date]


class OutreachActivity(PlaceRecord, Model):
    """Science brought to people: what, when, where, how many it reached; never who."""

    __tablename__ = "outreach_activity"
    __table_args__ = (CheckConstraint("reach >= 0 AND materials >= 0", name="counts"), _WALLED)

    #: A code of ``outreach_type``.
    type: Mapped[str] = mapped_column(String(16))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(80))
    reach: Mapped[int]
    materials: Mapped[int]


class Survey(PlaceRecord, Model):
    """A survey of what people know, answered without a name."""

    __tablename__ = "survey"
    __table_args__ = (_WALLED,)

    title: Mapped[str] = mapped_column(String(80))
    #: residents, employees or pupils.
    among: Mapped[str] = mapped_column(String(10))
    #: passed (people who passed) or answers (right answers of all).
    method: Mapped[str] = mapped_column(String(8))
    held_on: Mapped[date]


class SurveyAnswer(TenantRow, Model):
    """One sheet of a survey: no name, no author, no time, nothing that leads to anybody."""

    __tablename__ = "survey_answer"
    __table_args__ = (
        part_of("survey", "survey_id"),
        CheckConstraint("total > 0 AND correct BETWEEN 0 AND total", name="correct"),
        Index("ix_survey_answer_survey", "county_code", "survey_id"),
        _WALLED,
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    survey_id: Mapped[UUID]
    #: urban or rural.
    residence: Mapped[str] = mapped_column(String(5))
    correct: Mapped[int]
    total: Mapped[int]
    #: Whether the household has a leaflet, where that was asked.
    has_leaflet: Mapped[bool | None]


class Provider(PlaceRecord, Model):
    """A social institution that offers counselling, as registered."""

    __tablename__ = "provider"
    __table_args__ = (CheckConstraint("ended_on IS NULL OR ended_on >= registered_on", name="ended_on"), _WALLED)

    name: Mapped[str] = mapped_column(String(80))
    licence_no: Mapped[str] = mapped_column(String(40))
    #: The department that supervises it.
    supervisor: Mapped[str] = mapped_column(String(60))
    registered_on: Mapped[date]
    ended_on: Mapped[date | None]


class ProviderEvaluation(PlaceRecord, Model):
    """One evaluation of a provider."""

    __tablename__ = "provider_evaluation"
    __table_args__ = (
        part_of("provider", "provider_id"),
        Index("ix_provider_evaluation_provider", "county_code", "provider_id"),
        _WALLED,
    )

    provider_id: Mapped[UUID]
    held_on: Mapped[date]
    #: A code of ``evaluation_result``.
    result: Mapped[str] = mapped_column(String(12))


class EmergencyEvent(PlaceRecord, Model):
    """An emergency that befell an area, and when psychological aid began; never who was hurt."""

    __tablename__ = "emergency_event"
    __table_args__ = (CheckConstraint("aid_started_on IS NULL OR aid_started_on >= started_on", name="aid"), _WALLED)

    #: A code of ``emergency_kind``.
    kind: Mapped[str] = mapped_column(String(16))
    #: A code of ``emergency_grade``.
    grade: Mapped[str] = mapped_column(String(14))
    started_on: Mapped[date]
    aid_started_on: Mapped[date | None]


class HotlineContact(PlaceRecord, Model):
    """One contact of a hotline. It leads to nobody: a safety event raised from it is not named here.

    Its times are kept to the hour and its id is drawn at random, so that neither joins it to what was written then.
    """

    __tablename__ = "hotline_contact"
    __table_args__ = (Index("ix_hotline_contact_own", "county_code", "created_by", "id"), _WALLED)

    #: A code of ``hotline_channel``.
    channel: Mapped[str] = mapped_column(String(8))
    #: A code of ``hotline_topic``.
    topic: Mapped[str] = mapped_column(String(12))
    held_at: Mapped[datetime]
    anonymous: Mapped[bool]
    crisis: Mapped[bool]
    #: Whether it was handed over as a safety event; never which.
    handed_over: Mapped[bool]
