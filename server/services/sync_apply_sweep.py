"""Returns and single facts from tablets: added, never changed, and joined to what the place has sent in meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from server.clock import day_of
from server.domain.returns import DisputeDraft, ObservationDraft, ReturnDraft
from server.domain.tablet_data import ReturnData, SingleObservationData, read_data
from server.domain.tablet_operations import Opened, Outcome, applied, duplicate, merged
from server.models.sweep import Dispute, Observation, SweepReturn
from server.services.returns import file_or_join_in
from server.store.operation_records import Made, made_already
from server.store.transaction import Work


def apply_return(work: Work, opened: Opened) -> Outcome:
    """File a return; items join the return that the place has sent in since; raises as ``file_or_join_in``."""
    data, own_id = read_data(opened, ReturnData), opened.sent.record_id
    known = _own(work, made_already(work, SweepReturn, [own_id]))
    if own_id in known:
        return duplicate(known[own_id].version)
    draft = _without_known(work, data.draft(own_id, data.captured_at or opened.sent.captured_at))
    if draft is None:
        return duplicate()
    filed = file_or_join_in(work, data.sweep_id, draft, day_of(opened.moment))
    if not filed.joined:
        return applied(filed.row.version)
    return duplicate(filed.row.version) if draft.nil else merged(filed.row.version)


def apply_observations(work: Work, run: Sequence[Opened]) -> list[Outcome]:
    """Write facts down, each place's together: as many statements for a hundred as for one.

    Raises as ``file_or_join_in``; nothing is written then.
    """
    known = _own(work, made_already(work, Observation, [one.sent.record_id for one in run]))
    fresh = [(one, read_data(one, SingleObservationData)) for one in run if one.sent.record_id not in known]
    places = {(data.sweep_id, data.area_code) for _, data in fresh}
    for place in sorted(places):
        _join(work, place, [(one, data) for one, data in fresh if (data.sweep_id, data.area_code) == place])
    return [duplicate(known[one.sent.record_id].version) if one.sent.record_id in known else applied(1) for one in run]


def _join(work: Work, place: tuple[UUID, str], facts: Sequence[tuple[Opened, SingleObservationData]]) -> None:
    sweep_id, area_code = place
    draft = ReturnDraft(
        area_code,
        nil=False,
        late_reason=next((data.late_reason for _, data in facts if data.late_reason), None),
        captured_at=min(one.sent.captured_at for one, _ in facts),
        observations=tuple(data.draft(one.sent.record_id) for one, data in facts),
    )
    file_or_join_in(work, sweep_id, draft, day_of(min(one.moment for one, _ in facts)))


def _own(work: Work, made: Mapping[UUID, Made]) -> dict[UUID, Made]:
    """Those the author made; what somebody else made under the same id is refused where it is written."""
    return {id_: one for id_, one in made.items() if one.created_by == work.identity.user_id}


def _without_known(work: Work, draft: ReturnDraft) -> ReturnDraft | None:
    """The return without items that came another way already; None where nothing would be left of it."""
    ids = [id_ for id_ in (*_ids(draft.observations), *_ids(draft.disputes)) if id_]
    if not ids:
        return draft
    mine = _own(work, {**made_already(work, Observation, ids), **made_already(work, Dispute, ids)})
    left = replace(
        draft,
        observations=tuple(one for one in draft.observations if one.id not in mine),
        disputes=tuple(one for one in draft.disputes if one.id not in mine),
    )
    return left if left.observations or left.disputes else None


def _ids(items: Sequence[ObservationDraft] | Sequence[DisputeDraft]) -> list[UUID | None]:
    return [item.id for item in items]
