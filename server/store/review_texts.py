"""What an author had written, as it is kept sealed: in one piece, or in several where a seal takes no more."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from server.domain.tablet_operations import Sent, Written
from server.errors import Unavailable
from server.models.sync_push import SyncReview
from server.store.disclosure import SubjectKeys

PAYLOAD, NOTE = "sync_review.payload", "sync_review.note"
#: Characters of one piece: with four bytes each it fits into a seal.
_PIECE = 15_000
#: Stands before pieces, where a single sealed text begins with its suite.
_SEVERAL = b"\xff"
_LENGTH_BYTES = 4


@dataclass(frozen=True, repr=False)
class Payload:
    """What was written, without the proof of its author; has no readable ``repr``."""

    data: Any
    base_version: int | None


def payload_text(of: Sent | SyncReview, written: Written) -> str:
    """The part of an operation that is kept, with the operation it is part of."""
    said = {"of": _name(of), "base_version": written.base_version, "data": written.data}
    return msgspec.json.encode(said).decode()


def open_payload(keys: SubjectKeys, row: SyncReview) -> Payload:
    """What is kept of a review, opened; empty once nothing is.

    Raises Unavailable ``seal_broken`` also for a row that names another author, record or time than was laid aside:
    in the database anybody could be made the author of what another wrote, and have it applied.
    """
    if row.sealed_payload is None:
        return Payload(None, None)
    said = msgspec.json.decode(open_long(keys, row.id, row.subject_id, row.sealed_payload))
    if said["of"] != _name(row):
        raise Unavailable("seal_broken")
    return Payload(said["data"], said["base_version"])


def _name(of: Sent | SyncReview) -> list[str | int | None]:
    at_us = int(of.captured_at.timestamp() * 1_000_000)
    return [str(of.op_id), str(of.author_id), of.kind, str(of.record_id), at_us, of.clock_offset_ms]


def seal_long(keys: SubjectKeys, record_id: UUID, subject_id: UUID, text: str) -> bytes:
    """Seal a text of any length; each piece says which one it is, and of how many."""
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    if len(pieces) == 1:
        return keys.seal(PAYLOAD, record_id, subject_id, text)
    sealed = [
        keys.seal(PAYLOAD, record_id, subject_id, f"{number}/{len(pieces)}\n{piece}")
        for number, piece in enumerate(pieces, 1)
    ]
    return _SEVERAL + b"".join(len(one).to_bytes(_LENGTH_BYTES, "big") + one for one in sealed)


def open_long(keys: SubjectKeys, record_id: UUID, subject_id: UUID, sealed: bytes) -> str:
    """The text again; raises Unavailable ``seal_broken`` also for pieces that were moved or left out."""
    if sealed[:1] != _SEVERAL:
        return keys.open(PAYLOAD, record_id, subject_id, sealed)
    opened = [keys.open(PAYLOAD, record_id, subject_id, one).split("\n", 1) for one in _pieces(sealed[1:])]
    if [head for head, _ in opened] != [f"{number}/{len(opened)}" for number in range(1, len(opened) + 1)]:
        raise Unavailable("seal_broken")
    return "".join(piece for _, piece in opened)


def _pieces(framed: bytes) -> list[bytes]:
    found = []
    while framed:
        end = _LENGTH_BYTES + int.from_bytes(framed[:_LENGTH_BYTES], "big")
        found.append(framed[_LENGTH_BYTES:end])
        framed = framed[end:]
    return found
