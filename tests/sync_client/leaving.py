"""Letting go: of an area that is no longer the user's, and of everything on a tablet that was revoked (SYNC.md §2 and §4)."""

from typing import TYPE_CHECKING

from tests.sync_client import feeds, outbox

if TYPE_CHECKING:
    from tests.sync_client.engine import Tablet


def let_go(tablet: "Tablet", user_id: str) -> int:
    """Delete every revoked feed of this user, each together with writing its acknowledgement; how many there were.

    What waits was pushed before, and is sealed: it needs nothing of what is deleted here.
    """
    gone = feeds.revoked(tablet.store, user_id)
    for feed in gone:
        tablet.step("to let go")
        with tablet.store.changing():
            area, fresh, op_id = feed["area_code"], tablet.line.clock.new_id(), tablet.line.clock.new_id()
            rows = feeds.let_go(tablet.store, user_id, area)
            data = {"area_code": area, "epoch": feed["epoch"], "rows": rows}
            tablet.write(op_id, user_id, ("purge", fresh), data)
        tablet.step("let go")
    return len(gone)


def leave(tablet: "Tablet") -> bool:
    """Wipe a revoked tablet; whether the server has been told.

    What can be read goes at once. The outbox, which nobody can read, goes last: after each operation got its receipt.
    """
    if tablet.store.said("told_wiped"):
        return True
    if tablet.store.said("wiped_rows") is None:
        tablet.step("to wipe")
        with tablet.store.changing():
            tablet.store.say(wiped_rows=tablet.store.wipe())
        tablet.step("wiped")
    if not tablet.push():
        return False
    outbox.empty(tablet.store)
    tablet.step("to tell")
    tablet.line.call("POST", "/sync/wiped", {"rows": tablet.store.said("wiped_rows")})
    tablet.store.say(told_wiped=True)
    tablet.step("told")
    return True
