"""Case teams: who gathers around a person, from the proposal to standing down."""

from typing import Any
from uuid import UUID

from server.domain.case_teams import NewMember, NewTeam
from server.domain.codes_teams import StandDownReason
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.case_teams import (
    TEAM_EXAMPLE,
    NewMemberSchema,
    NewTeamSchema,
    StandDownSchema,
    TeamPageSchema,
    TeamQuery,
    WholeTeamSchema,
)
from server.services import case_team_members, case_teams
from server.services.case_teams import MemberTeamView, TeamView

blueprint = Blueprint("case_teams", __name__, description="Several disciplines around one person.")
_NOTES = ("note_too_long", "note_diagnosis", "note_character", "note_forbidden")
_LINE = {name: TEAM_EXAMPLE[name] for name in ("id", "entry_id", "area_code", "state", "version")}
Answer = tuple[TeamView, dict[str, str]]


@blueprint.post("/ledger-entries/<uuid:entry_id>/case-teams")
@needs(Permission.TEAM_MANAGE)
@refuses("not_found", "team_exists", "record_exists", *_NOTES)
@blueprint.arguments(NewTeamSchema)
@blueprint.response(201, WholeTeamSchema, example=TEAM_EXAMPLE)
def propose_team(new: NewTeam, entry_id: UUID) -> Answer:
    """Propose a case team around a person; at most one is open."""
    return tagged(case_teams.propose_team(current_caller(), entry_id, new))


@blueprint.get("/case-teams")
@needs(Permission.TEAM_READ)
@refuses("cursor_malformed")
@blueprint.arguments(TeamQuery, location="query")
@blueprint.response(200, TeamPageSchema, example={"items": [_LINE], "next_cursor": None})
def list_teams(query: dict[str, Any]) -> dict[str, object]:
    """List the case teams one reaches: through the township, by looking after the person, or as a member."""
    asked = page_asked(query)
    return shown(case_teams.list_teams(current_caller(), query.get("state"), asked))


@blueprint.get("/case-teams/<uuid:team_id>")
@needs(Permission.TEAM_READ)
@refuses("not_found")
@blueprint.response(200, WholeTeamSchema, example=TEAM_EXAMPLE)
def read_team(team_id: UUID) -> tuple[MemberTeamView, dict[str, str]]:
    """Read one case team: its members, how to reach the person, and what to mind."""
    return tagged(case_teams.read_team(current_caller(), team_id))


@blueprint.post("/case-teams/<uuid:team_id>/members")
@needs(Permission.TEAM_MANAGE)
@refuses(
    *("not_found", "team_ended", "team_member_known", "team_police_without_event", "consent_missing", "record_exists"),
    *("team_member_unfit", "team_member_family_account", "team_member_name_empty"),
)
@blueprint.arguments(NewMemberSchema, example={"discipline": "volunteer", "name": "刘志愿"})
@blueprint.response(201, WholeTeamSchema, example=TEAM_EXAMPLE)
def add_member(new: NewMember, team_id: UUID) -> Answer:
    """Take somebody in; the family with consent, the police while a safety event is open."""
    return tagged(case_team_members.add_member(current_caller(), team_id, new))


@blueprint.post("/team-members/<uuid:member_id>/end")
@needs(Permission.TEAM_MANAGE)
@refuses("not_found", "team_ended", "team_member_gone")
@versioned
@blueprint.response(200, WholeTeamSchema, example=TEAM_EXAMPLE)
def end_member(member_id: UUID) -> Answer:
    """Let a member go; what they had yet to do is taken off them. If-Match is the member's version."""
    return tagged(case_team_members.end_member(current_caller(), member_id, expected_version()))


@blueprint.post("/case-teams/<uuid:team_id>/constitution")
@needs(Permission.TEAM_MANAGE)
@refuses("not_found", "team_incomplete", "team_police_without_event", "team_transition_forbidden")
@versioned
@blueprint.response(200, WholeTeamSchema, example=TEAM_EXAMPLE | {"state": "constituted", "gaps": []})
def constitute_team(team_id: UUID) -> Answer:
    """Find a team's composition complete: doctor, village or grid, and one more."""
    return tagged(case_teams.constitute_team(current_caller(), team_id, expected_version()))


@blueprint.post("/case-teams/<uuid:team_id>/activation")
@needs(Permission.TEAM_MANAGE)
@refuses("not_found", "team_transition_forbidden")
@versioned
@blueprint.response(200, WholeTeamSchema, example=TEAM_EXAMPLE | {"state": "active", "gaps": []})
def activate_team(team_id: UUID) -> Answer:
    """Let a constituted team begin; its first minute does the same."""
    return tagged(case_teams.activate_team(current_caller(), team_id, expected_version()))


@blueprint.post("/case-teams/<uuid:team_id>/stand-down")
@needs(Permission.TEAM_MANAGE)
@refuses("not_found", "team_not_stable_long", "team_transition_forbidden")
@versioned
@blueprint.arguments(StandDownSchema)
@blueprint.response(200, WholeTeamSchema, example=TEAM_EXAMPLE | {"state": "stood_down"})
def stand_down_team(body: dict[str, StandDownReason], team_id: UUID) -> Answer:
    """Let a team end: stable for three months, transferred, or never formed."""
    return tagged(case_teams.stand_down_team(current_caller(), team_id, expected_version(), body["reason"]))
