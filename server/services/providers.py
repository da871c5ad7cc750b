"""Social institutions that offer counselling, as registered, and their evaluations."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from server import clock
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.sites import check_order, check_past
from server.models.site import Provider, ProviderEvaluation
from server.services.sites import looking_at
from server.store.place_records import (
    add_in_area,
    add_under,
    place_record,
    place_record_for_change,
    place_records_page,
    revise,
)
from server.store.transaction import Caller, transaction


def list_providers(caller: Caller, area_code: str | None, asked: PageAsked) -> Page[Provider]:
    """A page of providers in the order of their ids; raises Invalid ``area_code_invalid``."""
    with transaction(looking_at(caller, area_code)) as work:
        return place_records_page(work, Provider, area_code, asked)


def enter_provider(caller: Caller, given: Mapping[str, Any]) -> Provider:
    """Enter a provider of an area.

    Raises Invalid ``day_in_future``, ``day_before_start`` and those of the area, NotFound, Conflict ``record_exists``.
    """
    _check(given["registered_on"], given.get("ended_on"))
    with transaction(caller) as work:
        return add_in_area(work, Permission.PROVIDER_WRITE, Provider(**given))


def change_provider(caller: Caller, provider_id: UUID, version: int, changes: Mapping[str, Any]) -> Provider:
    """Correct a provider, or end its registration; raises NotFound, Stale and as ``enter_provider``."""
    with transaction(caller) as work:
        row = place_record_for_change(work, Permission.PROVIDER_WRITE, Provider, provider_id, version)
        _check(changes.get("registered_on", row.registered_on), changes.get("ended_on", row.ended_on))
        revise(work, Permission.PROVIDER_WRITE, row, changes)
        return row


def list_evaluations(caller: Caller, provider_id: UUID, asked: PageAsked) -> Page[ProviderEvaluation]:
    """A page of one provider's evaluations; raises NotFound."""
    with transaction(caller) as work:
        place_record(work, Permission.SITE_READ, Provider, provider_id)
        return place_records_page(work, ProviderEvaluation, None, asked, provider_id=provider_id)


def record_evaluation(caller: Caller, provider_id: UUID, given: Mapping[str, Any]) -> ProviderEvaluation:
    """Record an evaluation; raises NotFound, Invalid ``day_in_future``, Conflict ``record_exists``."""
    check_past(given["held_on"], clock.today(), "held_on")
    with transaction(caller) as work:
        provider = place_record(work, Permission.PROVIDER_WRITE, Provider, provider_id)
        row = ProviderEvaluation(provider_id=provider.id, **given)
        return add_under(work, Permission.PROVIDER_WRITE, provider, row)


def _check(registered_on: date, ended_on: date | None) -> None:
    check_past(registered_on, clock.today(), "registered_on")
    check_order(registered_on, ended_on, "ended_on")
