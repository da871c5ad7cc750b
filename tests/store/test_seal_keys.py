"""Keys that tablets seal to: one a month or more, the newest given out, every one still opening."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

from server import clock
from server.crypto.errors import KeyRefused
from server.crypto.operations import SealKey
from server.domain.codes import Role
from server.errors import NotFound
from server.models.sync_push import SealKeyRow
from server.services.seal_keys import change_seal_key
from server.store.seal_keys import current_seal_key, make_seal_key, open_every_seal_key, seal_key
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller


@pytest.fixture
def caller(county: County) -> Caller:
    """Somebody of the county."""
    return a_caller(county, Role.GRID_WORKER, county.grid)


def given_out(caller: Caller) -> tuple:
    """What a lease would hold now."""
    with transaction(caller) as work:
        return current_seal_key(work)


def test_whoever_needs_it_first_makes_the_months_key_and_everybody_after_gets_it(caller: Caller) -> None:
    first, again = given_out(caller), given_out(caller)
    assert first == again
    with transaction(caller) as work:
        assert work.session.scalar(select(func.count()).select_from(SealKeyRow)) == 1


def test_a_key_that_was_taken_back_is_not_given_out(caller: Caller) -> None:
    taken_back = []
    with pytest.raises(NotFound):
        take_back(caller, taken_back)
    assert given_out(caller) not in taken_back


def test_the_next_month_has_a_key_of_its_own_and_the_old_one_still_opens(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_id, old_point = given_out(caller)
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 3, tzinfo=UTC))
    new_id_, new_point = given_out(caller)
    assert (old_id != new_id_, old_point != new_point) == (True, True)
    with transaction(caller) as work:
        assert (seal_key(work, old_id).public_key, open_every_seal_key(work)) == (old_point, 2)


def test_a_key_changed_by_hand_is_given_out_at_once(county: County, caller: Caller) -> None:
    old_id, _ = given_out(caller)
    changed = change_seal_key(county.store, county.code)
    assert given_out(caller)[0] == changed != old_id


def test_an_unknown_key_and_another_countys_key_are_not_found(county: County, caller: Caller) -> None:
    with transaction(caller) as work, pytest.raises(NotFound, match="seal_key_unknown"):
        seal_key(work, new_id())


def test_a_public_key_put_into_the_table_is_not_believed(county: County, caller: Caller) -> None:
    key_id, _ = given_out(caller)
    with county.owner_engine.begin() as connection:
        connection.execute(select(func.set_config("linli.county", county.code, True)))
        connection.execute(update(SealKeyRow).where(SealKeyRow.id == key_id).values(public_key=b"\x04" + b"\x01" * 64))
    forget_opened(caller)
    with transaction(caller) as work, pytest.raises(KeyRefused, match="seal_key_differs"):
        current_seal_key(work)
    take_away(county, key_id)


def test_a_key_of_another_row_does_not_open(county: County, caller: Caller) -> None:
    first, _ = given_out(caller)
    with transaction(caller) as work:
        second = make_seal_key(work)
    with county.owner_engine.begin() as connection:
        connection.execute(select(func.set_config("linli.county", county.code, True)))
        wrapped = connection.scalar(select(SealKeyRow.wrapped).where(SealKeyRow.id == second))
        connection.execute(update(SealKeyRow).where(SealKeyRow.id == first).values(wrapped=wrapped))
        connection.execute(delete(SealKeyRow).where(SealKeyRow.id == second))
    forget_opened(caller)
    with transaction(caller) as work, pytest.raises(Exception, match="seal_broken"):
        seal_key(work, first)
    take_away(county, first)


def take_away(county: County, key_id: UUID) -> None:
    """Leave no broken key behind: another test opens every county's."""
    with county.owner_engine.begin() as connection:
        connection.execute(select(func.set_config("linli.county", county.code, True)))
        connection.execute(delete(SealKeyRow).where(SealKeyRow.id == key_id))


def take_back(caller: Caller, kept: list) -> None:
    """Have a key made in a transaction that then fails."""
    with transaction(caller) as work:
        kept.append(current_seal_key(work))
        raise NotFound("not_found")


def forget_opened(caller: Caller) -> None:
    """As in a process that has opened nothing yet."""
    with transaction(caller) as work:
        kept: dict[object, SealKey] = work.keys.seal_keys  # type: ignore[assignment]
        kept.clear()
        work.keys.current_seal_keys.clear()
