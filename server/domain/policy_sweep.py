"""The policy of the sweep and the ledger up to acceptance, of residents, users, spreadsheets and counts."""

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.ledger_states import IN_SERVICE_STATES, PRE_ACCEPTANCE_STATES
from server.domain.permission_names import Permission
from server.domain.policy import Rule, Whose

P, R = Permission, Role
_GRID, _VILLAGE, _JUDICIAL, _TOWNSHIP = (
    R.GRID_WORKER,
    R.VILLAGE_OFFICER,
    R.JUDICIAL_OFFICER,
    R.TOWNSHIP_COORDINATOR,
)
_ASSESSING = (R.ASSESSOR, R.CLINICIAN)
_ABOVE = (R.COUNTY_SUPERVISOR, R.CITY_SUPERVISOR)
_WATCHING = (R.PRIVACY_OFFICER, R.AUDITOR)
_SWEEP = (Purpose.SWEEP,)
_ASKED = (Purpose.CARE, Purpose.SUBJECT_REQUEST)
_SWEEP_REVIEW = (Purpose.SWEEP, Purpose.REVIEW)

RULES: tuple[Rule, ...] = (
    # Everyone who can sign in
    Rule(P.ACCOUNT_OWN, tuple(R)),
    Rule(P.AREA_READ, tuple(R)),
    Rule(P.AREA_LOCATE, (_GRID, _VILLAGE, _JUDICIAL, _TOWNSHIP)),
    # The county's administration: no person in it
    Rule(P.USER_READ, (R.SYSADMIN,)),
    Rule(P.USER_MANAGE, (R.SYSADMIN,)),
    Rule(P.HOLIDAY_MANAGE, (R.SYSADMIN,)),
    # The month and its sweeps
    Rule(P.MONTH_READ, (_GRID, _VILLAGE, _JUDICIAL, _TOWNSHIP)),
    Rule(P.MONTH_OPEN, (_JUDICIAL, _TOWNSHIP)),
    Rule(P.MONTH_CLOSE, (_TOWNSHIP,)),
    Rule(P.SWEEP_SUBMIT, (_JUDICIAL,)),
    Rule(P.SWEEP_REOPEN, (_TOWNSHIP,)),
    Rule(P.RETURN_SUBMIT, (_GRID, _JUDICIAL), _SWEEP),
    Rule(P.RETURN_READ, (_GRID,), whose=Whose.OWN),
    Rule(P.RETURN_READ, (_VILLAGE, _JUDICIAL, _TOWNSHIP)),
    Rule(P.VILLAGE_CONFIRM, (_VILLAGE,)),
    # What was observed
    Rule(P.OBSERVATION_READ, (_GRID,), _SWEEP, Whose.OWN),
    Rule(P.OBSERVATION_READ, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW),
    Rule(P.OBSERVATION_CLEAR, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW, Whose.OTHERS),
    Rule(P.DISPUTE_READ, (_GRID,), _SWEEP, Whose.OWN),
    Rule(P.DISPUTE_READ, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW),
    Rule(P.DISPUTE_UPDATE, (_JUDICIAL,), _SWEEP),
    # Who the residents are
    Rule(P.RESIDENT_READ, (_GRID,), _SWEEP, Whose.OWN),
    Rule(P.RESIDENT_READ, (_JUDICIAL, _TOWNSHIP), (*_SWEEP_REVIEW, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_READ, _ASSESSING, _ASKED, Whose.ASSIGNED, IN_SERVICE_STATES),
    Rule(P.RESIDENT_READ, (R.ASSESSOR,), _ASKED, Whose.UNASSIGNED, frozenset({LedgerState.ACCEPTED})),
    Rule(P.RESIDENT_ENTER, (_JUDICIAL, *_ASSESSING), (Purpose.SWEEP, Purpose.CARE, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_WRITE, (_JUDICIAL,), (Purpose.SWEEP, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_WRITE, _ASSESSING, _ASKED, Whose.ASSIGNED, IN_SERVICE_STATES),
    Rule(P.RESIDENT_SEARCH, (_JUDICIAL, _TOWNSHIP), (*_SWEEP_REVIEW, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_SEARCH, _ASSESSING, _ASKED, Whose.ASSIGNED, IN_SERVICE_STATES),
    Rule(P.DUPLICATE_DECIDE, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW),
    # The ledger
    Rule(P.LEDGER_READ, (_VILLAGE,), _SWEEP, states=PRE_ACCEPTANCE_STATES),
    Rule(P.LEDGER_READ, (_JUDICIAL,), _SWEEP_REVIEW, states=PRE_ACCEPTANCE_STATES | {LedgerState.ACCEPTED}),
    Rule(P.LEDGER_READ, (_TOWNSHIP,), (Purpose.REVIEW,)),
    Rule(P.LEDGER_REPORT, (_JUDICIAL,), _SWEEP),
    Rule(P.LEDGER_REVIEW, (_TOWNSHIP,), (Purpose.REVIEW,), Whose.OTHERS),
    Rule(P.LEDGER_CLOSE, (_JUDICIAL,), _SWEEP),
    Rule(P.LEDGER_CLOSE, (_TOWNSHIP,), (Purpose.REVIEW,)),
    Rule(P.LEDGER_PURGE, (_TOWNSHIP, R.PRIVACY_OFFICER), (Purpose.REVIEW, Purpose.AUDIT)),
    Rule(P.TASK_READ, (_JUDICIAL, _TOWNSHIP, *_ASSESSING, R.PRIVACY_OFFICER)),
    Rule(P.TASK_DONE, (_JUDICIAL, _TOWNSHIP, *_ASSESSING, R.PRIVACY_OFFICER)),
    # Spreadsheets
    Rule(P.SPREADSHEET_IMPORT, (_JUDICIAL,), (Purpose.IMPORT,)),
    Rule(P.SPREADSHEET_EXPORT, (_TOWNSHIP,), (Purpose.EXPORT,)),
    # Counts
    Rule(P.FIGURES_READ, (_VILLAGE, _JUDICIAL, _TOWNSHIP, *_ABOVE, *_WATCHING)),
)
