"""Case teams, the summary of a severe mental disorder, community rehabilitation, family schools."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, CareRecord, Model, Record, of_entry, part_of


class CaseTeam(CareRecord, Model):
    """A team around one person. It may begin when its composition is complete, and stands down again."""

    __tablename__ = "case_team"
    __table_args__ = (
        *of_entry(),
        Index(
            "uq_case_team_one_open",
            "county_code",
            "entry_id",
            unique=True,
            postgresql_where=text("state <> 'stood_down'"),
        ),
        {"info": {"rls": "area"}},
    )

    #: proposed, constituted, active or stood_down.
    state: Mapped[str] = mapped_column(String(12))
    #: A code of ``case_team_reason``.
    opened_reason: Mapped[str] = mapped_column(String(24))
    constituted_at: Mapped[datetime | None]
    constituted_by: Mapped[UUID | None]
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[UUID | None]
    stood_down_at: Mapped[datetime | None]
    #: Nobody where the team ended with the entry; who ended that stands in ``ledger_step``.
    stood_down_by: Mapped[UUID | None]
    #: A code of ``team_stand_down_reason``.
    stand_down_reason: Mapped[str | None] = mapped_column(String(24))
    #: What members mind when they meet the person: facts, no diagnosis.
    sealed_safety_note: Mapped[bytes | None]


class CaseTeamMember(CareRecord, Model):
    """One member: a user of the registry, or somebody named who has no account."""

    __tablename__ = "case_team_member"
    __table_args__ = (
        *of_entry(),
        part_of("case_team", "team_id"),
        CheckConstraint("(user_id IS NULL) <> (sealed_name IS NULL)", name="user_or_name"),
        Index("ix_case_team_member_team", "county_code", "team_id"),
        {"info": {"rls": "area"}},
    )

    team_id: Mapped[UUID]
    #: A code of ``team_discipline``.
    discipline: Mapped[str] = mapped_column(String(24))
    user_id: Mapped[UUID | None]
    sealed_name: Mapped[bytes | None]
    since: Mapped[date]
    #: The first day on which they are no member any more.
    until: Mapped[date | None]


class TeamMinute(CareRecord, Model):
    """What a team's meeting came to, in the chair's words."""

    __tablename__ = "team_minute"
    __table_args__ = (*of_entry(), part_of("case_team", "team_id"), {"info": {"rls": "area"}})

    team_id: Mapped[UUID]
    held_on: Mapped[date]
    #: Disciplines that were there.
    present: Mapped[list[str]] = mapped_column(ARRAY(String(24)))
    sealed_text: Mapped[bytes]


class TeamTask(CareRecord, Model):
    """Something one member of a team does by a day."""

    __tablename__ = "team_task"
    __table_args__ = (
        *of_entry(),
        part_of("case_team", "team_id"),
        Index(
            "ix_team_task_assignee", "county_code", "assignee_id", "due_on", postgresql_where=text("done_at IS NULL")
        ),
        {"info": {"rls": "area"}},
    )

    team_id: Mapped[UUID]
    assignee_id: Mapped[UUID]
    sealed_text: Mapped[bytes]
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]


class SmdSummary(CareRecord, Model):
    """What a clinician keeps of a severe mental disorder; the national system stays the record of truth."""

    __tablename__ = "smd_summary"
    __table_args__ = (*of_entry(), UniqueConstraint("county_code", "resident_id"), {"info": {"rls": "area"}})

    registered: Mapped[bool]
    #: A code of ``smd_class``; not_seen where it is unknown, never a guess at stable (invariant 20).
    stability: Mapped[str] = mapped_column(String(10))
    #: Since when the class has stood without a break; none while it is not known.
    stability_since: Mapped[date | None]
    last_contact_on: Mapped[date | None]
    #: A code of ``smd_interval``: what the last contact was followed by, and stays while the person is not seen.
    contact_interval: Mapped[str] = mapped_column(String(12))
    next_contact_due_on: Mapped[date | None]
    #: 0 to 5 as the follow-up form counts.
    sealed_danger: Mapped[bytes | None]
    sealed_adherence: Mapped[bytes | None]
    #: A code of ``smd_diagnosis``, entered by a clinician or copied from the document named.
    sealed_diagnosis: Mapped[bytes | None]
    sealed_document: Mapped[bytes | None]


class RehabEnrolment(CareRecord, Model):
    """Somebody's place in a community rehabilitation site, from a day to a day."""

    __tablename__ = "rehab_enrolment"
    __table_args__ = (
        *of_entry(),
        Index(
            "uq_rehab_enrolment_open",
            "county_code",
            "resident_id",
            "site_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
        {"info": {"rls": "area"}},
    )

    #: The service site (type 13).
    site_id: Mapped[UUID]
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    #: A code of ``rehab_end_reason``.
    end_reason: Mapped[str | None] = mapped_column(String(16))


class RehabAttendance(CareRecord, Model):
    """One day of one enrolment."""

    __tablename__ = "rehab_attendance"
    __table_args__ = (
        *of_entry(),
        part_of("rehab_enrolment", "enrolment_id"),
        UniqueConstraint("county_code", "enrolment_id", "attended_on"),
        {"info": {"rls": "area"}},
    )

    enrolment_id: Mapped[UUID]
    attended_on: Mapped[date]
    #: A code of ``rehab_activity``.
    activity: Mapped[str] = mapped_column(String(16))


class FamilySchoolSession(Record, Model):
    """One session of a family school: how many came, never who."""

    __tablename__ = "family_school_session"
    __table_args__ = (
        CheckConstraint("attendees >= 0", name="attendees"),
        Index("ix_family_school_session_site", "county_code", "site_id", "held_on"),
        {"info": {"rls": "county"}},
    )

    #: Where the site lies.
    area_code: Mapped[str] = mapped_column(AreaText)
    site_id: Mapped[UUID]
    held_on: Mapped[date]
    topic: Mapped[str] = mapped_column(String(80))
    attendees: Mapped[int]
