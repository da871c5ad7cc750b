"""Whether the process lives, and whether it can work."""

from server.errors import Unavailable
from server.http.caller import current_store
from server.http.openapi import Blueprint
from server.http.routes import public, refuses
from server.schemas.health import HealthSchema
from server.services.access import is_ready

blueprint = Blueprint("health", __name__, description="Whether the server lives and can work.")


@blueprint.get("/healthz")
@public
@blueprint.response(200, HealthSchema, example={"status": "ok"})
def is_alive() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
@refuses("database_unavailable")
@blueprint.response(200, HealthSchema, example={"status": "ok"})
def is_ready_to_work() -> dict[str, str]:
    """Say that the database answers."""
    if not is_ready(current_store()):
        raise Unavailable("database_unavailable")
    return {"status": "ok"}
