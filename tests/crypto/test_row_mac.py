"""An edit of a column that decides who may see a row does not go unseen."""

import pytest

from server.crypto.errors import SealBroken
from server.crypto.row_mac import check_row_mac, row_mac
from tests.crypto.make import row_mac_key

ROW = {"table": "resident", "id": "a1", "version": 4, "area_code": "430922101201001", "status": "active"}


def test_an_untouched_row_passes_in_any_order_of_fields():
    check_row_mac(row_mac_key(), dict(reversed(ROW.items())), row_mac(row_mac_key(), ROW))


@pytest.mark.parametrize(
    "changed",
    [
        {**ROW, "area_code": "430922"},
        {**ROW, "version": 3},
        {**ROW, "version": "4"},
        {**ROW, "status": None},
        {**ROW, "extra": 1},
        {name: value for name, value in ROW.items() if name != "status"},
    ],
    ids=["widened area", "older version", "other type", "emptied", "added", "removed"],
)
def test_any_changed_field_is_refused(changed: dict):
    with pytest.raises(SealBroken):
        check_row_mac(row_mac_key(), changed, row_mac(row_mac_key(), ROW))


def test_another_key_or_a_cut_fingerprint_is_refused():
    good = row_mac(row_mac_key(), ROW)
    for key, stored in ((row_mac_key(0x61), good), (row_mac_key(), good[:-1]), (row_mac_key(), b"")):
        with pytest.raises(SealBroken):
            check_row_mac(key, ROW, stored)
