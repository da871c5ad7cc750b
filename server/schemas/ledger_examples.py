"""What answers about the ledger look like: the examples of the API's document. Nobody in them exists."""

_ID = "01936f3e-0000-7000-8000-00000000000"

ENTRY: dict[str, object] = {
    "id": _ID + "1",
    "entry_no": "43090310220260001",
    "resident_id": _ID + "2",
    "area_code": "430903102203001",
    "township_code": "430903102",
    "period": "202611",
    "state": "reported",
    "urgency": "routine",
    "grounds": ["2"],
    "reporter_id": _ID + "6",
    "reviewer_id": None,
    "assessor_id": None,
    "carer_ids": [],
    "reported_at": "2026-11-20T02:15:00+00:00",
    "review_due_at": "2026-11-25T15:59:59+00:00",
    "resubmit_due_at": None,
    "decided_at": None,
    "decision_reason": None,
    "accepted_at": None,
    "first_contact_due_at": None,
    "consented_at": None,
    "assessment_due_at": None,
    "assessed_at": None,
    "plan_due_at": None,
    "paused_until": None,
    "renewed_at": None,
    "expires_at": None,
    "closed_at": None,
    "closure_reason": None,
    "due_provisional": False,
    "version": 2,
}
PAGE: dict[str, object] = {
    "items": [
        ENTRY | {"village_name": "试验村村民委员会", "name": "欧阳**", "sex": "2", "birth_year": 1990, "overdue": []}
    ],
    "next_cursor": None,
}
DETAIL: dict[str, object] = {
    "entry": ENTRY,
    "overdue": [],
    "resident": {
        "id": _ID + "2",
        "name": "欧阳试验",
        "sex": "2",
        "birth_year": 1990,
        "birth_date": "1990-03-07",
        "id_no": None,
        "phone": "13800001234",
        "address": "试验镇试验村3组12号",
        "guardian_name": None,
        "guardian_phone": None,
        "guardian_relation": None,
        "guardian_conflict": False,
        "language_need": None,
        "sight": "full",
    },
    "facts": [
        {
            "id": _ID + "3",
            "observed_on": "2026-11-18",
            "ground": "2",
            "source": "seen",
            "urgent": False,
            "fact": "11月18日下午在村口遇见，本人说失业三个月，连续几晚睡不着，谈到房租时落泪。",
        }
    ],
}
STEPS: dict[str, object] = {
    "items": [
        {
            "act": "report",
            "from_state": "draft",
            "to_state": "reported",
            "actor_id": _ID + "6",
            "at": "2026-11-20T02:15:00+00:00",
            "reason": "",
        }
    ]
}
