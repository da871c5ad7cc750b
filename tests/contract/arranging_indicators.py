"""Indicators for the contract: units of the scene's county, at the level of whoever asks."""

from collections.abc import Mapping

from server import clock
from server.services.indicators import enter_bodies
from tests.contract.scene import Arranger, Call, Scene, example_body
from tests.make_sites import reporter


def _unit(scene: Scene) -> str:
    return scene.area[:9]


def _year_of_unit(scene: Scene) -> Call:
    return Call(query={"unit": _unit(scene), "year": str(clock.today().year)})


def _values_of_unit(scene: Scene) -> Call:
    return Call(query={"unit": scene.county.township if len(scene.area) != 6 else scene.area, "year": "2026"})


def _typed(indicator: str) -> Arranger:
    def arranged(scene: Scene) -> Call:
        path = {"unit": scene.county.code, "indicator": indicator, "year": str(clock.today().year)}
        return Call(path, dict(example_body(scene.operation) or {}) | {"rule_id": None})

    return arranged


def _target(scene: Scene) -> Call:
    path = {"unit": scene.county.code, "indicator": "YY-I1", "year": "2026"}
    return Call(path, dict(example_body(scene.operation) or {}))


def _bodies(scene: Scene) -> Call:
    id_ = enter_bodies(reporter(scene.county), "09", 17, clock.today(), "统〔2026〕3号").id
    return Call(names=False, secrets=(str(id_),))


RECORDS: Mapping[tuple[str, ...], Arranger] = {}

SPECIAL: Mapping[str, Arranger] = {
    "GET /indicators": lambda _: Call(names=False),
    "GET /dashboard": _year_of_unit,
    "GET /indicator-values": _values_of_unit,
    "PUT /indicator-values/{unit}/{indicator}/{year}": _typed("YY-I8"),
    "PUT /indicator-targets/{unit}/{indicator}/{year}": _target,
    "GET /body-counts": _bodies,
    "POST /body-counts": lambda scene: Call(body=example_body(scene.operation), names=False),
}
