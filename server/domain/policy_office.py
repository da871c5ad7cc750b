"""The policy of what holds no person: the closed month, meetings, sites, surveys, indicators."""

from server.domain.codes import Purpose, Role
from server.domain.permission_names import Permission
from server.domain.policy import Rule, Whose

P, R = Permission, Role
_TOWNSHIP, _SITE, _DEPARTMENT, _HOTLINE = (
    R.TOWNSHIP_COORDINATOR,
    R.SITE_MANAGER,
    R.DEPT_REPORTER,
    R.HOTLINE_OPERATOR,
)
_ABOVE = (R.COUNTY_SUPERVISOR, R.CITY_SUPERVISOR)
_WATCHING = (R.PRIVACY_OFFICER, R.AUDITOR)
_COUNTING = (R.JUDICIAL_OFFICER, _TOWNSHIP, _SITE, _DEPARTMENT, *_ABOVE, *_WATCHING)

RULES: tuple[Rule, ...] = (
    # The closed month and its meeting
    Rule(P.MONTH_REOPEN, (_TOWNSHIP,)),
    Rule(P.MONTH_FIGURES, (R.JUDICIAL_OFFICER, _TOWNSHIP)),
    Rule(P.MONTH_EXPORT, (_TOWNSHIP, *_ABOVE)),
    Rule(P.MEETING_READ, (R.JUDICIAL_OFFICER, _TOWNSHIP, R.ASSESSOR)),
    Rule(P.MEETING_WRITE, (_TOWNSHIP,)),
    Rule(P.ACTION_ITEM_DO, (R.JUDICIAL_OFFICER, _TOWNSHIP, R.ASSESSOR)),
    # Sites, staff, activities: no person in care
    Rule(P.SITE_READ, (*_COUNTING, R.ASSESSOR, R.CLINICIAN, R.COUNSELLOR)),
    Rule(P.SITE_WRITE, (_SITE, _TOWNSHIP)),
    Rule(P.SITE_CHECK, (_TOWNSHIP, R.COUNTY_SUPERVISOR)),
    Rule(P.PROVIDER_WRITE, (_DEPARTMENT,)),
    Rule(P.SURVEY_WRITE, (_DEPARTMENT, _SITE)),
    Rule(P.EMERGENCY_WRITE, (_TOWNSHIP, _DEPARTMENT, R.COUNTY_SUPERVISOR)),
    Rule(P.HOTLINE_READ, (_HOTLINE,), (Purpose.CARE,), Whose.OWN),
    Rule(P.HOTLINE_WRITE, (_HOTLINE,), (Purpose.CARE,)),
    # Indicators
    Rule(P.INDICATOR_READ, _COUNTING),
    Rule(P.INDICATOR_WRITE, (_DEPARTMENT,)),
    Rule(P.TARGET_WRITE, _ABOVE),
)
