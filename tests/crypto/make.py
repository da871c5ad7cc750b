"""Builders for the locked room's tests: one key, one context, and the neighbours they must not be mistaken for."""

from dataclasses import replace
from uuid import UUID

from server.crypto.keys import DataKey, IndexKey, KeyName, MasterKey, RowMacKey
from server.crypto.registry import FIELDS, Retention
from server.crypto.sealed import Context
from server.crypto.secret import Secret
from server.crypto.suites import Suite

RESIDENT = UUID("019a8f00-0000-7000-8000-000000000001")
OTHER_RESIDENT = UUID("019a8f00-0000-7000-8000-000000000002")
ROW = UUID("019a8f00-0000-7000-8000-0000000000a1")
OTHER_ROW = UUID("019a8f00-0000-7000-8000-0000000000a2")
NAME = KeyName("linli-test", "430922", "202611")


def data_key(
    suite: Suite = Suite.AES_256_GCM,
    *,
    subject_id: UUID = RESIDENT,
    retention: Retention = Retention.ID,
    version: int = 1,
) -> DataKey:
    """A fresh key of the test's resident."""
    return DataKey.generate(subject_id, retention, version, suite)


def context(**changed: object) -> Context:
    """Where the test resident's name belongs, or a place that differs in the parts given."""
    place = Context(
        deployment=NAME.deployment,
        county_code=NAME.county_code,
        field=FIELDS["resident.name"],
        record_id=ROW,
        subject_id=RESIDENT,
    )
    return replace(place, **changed)


def fixed_secret(first: int) -> Secret:
    """A secret of 32 rising bytes, for answers that must come out the same for ever."""
    return Secret(bytes(range(first, first + 32)))


def master_key(name: KeyName = NAME) -> MasterKey:
    """A fresh master key."""
    return MasterKey.new(name)


def index_key(first: int = 0x40) -> IndexKey:
    """A fixed index key."""
    return IndexKey(fixed_secret(first), NAME)


def row_mac_key(first: int = 0x60) -> RowMacKey:
    """A fixed row key."""
    return RowMacKey(fixed_secret(first), NAME)
