"""The rules of case teams: how they move, when their composition is complete, who may be what in them.

A team is complete with a doctor for severe mental disorders, somebody of the village or grid, and one more (YY-35,
``design.md``). A deployment may hold to the plan's letter instead: all seven disciplines it names. The police belong
to a team only while a safety event is open; under the strict setting the plan names them, so that rule rests.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from server.domain.care_notes import checked_notes
from server.domain.codes import Role
from server.domain.codes_teams import Discipline, StandDownReason, TeamAct, TeamReason, TeamState
from server.domain.deadlines import add_months
from server.domain.word_lists import WordList
from server.errors import Conflict, Invalid

NAME_AT_MOST = 40
#: Months of stability after which a team may stand down.
STABLE_MONTHS = 3
_S, _A, _D = TeamState, TeamAct, Discipline
TRANSITIONS: Mapping[tuple[TeamState, TeamAct], TeamState] = MappingProxyType(
    {
        (_S.PROPOSED, _A.CONSTITUTE): _S.CONSTITUTED,
        (_S.CONSTITUTED, _A.ACTIVATE): _S.ACTIVE,
        (_S.ACTIVE, _A.STAND_DOWN): _S.STOOD_DOWN,
    }
)
#: A team that never began can only be given up as not formed.
_UNBEGUN = frozenset({_S.PROPOSED, _S.CONSTITUTED})
_STRICT = (
    _D.COMMITTEE, _D.GRID, _D.SMD_DOCTOR, _D.POLICE, _D.CIVIL_AFFAIRS, _D.DISABILITY_HELPER, _D.VOLUNTEER,
)  # fmt: skip
_LOCAL = frozenset({_D.COMMITTEE, _D.GRID})
_OUTSIDERS = frozenset({Role.CASE_MEMBER})
#: The roles whose holders may be this in a team; a member of the family never has an account.
ROLES_OF: Mapping[Discipline, frozenset[Role]] = MappingProxyType(
    {
        _D.COMMITTEE: frozenset({Role.VILLAGE_OFFICER}),
        _D.GRID: frozenset({Role.GRID_WORKER}),
        _D.SMD_DOCTOR: frozenset({Role.CLINICIAN}),
        _D.POLICE: _OUTSIDERS,
        _D.CIVIL_AFFAIRS: _OUTSIDERS,
        _D.DISABILITY_HELPER: _OUTSIDERS,
        _D.VOLUNTEER: _OUTSIDERS,
        _D.SOCIAL_WORKER: _OUTSIDERS | {Role.COUNSELLOR, Role.ASSESSOR},
        _D.FAMILY: frozenset(),
    }
)


class Gap(StrEnum):
    """What a composition lacks where the strict setting is off; under it, disciplines are named themselves."""

    LOCAL = "village_or_grid"
    """Somebody of the village or the grid."""
    FURTHER = "one_more"
    """One more member."""


def transition(state: TeamState, act: TeamAct, reason: StandDownReason | None = None) -> TeamState:
    """Where an act leads; raises Conflict ``team_transition_forbidden`` for any other."""
    if act is TeamAct.STAND_DOWN and reason is StandDownReason.NOT_FORMED and state in _UNBEGUN:
        return TeamState.STOOD_DOWN
    target = TRANSITIONS.get((state, act))
    if target is None or (act is TeamAct.STAND_DOWN and reason is StandDownReason.NOT_FORMED):
        raise Conflict("team_transition_forbidden", state=state.value, act=act.value)
    return target


def gaps_of(disciplines: Collection[Discipline], *, strict: bool) -> tuple[str, ...]:
    """What a composition still lacks; empty where it is complete. Every member counts once, by their discipline."""
    if strict:
        return tuple(discipline.value for discipline in _STRICT if discipline not in disciplines)
    gaps: list[str] = []
    if _D.SMD_DOCTOR not in disciplines:
        gaps.append(_D.SMD_DOCTOR.value)
    if not _LOCAL & set(disciplines):
        gaps.append(Gap.LOCAL.value)
    needed = (_D.SMD_DOCTOR in disciplines) + bool(_LOCAL & set(disciplines))
    if len(disciplines) - needed < 1:
        gaps.append(Gap.FURTHER.value)
    return tuple(gaps)


def police_allowed(*, safety_event_open: bool, strict: bool) -> bool:
    """Whether the police may belong to a team now."""
    return safety_event_open or strict


def check_member(discipline: Discipline, *, has_account: bool) -> None:
    """Raises Invalid ``team_member_family_account``: a member of the family gets no account through a team."""
    if has_account and not ROLES_OF[discipline]:
        raise Invalid("team_member_family_account", field="user_id")


def checked_text(text: str, words: WordList) -> str:
    """A minute or a task as it is kept. Grid workers and volunteers read it, so no role writes a diagnosis into it.

    Raises Invalid ``team_text_empty``, and as ``checked_notes``.
    """
    tidy = checked_notes({"text": text}, words, clinical=False)["text"]
    if tidy is None:
        raise Invalid("team_text_empty", field="text")
    return tidy


def stable_long_enough(since: date | None, today: date) -> bool:
    """Whether somebody has been stable for three months; unknown is not stable (invariant 20)."""
    return since is not None and add_months(since, STABLE_MONTHS) <= today


@dataclass(frozen=True, repr=False)
class NewTeam:
    """A team about to be proposed; has no readable ``repr``."""

    reason: TeamReason
    safety_note: str | None = None
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class NewMember:
    """Somebody about to be taken in, by account or by name; has no readable ``repr``."""

    discipline: Discipline
    user_id: UUID | None = None
    name: str | None = None
    since: date | None = None
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class NewMinute:
    """A meeting's result about to be kept; has no readable ``repr``."""

    held_on: date
    present: frozenset[Discipline]
    text: str
    id: UUID | None = None


@dataclass(frozen=True, repr=False)
class NewTeamTask:
    """A task about to be given; has no readable ``repr``."""

    assignee_id: UUID
    text: str
    due_on: date
    id: UUID | None = None
