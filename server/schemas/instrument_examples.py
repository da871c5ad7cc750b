"""Examples of screening instruments for the API's document."""

from typing import Any

_REVIEWED = {"zh": "reviewed", "en": "reviewed"}
_NO_DIAGNOSIS = {"zh": "筛查结果不是诊断。", "en": "Screening, not a diagnosis."}

#: A form of two questions, as a county might load it.
DEFINITION: dict[str, Any] = {
    "code": "sleep-2",
    "edition": "2026",
    "name": {"zh": "睡眠两问", "en": "Two questions about sleep"},
    "source": "县医院睡眠门诊，2026",
    "licence": {
        "kind": "permission",
        "zh": "县医院许可本县使用。",
        "en": "The county hospital lets the county use it.",
        "evidence": "县医院授权书2026-3",
        "non_commercial": True,
    },
    "status": "loaded",
    "age": {"min": 18, "max": None},
    "roles": ["assessor", "clinician"],
    "modes": ["interview"],
    "window": {"zh": "过去一周里：", "en": "In the past week:", "translation_status": _REVIEWED},
    "options": {
        "yes_no": [
            {"value": 0, "zh": "否", "en": "No", "translation_status": _REVIEWED},
            {"value": 1, "zh": "是", "en": "Yes", "translation_status": _REVIEWED},
        ]
    },
    "items": [
        {"number": 1, "zh": "入睡困难吗？", "en": "Is it hard to fall asleep?", "options": "yes_no",
         "translation_status": _REVIEWED},
        {"number": 2, "zh": "夜里常醒吗？", "en": "Do you often wake at night?", "options": "yes_no",
         "translation_status": _REVIEWED},
    ],
    "uncounted_items": [],
    "reverse_items": [],
    "total": {"multiplier": 1},
    "bands": [
        {"min": 0, "max": 0, "code": "fine", "zh": "睡得还好", "en": "Sleeps well enough", "refer": False,
         "advice": {"zh": "不需要特别处理。", "en": "Nothing special is needed."}},
        {"min": 1, "max": 2, "code": "poor", "zh": "睡得不太好", "en": "Sleeps poorly", "refer": True,
         "advice": {"zh": "可以到睡眠门诊看看。", "en": "The sleep clinic may help."}},
    ],
    "cut_off": None,
    "crisis_items": [],
    "ask_items": [],
    "disclaimer": _NO_DIAGNOSIS,
}  # fmt: skip

INSTRUMENT: dict[str, Any] = {
    "definition": DEFINITION,
    "enabled": False,
    "enabled_by": None,
    "enabled_at": None,
    "licence_evidence": "县卫健委〔2026〕12号附件3",
    "cut_off": None,
    "unreviewed": [],
    "version": 1,
}

_ID = "01936f3e-0000-7000-8000-0000000000"
SCREENING_BODY: dict[str, Any] = {
    "instrument": "gad-7",
    "edition": "2006",
    "mode": "interview",
    "held_at": "2026-11-05T10:10:00+08:00",
    "answers": {"1": 1, "2": 1, "3": 2, "4": 1, "5": 0, "6": 1, "7": 0},
    "disclaimer_shown": True,
}

SCREENING: dict[str, Any] = {
    "id": _ID + "31",
    "entry_id": _ID + "01",
    "assessment_id": None,
    "instrument": "gad-7",
    "edition": "2006",
    "name": {"zh": "广泛性焦虑筛查量表（七项）", "en": "Generalised Anxiety Disorder scale, seven items"},
    "mode": "interview",
    "held_at": "2026-11-05T02:10:00+00:00",
    "answers": {"1": 1, "2": 1, "3": 2, "4": 1, "5": 0, "6": 1, "7": 0},
    "total": 6,
    "band": "mild",
    "meaning": {"zh": "有一些紧张和担忧（轻度）", "en": "Some worry and tension (mild)"},
    "next_step": {
        "zh": "可以约好时间再谈一次，看看情况有没有变化。",
        "en": "Agree on another talk, to see how things go.",
    },
    "talk_offer": None,
    "refer": False,
    "crisis_item_positive": False,
    "ask_items": [],
    "cut_off": None,
    "safety_event_id": None,
    "unreviewed": ["zh"],
    "disclaimer": _NO_DIAGNOSIS,
    "created_by": _ID + "0a",
    "created_at": "2026-11-05T02:12:00+00:00",
    "version": 1,
}
