"""The JSON API under /api/v1: each view parses, calls one use case, renders."""

from collections.abc import Iterator
from importlib import import_module

from server.http.openapi import Blueprint

#: One module per noun; each holds ``blueprint``.
NOUNS = (
    "health",
    "sessions",
    "users",
    "areas",
    "holidays",
    "code_lists",
    "months",
    "month_close",
    "meetings",
    "sweeps",
    "returns",
    "observations",
    "disputes",
    "residents",
    "search",
    "duplicates",
    "ledger",
    "ledger_review",
    "colleagues",
    "care_assignment",
    "consents",
    "legal_basis",
    "assessments",
    "ledger_leaving",
    "plans",
    "visits",
    "family_advice",
    "case_teams",
    "case_team_work",
    "smd",
    "rehab",
    "family_schools",
    "course",
    "tasks",
    "spreadsheets",
    "figures",
    "instruments",
    "screenings",
    "sites",
    "site_staff",
    "activities",
    "surveys",
    "providers",
    "emergencies",
    "hotline",
    "indicators",
    "dashboard",
    "safety",
    "crisis_card",
    "agencies",
    "referrals",
    "referral_answers",
)


def blueprints() -> Iterator[Blueprint]:
    """Every noun's blueprint, in the order of the document."""
    for noun in NOUNS:
        yield import_module(f"server.api.{noun}").blueprint
