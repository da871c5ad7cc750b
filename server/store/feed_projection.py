"""What a worker may hold, as SQL: the projection that feeds are the numbered difference of.

One text for settling what a transaction stirred, for a pull's look at its own feeds and for the night, so that they
cannot disagree; only whose care (``carers``) and which records (``scope``) they look at differs. Parameters of all:
``county``, ``until`` (the last day on which a visit may begin to be due) and ``cap`` (people one worker holds at
most, those first to whom something is due first).
"""

from datetime import timedelta

from server.domain.codes import PeriodState
from server.domain.codes_care import ConsentScope, PlanState, SafetyState, VisitState
from server.domain.codes_sync import FeedKind
from server.domain.plans import VISITED_STATES
from server.domain.returns import ObservationState

#: A visit is held from this long before the first day it is due.
HELD_AHEAD = timedelta(days=14)

_STATES = ", ".join(f"'{state}'" for state in sorted(VISITED_STATES))
_CARE_KINDS = f"('{FeedKind.VISIT}', '{FeedKind.PLAN_ITEM}')"

#: What one transaction stirred: the care of some readers, and some records.
OF_STIRRED = """WITH
    carers AS (SELECT unnest(CAST(:carers AS uuid[])) AS reader_id),
    scope AS (
        SELECT * FROM unnest(CAST(:readers AS uuid[]), CAST(:kinds AS text[]), CAST(:records AS uuid[]))
            AS stirred (reader_id, kind, record_id)
    )"""
#: All that anybody in the county holds or may hold.
OF_ALL = f"""WITH
    carers AS (
        SELECT assignee_id AS reader_id FROM visit WHERE county_code = :county AND state = '{VisitState.PLANNED}'
        UNION SELECT owner_id FROM plan_item WHERE county_code = :county AND done_at IS NULL
        UNION SELECT reader_id FROM feed_change
               WHERE county_code = :county AND kind IN {_CARE_KINDS} AND op = 'put'
    ), scope AS (
        SELECT t.created_by AS reader_id, '{FeedKind.RETURN}' AS kind, t.id AS record_id
          FROM month m
          JOIN sweep s ON (s.county_code, s.month_id) = (m.county_code, m.id)
          JOIN sweep_return t ON (t.county_code, t.sweep_id) = (s.county_code, s.id)
         WHERE m.county_code = :county AND m.state = '{PeriodState.OPEN}'
        UNION SELECT created_by, '{FeedKind.OBSERVATION}', id FROM observation
               WHERE county_code = :county AND state = '{ObservationState.RETURNED}'
        UNION SELECT created_by, '{FeedKind.SAFETY_EVENT}', id FROM safety_event
               WHERE county_code = :county AND state <> '{SafetyState.CLOSED}'
        UNION SELECT author_id, '{FeedKind.REVIEW}', id FROM sync_review WHERE county_code = :county
        UNION SELECT reader_id, kind, record_id FROM feed_change
               WHERE county_code = :county AND kind NOT IN {_CARE_KINDS} AND op = 'put'
    )"""


def _each(table: str, alias: str, condition: str) -> str:
    """A join that looks rows up for each row before it, by an index, and that no planner turns round.

    Row-level security hides from the planner how many rows there are: it takes them for a handful, and joins tables
    that have nothing to do with one another. ``OFFSET 0`` keeps the order, whatever was counted or cached before.
    """
    return f"CROSS JOIN LATERAL (SELECT * FROM {table} WHERE county_code = :county AND {condition} OFFSET 0) {alias}"


_VISIT = _each(
    "visit", "v", f"assignee_id = carers.reader_id AND state = '{VisitState.PLANNED}' AND due_from <= :until"
)
_OWN = "id = x.record_id AND created_by = x.reader_id"
_OBSERVATION = _each("observation", "o", f"{_OWN} AND state = '{ObservationState.RETURNED}'")
_EMERGENCY = _each("safety_event", "e", f"{_OWN} AND state <> '{SafetyState.CLOSED}'")
_IS_OPEN = f"state = '{PeriodState.OPEN}'"
_MONTH_OF_AREA = _each("month", "m", f"area_code = left(o.area_code, 9) AND period = o.period AND {_IS_OPEN}")
_OF_SCOPE = "reader_id = x.reader_id AND kind = x.kind AND record_id = x.record_id"
_HELD = _each("feed_change", "c", f"{_OF_SCOPE} AND op = 'put'")
#: What a visit says of talking with the family hangs on every answer to that question.
_AGREEMENTS = f"""(
                   SELECT coalesce(sum(c.version), 0) FROM consent c
                    WHERE (c.county_code, c.entry_id, c.scope)
                        = (e.county_code, e.id, '{ConsentScope.FAMILY_CONTACT}'))"""
#: A record's version is the sum of the numbers that everything shown of it hangs on: each only grows, so it does.
_CARE = f"""
    care AS (
        SELECT v.assignee_id AS reader_id, e.area_code, '{FeedKind.VISIT}' AS kind, v.id AS record_id, v.resident_id,
               v.due_to AS due, (v.version + p.version + r.version + {_AGREEMENTS})::bigint AS version,
               v.assignee_id = ANY (e.carer_ids) AS cared
          FROM carers
          {_VISIT}
          {_each("ledger_entry", "e", f"id = v.entry_id AND state IN ({_STATES})")}
          {_each("care_plan", "p", "id = v.plan_id")}
          {_each("resident", "r", "id = v.resident_id")}
        UNION ALL
        SELECT i.owner_id, e.area_code, '{FeedKind.PLAN_ITEM}', i.id, i.resident_id, i.due_on, i.version,
               i.owner_id = ANY (e.carer_ids)
          FROM carers
          {_each("plan_item", "i", "owner_id = carers.reader_id AND done_at IS NULL")}
          {_each("ledger_entry", "e", f"id = i.entry_id AND state IN ({_STATES})")}
          {_each("care_plan", "p", f"id = i.plan_id AND state = '{PlanState.ACTIVE}'")}
    ), nearest AS (
        SELECT *, min(due) OVER (PARTITION BY reader_id, resident_id) AS first_due FROM care
    ), ranked AS (
        SELECT *, dense_rank() OVER (PARTITION BY reader_id ORDER BY first_due, resident_id) AS place FROM nearest
    )"""
#: Rows are found from the scope by their keys; a record belongs to whoever entered it.
_RECORDS = f"""
    records AS (
        SELECT x.reader_id, t.area_code, x.kind, t.id AS record_id, t.version::bigint AS version
          FROM scope x
          {_each("sweep_return", "t", _OWN)}
          {_each("sweep", "s", "id = t.sweep_id")}
          {_each("month", "m", f"id = s.month_id AND {_IS_OPEN}")}
         WHERE x.kind = '{FeedKind.RETURN}'
        UNION ALL
        SELECT x.reader_id, o.area_code, x.kind, o.id, o.version
          FROM scope x
          {_OBSERVATION}
          {_MONTH_OF_AREA}
         WHERE x.kind = '{FeedKind.OBSERVATION}'
        UNION ALL
        SELECT x.reader_id, e.area_code, x.kind, e.id, e.version + (
                   SELECT count(*) FROM safety_notice n WHERE (n.county_code, n.event_id) = (e.county_code, e.id))
          FROM scope x
          {_EMERGENCY}
         WHERE x.kind = '{FeedKind.SAFETY_EVENT}'
        UNION ALL
        SELECT x.reader_id, w.area_code, x.kind, w.id, w.version
          FROM scope x
          {_each("sync_review", "w", "id = x.record_id AND author_id = x.reader_id AND state <> 'replaced'")}
         WHERE x.kind = '{FeedKind.REVIEW}'
    )"""
_DIFFERENCE = f"""
    wanted AS MATERIALIZED (
        SELECT reader_id, area_code, kind, record_id, version, cared FROM ranked WHERE place <= :cap
        UNION ALL
        SELECT reader_id, area_code, kind, record_id, version, false FROM records
    ), held AS (
        SELECT c.* FROM carers
          {_each("feed_change", "c", f"reader_id = carers.reader_id AND kind IN {_CARE_KINDS} AND op = 'put'")}
        UNION ALL
        SELECT c.* FROM scope x
          {_HELD}
    ), difference AS (
        SELECT coalesce(w.reader_id, h.reader_id) AS reader_id, coalesce(w.area_code, h.area_code) AS area_code,
               coalesce(w.kind, h.kind) AS kind, coalesce(w.record_id, h.record_id) AS record_id,
               w.version, coalesce(w.cared, false) AS cared
          FROM wanted w FULL JOIN held h
            ON (w.reader_id, w.area_code, w.kind, w.record_id) = (h.reader_id, h.area_code, h.kind, h.record_id)
         WHERE (w.version, w.cared) IS DISTINCT FROM (h.version, h.cared)
    )"""
#: To be put behind one of the beginnings above; ``difference`` is then there to be asked.
DIFFERENCE = f",{_CARE},{_RECORDS},{_DIFFERENCE}"

#: Numbers and writes a difference, every feed in one statement. Its readers must be locked.
WRITE = """,
    heads AS (
        INSERT INTO feed AS f (county_code, reader_id, area_code, epoch, head, created_at)
        SELECT :county, reader_id, area_code, 1, count(*), :now FROM difference GROUP BY reader_id, area_code
         ORDER BY reader_id, area_code
        ON CONFLICT (county_code, reader_id, area_code) DO UPDATE SET head = f.head + excluded.head
        RETURNING reader_id, area_code, head
    ), numbered AS (
        SELECT d.*, h.head - row_number() OVER (PARTITION BY d.reader_id, d.area_code ORDER BY d.kind, d.record_id) + 1
                    AS seq,
               CASE WHEN d.version IS NULL THEN 'remove' ELSE 'put' END AS op, coalesce(d.version, 0) AS stamp,
               CASE WHEN d.version IS NOT NULL THEN NULL
                    WHEN m.record_id IS NULL THEN 'ended' ELSE 'moved' END AS reason
          FROM difference d
          JOIN heads h USING (reader_id, area_code)
          LEFT JOIN (SELECT DISTINCT reader_id, kind, record_id FROM wanted) m USING (reader_id, kind, record_id)
    )
    INSERT INTO feed_change AS c
           (county_code, reader_id, area_code, kind, record_id, seq, op, version, cared, mark, reason)
    SELECT :county, reader_id, area_code, kind, record_id, seq, op, stamp, cared,
           ('x' || left(encode(sha256(convert_to(kind || ':' || record_id || ':' || stamp, 'UTF8')), 'hex'), 16))
               ::bit(64)::bigint,
           reason
      FROM numbered
    ON CONFLICT (county_code, reader_id, kind, record_id, area_code) DO UPDATE
       SET seq = excluded.seq, op = excluded.op, version = excluded.version, cared = excluded.cared,
           mark = excluded.mark, reason = excluded.reason"""
