"""The policy of field tablets: who works on one, who looks after them, and who decides about work that did not fit.

What a tablet receives and sends is bound by the same lines as single reads and writes (``policy_sweep.py``,
``policy_care.py``); the lines here only open the way.
"""

from server.domain.codes import Purpose, Role
from server.domain.permission_names import Permission
from server.domain.policy import Rule, Whose

P, R = Permission, Role
#: Those whose day is in the field.
_FIELD = (R.GRID_WORKER, R.COUNSELLOR, R.CASE_MEMBER)
_TOWNSHIP, _PRIVACY = R.TOWNSHIP_COORDINATOR, R.PRIVACY_OFFICER

RULES: tuple[Rule, ...] = (
    Rule(P.SYNC_PULL, _FIELD),
    Rule(P.DEVICE_READ, (_TOWNSHIP, _PRIVACY)),
    Rule(P.DEVICE_MANAGE, (_TOWNSHIP,)),
    Rule(P.DEVICE_HELD_READ, (_TOWNSHIP,), (Purpose.REVIEW,)),
    Rule(P.DEVICE_HELD_READ, (_PRIVACY,), (Purpose.AUDIT,)),
    Rule(P.SYNC_REVIEW_READ, _FIELD, (Purpose.SWEEP, Purpose.CARE), Whose.OWN),
    Rule(P.SYNC_REVIEW_READ, (_TOWNSHIP,), (Purpose.REVIEW,)),
    Rule(P.SYNC_REVIEW_DECIDE, (_TOWNSHIP,), (Purpose.REVIEW,), Whose.OTHERS),
)
