"""What tablets hold, for the office."""

from collections.abc import Sequence
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.sync_examples import HELD_FEED, HOLDING_TABLET
from server.schemas.sync_pull import HeldFeedListSchema, HoldingTabletListSchema
from server.services import tablet_feeds
from server.services.tablet_feeds import HeldFeed, HoldingTablet

blueprint = Blueprint("tablet_feeds", __name__, description="What tablets hold, for the office.")


@blueprint.get("/devices/<uuid:device_id>/feeds")
@needs(Permission.DEVICE_READ)
@refuses("not_found")
@blueprint.response(200, HeldFeedListSchema, example={"items": [HELD_FEED]})
def list_feeds(device_id: UUID) -> dict[str, Sequence[HeldFeed]]:
    """List what a tablet holds by user and area, how far it has come, and what it deleted."""
    return {"items": tablet_feeds.list_feeds(current_caller(), device_id)}


@blueprint.get("/ledger-entries/<uuid:entry_id>/tablets")
@needs(Permission.LEDGER_READ)
@refuses("not_found", "access_log_unavailable")
@blueprint.response(200, HoldingTabletListSchema, example={"items": [HOLDING_TABLET]})
def list_tablets(entry_id: UUID) -> dict[str, Sequence[HoldingTablet]]:
    """List the tablets that hold a visit or task for a person, to ask before a transfer."""
    return {"items": tablet_feeds.list_tablets_holding(current_caller(), entry_id)}
