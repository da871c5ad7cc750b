"""The steps of sites: written with every move, and read when a number is wanted as of a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Subquery, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from server.domain.codes_sites import SiteReason, SiteState
from server.errors import Conflict
from server.models.site import ServiceSite, SiteStep
from server.store.scope import under
from server.store.transaction import Work, new_id

#: The first step of a site, which has no state before.
ENTERED = "enter"


@dataclass(frozen=True)
class Step:
    """What was done with a site, from which state, since when and why."""

    act: str
    before: SiteState | None
    held_on: date
    reason: SiteReason


def note_step(work: Work, site: ServiceSite, step: Step) -> None:
    """Write down the move that brought a site to the state it is in."""
    row = SiteStep(
        county_code=work.county_code,
        id=new_id(),
        area_code=site.area_code,
        site_id=site.id,
        act=step.act,
        from_state=step.before and step.before.value,
        to_state=site.state,
        held_on=step.held_on,
        reason=step.reason.value,
        actor_id=work.identity.user_id,
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()


def require_in_order(work: Work, site: ServiceSite, day: date) -> None:
    """Hold that a move is not before the last one; raises Conflict ``site_step_out_of_order``."""
    steps = select(func.max(SiteStep.held_on)).where(SiteStep.county_code == work.county_code)
    last = work.session.scalar(steps.where(SiteStep.site_id == site.id))
    if last is not None and day < last:
        raise Conflict("site_step_out_of_order", last=last.isoformat())


def operating_on(work: Work, area_code: str, day: date) -> Subquery:
    """The sites under an area that were operating on a day, the day itself included.

    Columns are ``id``, ``area_code``, ``type``, ``psychiatric`` and ``hours_per_day``.
    A site's last step up to the day tells; ids are made in the order of time, so two steps of one day stay in order.
    """
    last = (
        select(SiteStep.site_id, SiteStep.to_state)
        .where(SiteStep.county_code == work.county_code, SiteStep.held_on <= day)
        .where(under(SiteStep.area_code, area_code))
        .ext(distinct_on(SiteStep.site_id))
        .order_by(SiteStep.site_id, SiteStep.held_on.desc(), SiteStep.id.desc())
        .subquery()
    )
    site = ServiceSite
    return (
        select(site.id, site.area_code, site.type, site.psychiatric, site.hours_per_day)
        .join(last, last.c.site_id == site.id)
        .where(site.county_code == work.county_code, last.c.to_state == SiteState.OPERATING.value)
        .subquery()
    )
