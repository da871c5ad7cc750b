"""The deployment's leaflets, read once per process."""

from functools import cache
from pathlib import Path

from server.domain.leaflets import Leaflet, parse_leaflets

LEAFLETS = Path(__file__).resolve().parents[2] / "seeds" / "leaflets" / "leaflets.csv"


@cache
def leaflets() -> tuple[Leaflet, ...]:
    """Every leaflet under ``seeds/leaflets``; raises Malformed ``leaflets_invalid``."""
    return parse_leaflets(LEAFLETS.read_text("utf-8"))
