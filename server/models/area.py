"""Areas: counties, townships, villages and grids, keyed by division code, never by name."""

from datetime import date
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model


class Area(Model):
    """One division or grid. A code is history-kept: it is ended and followed by another, never changed."""

    __tablename__ = "area"
    __table_args__ = (
        Index("ix_area_parent_code", "parent_code", "code"),
        Index("ix_area_geometry", "geometry", postgresql_using="gist"),
        {"info": {"rls": "none"}},
    )

    code: Mapped[str] = mapped_column(AreaText, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    #: Digits of the level: 6 county, 9 township, 12 village, 15 grid.
    level: Mapped[int] = mapped_column(SmallInteger)
    parent_code: Mapped[str | None] = mapped_column(AreaText)
    #: gb: in GB/T 2260; stat_only: a statistical code such as a development zone; special: a special unit.
    admin_type: Mapped[str] = mapped_column(String(12))
    #: street, town, township, special (townships); residents, villagers, quasi (villages); else empty.
    kind: Mapped[str] = mapped_column(String(12))
    #: Whether a township counts in indicator denominators (special units do not by default).
    counts_in_indicator: Mapped[bool]
    #: Three-digit urban-rural class of the statistics bureau; unknown when empty.
    urban_rural: Mapped[str | None] = mapped_column(String(3))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(AreaText)
    #: Optional at every level; CGCS2000 longitude and latitude.
    geometry: Mapped[Any | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=4490, spatial_index=False), nullable=True
    )
