"""The JSON API under /api/v1: each view parses, calls one use case, renders."""

from collections.abc import Iterator
from importlib import import_module

from server.http.openapi import Blueprint

#: One module per noun, each holding ``blueprint``; the document reads as a person's way: what is common to all, the
#: month's sweep, the ledger, consent and care, help from outside, safety, leaving, and last what is counted.
NOUNS = (
    "health",
    "sessions",
    "users",
    "devices",
    "leases",
    "sync_pull",
    "sync_push",
    "sync_reviews",
    "tablet_feeds",
    "areas",
    "colleagues",
    "holidays",
    "code_lists",
    "tasks",
    "crisis_card",
    "safety",
    "months",
    "sweeps",
    "returns",
    "observations",
    "disputes",
    "residents",
    "search",
    "duplicates",
    "ledger",
    "ledger_review",
    "spreadsheets",
    "care_assignment",
    "consents",
    "legal_basis",
    "assessments",
    "instruments",
    "screenings",
    "plans",
    "visits",
    "family_advice",
    "agencies",
    "referrals",
    "referral_answers",
    "case_teams",
    "case_team_work",
    "smd",
    "rehab",
    "course",
    "ledger_leaving",
    "month_close",
    "figures",
    "meetings",
    "sites",
    "site_staff",
    "family_schools",
    "activities",
    "surveys",
    "providers",
    "emergencies",
    "hotline",
    "indicators",
    "dashboard",
)


def blueprints() -> Iterator[Blueprint]:
    """Every noun's blueprint, in the order of the document."""
    for noun in NOUNS:
        yield import_module(f"server.api.{noun}").blueprint
