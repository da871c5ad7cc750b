"""What speaks against an operation although its author is proven, for the token that proves them has an age.

A tablet's clock is the tablet's word. The token is ours: whoever sealed with it had it by then, so nothing was written
before its issue, whatever the clock says. A wrong clock costs an honest author nothing that they may do today; only
what it would gain is asked about.
"""

from datetime import datetime, timedelta

from server.domain.tablet_operations import PROOF_GOOD_FOR, Opened, Sent, Written
from server.store.authors import Author

#: By how much a true time may seem to lie before its lease: both proofs by which an offset is learnt may be 300 s off.
LEEWAY = timedelta(minutes=10)


def opened_of(author: Author, sent: Sent, written: Written, issued_at: datetime, now: datetime) -> Opened:
    """An operation of its proven author. A time stated before its token was issued is not believed: it counts as now.

    In doubt are ``author_proof_old``, what comes long after its author last had a lease, and ``captured_before_lease``,
    what only a role of such a stated time would speak for.
    """
    stated = sent.moment(now)
    is_believed = stated >= issued_at - LEEWAY
    moment = min(max(stated, issued_at), now) if is_believed else now
    if now - issued_at > PROOF_GOOD_FOR:
        return Opened(sent, written, moment, doubt="author_proof_old")
    if not is_believed and set(author.grants(stated, now)) - set(author.grants(now, now)):
        return Opened(sent, written, moment, doubt="captured_before_lease")
    return Opened(sent, written, moment)
