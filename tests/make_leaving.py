"""What leaving and renewal rest on, for tests: a new fact about somebody in care, seen by their grid's worker."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert

from server import clock
from server.domain.codes import Purpose, Role
from server.models.sweep import Observation
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.transaction import Caller, new_id, transaction
from tests.make import a_caller
from tests.make_care import InCare
from tests.make_ledger import FACT, an_observation_row


def a_new_fact(
    person: InCare, observed_on: date | None = None, observer: Caller | None = None, **changes: object
) -> UUID:
    """One more observation about somebody in care, of today unless a test says otherwise."""
    id_ = new_id()
    by = observer or a_caller(person.county, Role.GRID_WORKER, person.area_code, Purpose.SWEEP)
    resident_id = person.resident_id
    with transaction(by) as work:
        keys = compare(work, AccessEvent("return:submit", fields=("observation.fact",)), [resident_id])
        sealed = keys.seal("observation.fact", id_, resident_id, FACT)
        seen = {"observed_on": observed_on or clock.today()} | changes
        work.session.execute(
            insert(Observation), [an_observation_row(work, person.area_code, id_, resident_id, sealed, **seen)]
        )
    return id_
