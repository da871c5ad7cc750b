"""Examples of the sweep's records for the API's document; every person in them is invented."""

SWEEP = {
    "id": "01936f3e-0000-7000-8000-000000000011",
    "month_id": "01936f3e-0000-7000-8000-000000000010",
    "township_code": "430903102",
    "period": "202611",
    "kind": "concern",
    "state": "collecting",
    "submitted_by": None,
    "submitted_at": None,
    "reopen_reason": None,
    "version": 2,
}
MONTH = {
    "id": "01936f3e-0000-7000-8000-000000000010",
    "township_code": "430903102",
    "township_name": "麒麟桥镇",
    "period": "202611",
    "state": "open",
    "closed_by": None,
    "closed_at": None,
    "version": 1,
    "due": {
        "window_from": "2026-11-01",
        "window_to": "2026-11-20",
        "village_confirm": "2026-11-25",
        "township_submit": "2026-11-30",
        "month_close": "2026-12-03",
        "close_provisional": False,
        "analysis_meeting": "2026-12-10",
    },
    "sweeps": [SWEEP],
}
FACT = "11月5日上午在村口小卖部，当事人说儿子上月去世后整夜睡不着，已三天没有做饭。"
OBSERVATION_DRAFT = {
    "resident": {"name": "王秀英", "sex": "2", "birth_year": 1955},
    "observed_on": "2026-11-05",
    "ground": "2",
    "fact": FACT,
    "source": "told_by_person",
    "urgent": False,
}
DISPUTE_DRAFT = {"dispute_type": "debt", "party_count": 2, "outcome": "ongoing", "mediation_body": "镇人民调解委员会"}
OBSERVATION_RETURN = {"area_code": "430903102203001", "nil": False, "observations": [OBSERVATION_DRAFT]}
RETURN = {
    "id": "01936f3e-0000-7000-8000-000000000012",
    "sweep_id": "01936f3e-0000-7000-8000-000000000011",
    "area_code": "430903102203001",
    "nil": False,
    "item_count": 1,
    "submitted_at": "2026-11-05T02:12:00+00:00",
    "captured_at": "2026-11-05T02:10:00+00:00",
    "late": False,
    "late_reason": None,
    "created_by": "01936f3e-0000-7000-8000-000000000002",
    "version": 1,
}
CONFIRMATION = {
    "id": "01936f3e-0000-7000-8000-000000000013",
    "sweep_id": "01936f3e-0000-7000-8000-000000000011",
    "village_code": "430903102203",
    "return_count": 3,
    "item_count": 1,
    "confirmed_by": "01936f3e-0000-7000-8000-000000000003",
    "confirmed_at": "2026-11-21T01:00:00+00:00",
}
_COUNT = {"expected": 3, "returned": 2, "nil": 1, "late": 0, "items": 1}
COMPLETENESS = {
    "villages": [
        {
            "village_code": "430903102203",
            "village_name": "麒麟村",
            "count": _COUNT,
            "missing": ["430903102203003"],
            "confirmed": False,
        },
    ],
    "total": _COUNT,
}
OBSERVATION = {
    "id": "01936f3e-0000-7000-8000-000000000014",
    "return_id": "01936f3e-0000-7000-8000-000000000012",
    "resident_id": "01936f3e-0000-7000-8000-000000000015",
    "area_code": "430903102203001",
    "period": "202611",
    "observed_on": "2026-11-05",
    "ground": "2",
    "fact": FACT,
    "source": "told_by_person",
    "urgent": False,
    "needs_word_review": False,
    "word_review_by": None,
    "state": "noted",
    "return_reason": None,
    "created_by": "01936f3e-0000-7000-8000-000000000002",
    "created_at": "2026-11-05T02:12:00+00:00",
    "version": 1,
}
DISPUTE = {
    "id": "01936f3e-0000-7000-8000-000000000016",
    "return_id": "01936f3e-0000-7000-8000-000000000012",
    "area_code": "430903102203001",
    "period": "202611",
    "dispute_type": "debt",
    "party_count": 2,
    "mediation_body": "镇人民调解委员会",
    "outcome": "ongoing",
    "parties": None,
    "created_by": "01936f3e-0000-7000-8000-000000000002",
    "created_at": "2026-11-05T02:12:00+00:00",
    "version": 1,
}
