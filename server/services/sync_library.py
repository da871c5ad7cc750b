"""What every tablet may hold beside people: codes, words, texts, the crisis card, leaflets, own sweeps and areas.

A pull names each part with a hash of its content, so that a tablet fetches what changed. No person is in any of it,
so it is kept in the process for a while, made once for everybody alike.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import orjson

from server.clock import day_of
from server.domain.care_notes import NOTE_MAXIMUM
from server.domain.facts import FACT_MAXIMUM, FACT_MINIMUM
from server.domain.feeds import pull_prefixes
from server.domain.word_lists import FORBIDDEN_CATEGORIES
from server.errors import NotFound
from server.messages import all_messages
from server.services.crisis_card import card_of
from server.services.sweeps import sweep_view
from server.store.area_shapes import outlined_areas
from server.store.code_lists import all_entries
from server.store.leaflets import leaflets
from server.store.sweeps import open_sweeps
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

#: How long a part is given out as it was made.
_KEPT_FOR = timedelta(seconds=60)


@dataclass(frozen=True)
class Part:
    """One part of the library: JSON as bytes, its hash, and when it was made."""

    content: bytes
    digest: str
    made_at: datetime


def library_hashes(work: Work) -> Mapping[str, str]:
    """Every part by name with the first sixteen digits of the SHA-256 of its content."""
    return {name: _part(work, name).digest for name in _PARTS}


def read_part(caller: Caller, name: str) -> bytes:
    """The JSON of one part; raises NotFound."""
    if name not in _PARTS:
        raise NotFound("not_found")
    with transaction(caller) as work:
        return _part(work, name).content


def _part(work: Work, name: str) -> Part:
    """A part as kept, or made anew once it is old. Two threads may make one at once: either is as good."""
    source = _PARTS[name]
    key = (id(work.caller.store), name, *source.varies(work))
    kept = _kept.get(key)
    if kept is None or not timedelta(0) <= work.now - kept.made_at < _KEPT_FOR:
        content = orjson.dumps(source.make(work))
        kept = _kept[key] = Part(content, sha256(content).hexdigest()[:16], work.now)
    return kept


def _codes(work: Work) -> dict[str, Any]:
    lists: dict[str, list[dict[str, Any]]] = {}
    for entry in all_entries(work):
        shown = {name: getattr(entry, name) for name in ("code", "zh", "en", "valid_from", "valid_to")}
        lists.setdefault(entry.list, []).append(shown)
    return {"lists": lists}


def _sweeps(work: Work) -> dict[str, Any]:
    return {"items": [vars(sweep_view(row)) for row in open_sweeps(work)]}


def _areas(work: Work) -> dict[str, Any]:
    """Own areas with the villages and townships around them; an outline where one is known."""
    areas = outlined_areas(work, pull_prefixes(work.identity), day_of(work.now))
    return {
        "items": [asdict(one.area) | {"geometry": json.loads(one.geometry) if one.geometry else None} for one in areas]
    }


def _card(work: Work) -> dict[str, Any]:
    return {"items": [asdict(number) for number in card_of(work)]}


def _leaflets(_work: Work) -> dict[str, Any]:
    return {"items": [asdict(leaflet) for leaflet in leaflets()]}


def _texts(_work: Work) -> dict[str, Any]:
    said = {
        code: {
            "zh": {"title": message.title_zh, "todo": message.todo_zh},
            "en": {"title": message.title_en, "todo": message.todo_en},
        }
        for code, message in all_messages().items()
    }
    return {"items": said}


def _words(_work: Work) -> dict[str, Any]:
    words = word_list()
    return {
        "fact": {"minimum": FACT_MINIMUM, "maximum": FACT_MAXIMUM},
        "note": {"maximum": NOTE_MAXIMUM},
        "forbidden": list(FORBIDDEN_CATEGORIES),
        "entries": [(entry.category, entry.word, entry.exceptions) for entry in words.entries],
        "traditional": {chr(character): simplified for character, simplified in words.traditional.items()},
    }


def _for_all(_work: Work) -> tuple[str, ...]:
    return ()


def _for_county(work: Work) -> tuple[str, ...]:
    return (work.county_code,)


def _for_areas(work: Work) -> tuple[str, ...]:
    return (work.county_code, *sorted(f"{grant.role} {grant.area_code}" for grant in work.identity.grants))


@dataclass(frozen=True)
class _Source:
    make: Callable[[Work], dict[str, Any]]
    #: What tells one user's part from another's.
    varies: Callable[[Work], tuple[str, ...]]


_PARTS: Mapping[str, _Source] = MappingProxyType(
    {
        "codes": _Source(_codes, _for_all),
        "sweeps": _Source(_sweeps, _for_areas),
        "areas": _Source(_areas, _for_areas),
        "crisis_card": _Source(_card, _for_county),
        "leaflets": _Source(_leaflets, _for_all),
        "texts": _Source(_texts, _for_all),
        "words": _Source(_words, _for_all),
    }
)
_kept: dict[tuple[object, ...], Part] = {}
