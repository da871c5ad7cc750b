"""What a worker may hold, as SQL: the projection that feeds are the numbered difference of.

One text for settling what a transaction stirred, for a pull's look at its own feeds and for the night, so that they
cannot disagree; only whose care (``carers``) and which records (``scope``) they look at differs. Parameters of all:
``county``, ``until`` (the last day on which a visit may begin to be due) and ``cap`` (people one worker holds at
most, those first to whom something is due first).
"""

from datetime import timedelta

from server.domain.codes import PeriodState
from server.domain.codes_care import PlanState, SafetyState, VisitState
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

#: A record's version is the sum of the numbers that everything shown of it hangs on: each only grows, so it does.
_CARE = f"""
    care AS (
        SELECT v.assignee_id AS reader_id, e.area_code, '{FeedKind.VISIT}' AS kind, v.id AS record_id, v.resident_id,
               v.due_to AS due, (v.version + p.version + r.version)::bigint AS version,
               v.assignee_id = ANY (e.carer_ids) AS cared
          FROM carers
          JOIN visit v ON v.assignee_id = carers.reader_id
          JOIN ledger_entry e ON (e.county_code, e.id) = (v.county_code, v.entry_id)
          JOIN care_plan p ON (p.county_code, p.id) = (v.county_code, v.plan_id)
          JOIN resident r ON (r.county_code, r.id) = (v.county_code, v.resident_id)
         WHERE v.county_code = :county AND v.state = '{VisitState.PLANNED}' AND v.due_from <= :until
           AND e.state IN ({_STATES})
        UNION ALL
        SELECT i.owner_id, e.area_code, '{FeedKind.PLAN_ITEM}', i.id, i.resident_id, i.due_on, i.version,
               i.owner_id = ANY (e.carer_ids)
          FROM carers
          JOIN plan_item i ON i.owner_id = carers.reader_id
          JOIN ledger_entry e ON (e.county_code, e.id) = (i.county_code, i.entry_id)
          JOIN care_plan p ON (p.county_code, p.id) = (i.county_code, i.plan_id)
         WHERE i.county_code = :county AND i.done_at IS NULL AND p.state = '{PlanState.ACTIVE}'
           AND e.state IN ({_STATES})
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
          JOIN sweep_return t ON t.id = x.record_id AND t.created_by = x.reader_id
          JOIN sweep s ON (s.county_code, s.id) = (t.county_code, t.sweep_id)
          JOIN month m ON (m.county_code, m.id) = (s.county_code, s.month_id)
         WHERE x.kind = '{FeedKind.RETURN}' AND t.county_code = :county AND m.state = '{PeriodState.OPEN}'
        UNION ALL
        SELECT x.reader_id, o.area_code, x.kind, o.id, o.version
          FROM scope x
          JOIN observation o ON o.id = x.record_id AND o.created_by = x.reader_id
          JOIN month m ON (m.county_code, m.area_code, m.period) = (o.county_code, left(o.area_code, 9), o.period)
         WHERE x.kind = '{FeedKind.OBSERVATION}' AND o.county_code = :county
           AND o.state = '{ObservationState.RETURNED}' AND m.state = '{PeriodState.OPEN}'
        UNION ALL
        SELECT x.reader_id, e.area_code, x.kind, e.id, e.version + (
                   SELECT count(*) FROM safety_notice n WHERE (n.county_code, n.event_id) = (e.county_code, e.id))
          FROM scope x
          JOIN safety_event e ON e.id = x.record_id AND e.created_by = x.reader_id
         WHERE x.kind = '{FeedKind.SAFETY_EVENT}' AND e.county_code = :county AND e.state <> '{SafetyState.CLOSED}'
        UNION ALL
        SELECT x.reader_id, w.area_code, x.kind, w.id, w.version
          FROM scope x
          JOIN sync_review w ON w.id = x.record_id AND w.author_id = x.reader_id
         WHERE x.kind = '{FeedKind.REVIEW}' AND w.county_code = :county AND w.state <> 'replaced'
    )"""
_DIFFERENCE = f"""
    wanted AS MATERIALIZED (
        SELECT reader_id, area_code, kind, record_id, version, cared FROM ranked WHERE place <= :cap
        UNION ALL
        SELECT reader_id, area_code, kind, record_id, version, false FROM records
    ), held AS (
        SELECT c.* FROM carers JOIN feed_change c ON c.reader_id = carers.reader_id
         WHERE c.county_code = :county AND c.kind IN {_CARE_KINDS} AND c.op = 'put'
        UNION ALL
        SELECT c.* FROM scope x
          JOIN feed_change c ON (c.reader_id, c.kind, c.record_id) = (x.reader_id, x.kind, x.record_id)
         WHERE c.county_code = :county AND c.op = 'put'
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
