"""The file that carries the outbox to the office when a tablet cannot send (SYNC.md §8)."""

import json
from typing import TYPE_CHECKING, Any

from tests.sync_client import outbox
from tests.sync_client.calls import BASE
from tests.sync_client.keys import Proof, signed

if TYPE_CHECKING:
    from tests.sync_client.engine import Tablet


def rescue_file(tablet: "Tablet") -> dict[str, Any]:
    """All that has no receipt of having been kept, with the tablet's signature over it. The outbox stays as it is."""
    operations = outbox.waiting(tablet.store) + outbox.rejected(tablet.store)
    county = tablet.store.said("county")
    raw = json.dumps(operations, separators=(",", ":")).encode()
    at = int(tablet.line.clock.seconds())
    about = Proof("POST", BASE + "/sync/rescue", at, county, tablet.device_id, raw)
    return {
        "linli_rescue": 1,
        "device_id": tablet.device_id,
        "county_code": county,
        "operations": operations,
        "signature": signed(tablet.line.key, about),
    }
