"""Feeds for tests: what every feed must hold, reckoned without the projection; a tablet that pulls; its digest."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Raw
from sqlalchemy import select

from server import clock
from server.crypto.registry import Retention
from server.domain.codes_care import SafetyKind
from server.domain.codes_plans import ItemFrequency
from server.domain.feeds import FeedPosition, PullAsked
from server.domain.plans import NewItem
from server.domain.tablet_operations import Written
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, PlanItem, Visit
from server.models.resident import Resident
from server.models.safety import SafetyEvent, SafetyNotice
from server.models.sweep import Month, Observation, Sweep, SweepReturn
from server.models.sync import FeedChange, FeedStir
from server.models.sync_push import SyncReview
from server.services.feed_records import Told
from server.services.safety import SafetyReport, raise_safety_event
from server.services.sync_pull import FeedView, PullAnswer, pull
from server.store.disclosure import register_subjects
from server.store.review_texts import payload_text, seal_long
from server.store.transaction import Caller, Work, new_id, transaction
from tests.make import County, user_id_of
from tests.sweeping import coordinator

#: Reader, area, kind, record → version.
Held = dict[tuple[UUID, str, str, UUID], int]


def on_a_tablet(caller: Caller, device_id: UUID | None = None) -> Caller:
    """The same person, signed in on a tablet; no purpose is stated there."""
    return replace(caller, identity=replace(caller.identity, device_id=device_id or new_id(), purpose=None))


@dataclass
class Tablet:
    """A tablet that does as the protocol's page says, for one user."""

    caller: Caller
    positions: dict[str, FeedPosition] = field(default_factory=dict)
    held: dict[tuple[str, str, UUID], Told] = field(default_factory=dict)
    #: Every number that was told, by area, in the order of telling.
    told: dict[str, list[int]] = field(default_factory=dict)

    @property
    def device_id(self) -> UUID:
        assert self.caller.identity.device_id is not None
        return self.caller.identity.device_id

    def pull(self, limit: int = 500) -> PullAnswer:
        """One page, saved."""
        answer = pull(self.caller, PullAsked(self.device_id, limit, dict(self.positions)))
        for feed in answer.feeds:
            self._place(feed)
        for change in answer.changes:
            self.apply(change)
        return answer

    def pull_all(self, limit: int = 500) -> PullAnswer:
        """Until there is no more; the last answer. The tripwire must hold."""
        while True:
            answer = self.pull(limit)
            if not any(feed.more for feed in answer.feeds):
                break
        for feed in answer.feeds:
            assert self.tally(feed.area_code) == (feed.count, feed.digest), feed
        return answer

    def _place(self, feed: FeedView) -> None:
        if feed.reset or feed.state == "revoked":
            self.held = {key: told for key, told in self.held.items() if key[0] != feed.area_code}
        if feed.state == "active":
            self.positions[feed.area_code] = FeedPosition(feed.epoch, feed.seq)

    def apply(self, change: Told) -> None:
        key = (change.area_code, change.kind, change.id)
        self.told.setdefault(change.area_code, []).append(change.seq)
        if change.op == "put":
            self.held[key] = change
        else:
            self.held.pop(key, None)

    def tally(self, area_code: str) -> tuple[int, str]:
        """How many records it holds of an area, and their digest."""
        mine = [(kind, id_, told.version) for (area, kind, id_), told in self.held.items() if area == area_code]
        return len(mine), digest_of(mine)

    def data(self, kind: str) -> dict[UUID, Any]:
        """What it holds of one kind."""
        return {id_: told.data for (_, of, id_), told in self.held.items() if of == kind}


def digest_of(records: Iterable[tuple[str, UUID, int]]) -> str:
    """The protocol's digest, reckoned from its page."""
    found = 0
    for kind, id_, version in records:
        found ^= int.from_bytes(hashlib.sha256(f"{kind}:{id_}:{version}".encode()).digest()[:8], "big")
    return f"{found:016x}"


def a_task(owner: Caller, due_in: int = 10) -> NewItem:
    """A task of a plan, this person's to do."""
    day = clock.today() + timedelta(days=due_in)
    return NewItem("01", "individual", user_id_of(owner), ItemFrequency.ONCE, day, "陪同去卫生院。")


def a_safety_event_of(caller: Caller) -> UUID:
    """An emergency this person raised about nobody known."""
    report = SafetyReport(SafetyKind.SELF_HARM_THOUGHT, "一名老人倒在河边，不知姓名。", caller.identity.area_codes[0])
    return raise_safety_event(caller, report).id


def a_review_of(county: County, author: Caller, data: bytes = b'{"minutes": 30}') -> UUID:
    """An operation of this person's that waits for the township, with what it says."""
    id_ = new_id()
    with transaction(everything(county)) as work:
        keys = register_subjects(work, [id_], (Retention.CASE,))
        row = SyncReview(
            county_code=county.code, id=id_, area_code=author.identity.area_codes[0], op_id=new_id(), device_id=new_id(),
            author_id=user_id_of(author), kind="visit", record_id=new_id(), captured_at=work.now, code="visit_not_planned",
            state="open", subject_id=id_, created_by=user_id_of(author), created_at=work.now, updated_at=work.now,
            version=1,
        )  # fmt: skip
        written = Written(author_token="", data=Raw(data), base_version=1)
        row.sealed_payload = seal_long(keys, id_, id_, payload_text(row, written))
        work.session.add(row)
    return id_


def everything(county: County) -> Caller:
    """Somebody who sees the whole county's rows."""
    caller = coordinator(county)
    grants = tuple(replace(grant, area_code=county.code) for grant in caller.identity.grants)
    return replace(caller, identity=replace(caller.identity, grants=grants))


def assert_feeds_true(county: County) -> None:
    """Every feed holds what its reader may hold, at the right version, and no mark is left."""
    with transaction(everything(county)) as work:
        rows = work.session.scalars(select(FeedChange).where(FeedChange.county_code == county.code)).all()
        stirs = work.session.scalars(select(FeedStir).where(FeedStir.county_code == county.code)).all()
        wanted = reckoned(work)
    held = {(row.reader_id, row.area_code, row.kind, row.record_id): row.version for row in rows if row.op == "put"}
    assert held == wanted
    assert list(stirs) == []
    numbers = [(row.reader_id, row.area_code, row.seq) for row in rows]
    assert len(set(numbers)) == len(numbers)


def reckoned(work: Work) -> Held:
    """What every reader may hold, reckoned row by row."""
    entries = {row.id: row for row in _all(work, LedgerEntry)}
    return _care(work, entries) | _sweep(work) | _safety(work) | _reviews(work)


def _care(work: Work, entries: dict[UUID, LedgerEntry]) -> Held:
    plans, people = ({row.id: row for row in _all(work, model)} for model in (CarePlan, Resident))
    answers: Counter[UUID] = Counter()
    for consent in _all(work, Consent):
        answers[consent.entry_id] += consent.version if consent.scope == "family_contact" else 0
    last = clock.today() + timedelta(days=14)
    found: dict[UUID, list[tuple[Any, UUID, tuple[UUID, str, str, UUID], int]]] = {}
    for visit in _all(work, Visit):
        entry = entries[visit.entry_id]
        if visit.state == "planned" and visit.due_from <= last and entry.state in {"plan_active", "stable"}:
            version = visit.version + plans[visit.plan_id].version + people[visit.resident_id].version
            version += answers[entry.id]
            key = (visit.assignee_id, entry.area_code, "visit", visit.id)
            found.setdefault(visit.assignee_id, []).append((visit.due_to, visit.resident_id, key, version))
    for item in _all(work, PlanItem):
        entry = entries[item.entry_id]
        running = plans[item.plan_id].state == "active" and entry.state in {"plan_active", "stable"}
        if item.done_at is None and running:
            key = (item.owner_id, entry.area_code, "plan_item", item.id)
            found.setdefault(item.owner_id, []).append((item.due_on, item.resident_id, key, item.version))
    held: Held = {}
    for rows in found.values():
        first: dict[UUID, Any] = {}
        for due, person, _, _ in rows:
            first[person] = min(due, first.get(person, due))
        near = sorted(first, key=lambda person: (first[person], person))[: work.caller.store.tablet_residents]
        held |= {key: version for _, person, key, version in rows if person in near}
    return held


def _sweep(work: Work) -> Held:
    months = [row for row in _all(work, Month) if row.state == "open"]
    open_ = {(row.area_code, row.period) for row in months}
    sweeps = {row.id: row for row in _all(work, Sweep)}
    held: Held = {}
    for row in _all(work, SweepReturn):
        sweep = sweeps[row.sweep_id]
        if (sweep.area_code, sweep.period) in open_:
            held[row.created_by, row.area_code, "return", row.id] = row.version
    for fact in _all(work, Observation):
        if fact.state == "returned" and (fact.area_code[:9], fact.period) in open_:
            held[fact.created_by, fact.area_code, "observation", fact.id] = fact.version
    return held


def _safety(work: Work) -> Held:
    notices = [row.event_id for row in _all(work, SafetyNotice)]
    return {
        (row.created_by, row.area_code, "safety_event", row.id): row.version + notices.count(row.id)
        for row in _all(work, SafetyEvent)
        if row.state != "closed"
    }


def _reviews(work: Work) -> Held:
    return {
        (row.author_id, row.area_code, "review", row.id): row.version
        for row in _all(work, SyncReview)
        if row.state != "replaced"
    }


def _all(work: Work, model: Any) -> list[Any]:
    return list(work.session.scalars(select(model).where(model.county_code == work.county_code)))
