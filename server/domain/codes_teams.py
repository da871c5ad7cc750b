"""Codes of case teams, community rehabilitation and family schools."""

from enum import StrEnum


class TeamState(StrEnum):
    """Where a case team stands."""

    PROPOSED = "proposed"
    """Members are being asked."""
    CONSTITUTED = "constituted"
    """Its composition is complete."""
    ACTIVE = "active"
    """It has met, or begun its work."""
    STOOD_DOWN = "stood_down"
    """Over."""


class TeamAct(StrEnum):
    """What moves a case team."""

    CONSTITUTE = "constitute"
    """Its composition was found complete."""
    ACTIVATE = "activate"
    """It begins: by its first minute, or by hand."""
    STAND_DOWN = "stand_down"
    """It ends."""


class TeamReason(StrEnum):
    """Why a case team is wanted."""

    UNSTABLE = "unstable"
    """Somebody's state is unstable."""
    RELAPSE = "relapse"
    """A relapse in rehabilitation."""
    SAFETY_EVENT = "safety_event"
    """A safety event that several disciplines must follow."""
    MANY_NEEDS = "many_needs"
    """Needs that no single service answers."""


class StandDownReason(StrEnum):
    """Why a case team ends. With the entry it ends as ``entry_ended``, which nobody chooses."""

    STABLE = "stable"
    """Stable for three months at least."""
    TRANSFERRED = "transferred"
    """Somebody else looks after the person now."""
    NOT_FORMED = "not_formed"
    """The team did not come about."""
    ENTRY_ENDED = "entry_ended"
    """The entry ended, and the team with it."""


class Discipline(StrEnum):
    """What a member is there for."""

    COMMITTEE = "committee"
    """A member of the village's two committees."""
    GRID = "grid"
    """The grid worker."""
    SMD_DOCTOR = "smd_doctor"
    """The doctor for severe mental disorders."""
    POLICE = "police"
    """The police."""
    CIVIL_AFFAIRS = "civil_affairs"
    """Civil affairs."""
    DISABILITY_HELPER = "disability_helper"
    """The disability helper."""
    VOLUNTEER = "volunteer"
    """A volunteer."""
    SOCIAL_WORKER = "social_worker"
    """A social worker."""
    FAMILY = "family"
    """Somebody of the family."""


class RehabActivity(StrEnum):
    """What somebody took part in at a rehabilitation site."""

    DAILY_LIVING = "daily_living"
    """Daily living."""
    VOCATIONAL = "vocational"
    """Work training."""
    STUDY = "study"
    """Learning."""
    SOCIAL = "social"
    """Being with others."""
    OTHER = "other"
    """Something else."""


class RehabEndReason(StrEnum):
    """Why a place in rehabilitation is given up. With the entry it ends as ``entry_ended``, which nobody chooses."""

    COMPLETED = "completed"
    """What was meant to be learnt is learnt."""
    PERSON_LEFT = "person_left"
    """The person does not want to go on."""
    RELAPSE = "relapse"
    """A relapse: the green channel leads to the hospital."""
    MOVED = "moved"
    """The person moved away."""
    SITE_CLOSED = "site_closed"
    """The site closed."""
    ENTRY_ENDED = "entry_ended"
    """The entry ended, and the place with it."""
