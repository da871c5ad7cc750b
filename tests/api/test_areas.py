"""Areas over HTTP: looked up, drawn, and asked which of them one stands in, without the point being kept."""

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from server import clock
from server.domain.codes import Role
from server.services.area_shapes import attach_from
from tests.make import County, a_county
from tests.signed_in import Signed, sign_in

#: Two grids side by side, and around them their village; degrees.
WEST = [[[112.0, 28.0], [112.01, 28.0], [112.01, 28.01], [112.0, 28.01], [112.0, 28.0]]]
EAST = [[[112.01, 28.0], [112.02, 28.0], [112.02, 28.01], [112.01, 28.01], [112.01, 28.0]]]
AROUND = [[[111.9, 27.9], [112.1, 27.9], [112.1, 28.1], [111.9, 28.1], [111.9, 27.9]]]
IN_WEST, IN_EAST, ON_THE_BORDER, IN_NO_GRID, FAR_AWAY = (
    (112.005, 28.005), (112.015, 28.005), (112.01, 28.005), (112.05, 28.05), (121.4, 37.5),
)  # fmt: skip


def draw(owner_engine: Engine, **shapes: list[list[list[float]]]) -> None:
    features = [
        {"type": "Feature", "properties": {"code": code[1:]}, "geometry": {"type": "Polygon", "coordinates": rings}}
        for code, rings in shapes.items()
    ]
    with owner_engine.begin() as connection:
        attached = attach_from(connection, json.dumps({"type": "FeatureCollection", "features": features}))
    assert attached.faults == ()


@pytest.fixture
def drawn(county: County, owner_engine: Engine) -> County:
    shapes = {f"_{county.village}001": WEST, f"_{county.village}002": EAST, f"_{county.village}": AROUND}
    draw(owner_engine, **shapes)
    return county


def worker(client: FlaskClient, county: County, area: str = "") -> Signed:
    return sign_in(client, county, Role.GRID_WORKER, area or county.grid)


def located(person: Signed, point: tuple[float, float]) -> dict[str, object]:
    answer = person.post("/areas/locate", json={"longitude": point[0], "latitude": point[1]})
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return answer.json


def test_a_point_in_ones_own_grid_names_the_grid(client: FlaskClient, drawn: County) -> None:
    assert located(worker(client, drawn), IN_WEST) == {
        "grid_code": drawn.grid,
        "village_code": drawn.village,
        "township_code": drawn.township,
        "inside_own": True,
        "own_unmapped": False,
    }


def test_a_point_on_the_border_belongs_to_both_sides(client: FlaskClient, drawn: County) -> None:
    assert located(worker(client, drawn), ON_THE_BORDER)["grid_code"] == drawn.grid
    assert located(worker(client, drawn, drawn.village + "002"), ON_THE_BORDER)["grid_code"] == drawn.village + "002"


def test_a_neighbours_grid_is_outside_and_not_named(client: FlaskClient, drawn: County) -> None:
    place = located(worker(client, drawn), IN_EAST)
    assert (place["grid_code"], place["village_code"], place["inside_own"]) == (None, drawn.village, False)


def test_a_village_officer_may_stand_in_no_grid(client: FlaskClient, drawn: County) -> None:
    place = located(sign_in(client, drawn, Role.VILLAGE_OFFICER, drawn.village), IN_NO_GRID)
    assert (place["grid_code"], place["village_code"], place["inside_own"]) == (None, drawn.village, True)


def test_far_away_is_nowhere(client: FlaskClient, drawn: County) -> None:
    place = located(worker(client, drawn), FAR_AWAY)
    assert place == dict.fromkeys(("grid_code", "village_code", "township_code")) | {
        "inside_own": False,
        "own_unmapped": False,
    }


def test_without_an_outline_outside_is_not_claimed(client: FlaskClient, county: County) -> None:
    place = located(worker(client, county), IN_WEST)
    assert (place["grid_code"], place["inside_own"], place["own_unmapped"]) == (None, False, True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"longitude": 28.0, "latitude": 112.0}', "location_outside_china"),
        ('{"longitude": -74.0, "latitude": 40.7}', "location_outside_china"),
        ('{"longitude": NaN, "latitude": 28.0}', "body_unreadable"),
        ('{"longitude": Infinity, "latitude": 28.0}', "body_unreadable"),
        ('{"longitude": "NaN", "latitude": 28.0}', "fields_invalid"),
        ('{"longitude": 112.0}', "fields_invalid"),
        ('{"longitude": 112.0, "latitude": 28.0, "name": "x"}', "fields_invalid"),
    ],
)
def test_a_point_that_cannot_be_is_refused_without_being_repeated(
    client: FlaskClient, county: County, body: str, code: str
) -> None:
    answer = worker(client, county).post("/areas/locate", data=body, content_type="application/json")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (400 if code == "body_unreadable" else 422, code)
    assert "40.7" not in answer.text


def test_the_point_is_kept_nowhere(client: FlaskClient, drawn: County, owner_engine: Engine) -> None:
    located(worker(client, drawn), (112.0051234, 28.0054321))
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": drawn.code})
        events = connection.scalars(text("SELECT encode(event, 'escape') FROM access_stage")).all()
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'")
        ).all()
        rows = [
            row
            for table in tables
            for row in connection.scalars(text(f'SELECT t::text FROM "{table}" AS t WHERE t::text ~ :point'),
                                          {"point": "0051234|0054321"})
        ]  # fmt: skip
    assert not [event for event in events if "51234" in event or "54321" in event]
    assert rows == []


def test_an_administrator_has_no_place_to_ask_for(client: FlaskClient, county: County) -> None:
    answer = sign_in(client, county, Role.SYSADMIN, county.code).post(
        "/areas/locate", json={"longitude": 112.0, "latitude": 28.0}
    )
    assert answer.status_code == 403


def test_areas_are_listed_by_what_lies_under_what(client: FlaskClient, county: County) -> None:
    person = worker(client, county)
    below = person.get(f"/areas?parent={county.code}").json
    villages = person.get(f"/areas?parent={county.code}&level=village").json
    assert below is not None
    assert villages is not None
    assert [area["code"] for area in below["items"]] == [county.township, county.other_township]
    assert len(villages["items"]) == 6
    assert {area["level"] for area in villages["items"]} == {"village"}


def test_pages_follow_each_other_without_gap_or_repeat(client: FlaskClient, county: County) -> None:
    person, codes, cursor = worker(client, county), [], ""
    while True:
        page = person.get(f"/areas?parent={county.code}&level=grid&limit=5{cursor}").json
        assert page is not None
        codes += [area["code"] for area in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(codes) == 12
    assert codes == sorted(set(codes))


def test_another_lists_cursor_is_refused(client: FlaskClient, county: County) -> None:
    answer = worker(client, county).get("/areas?cursor=WyJhIiwgImIiXQ")
    assert (answer.status_code, answer.json and answer.json["code"]) == (400, "cursor_malformed")


@pytest.mark.parametrize("code", ["999999", "43", "x", "4309 01", "%00", "0" * 400])
def test_a_code_nobody_has_is_not_found(client: FlaskClient, county: County, code: str) -> None:
    assert worker(client, county).get(f"/areas/{code}").status_code == 404


def test_an_ended_area_is_read_with_its_successor_but_no_longer_listed(
    client: FlaskClient, county: County, owner_engine: Engine
) -> None:
    person, ended, yesterday = worker(client, county), county.village + "002", clock.today() - timedelta(days=1)
    with owner_engine.begin() as connection:
        connection.execute(
            text("UPDATE area SET valid_to = :day, successor_code = :next WHERE code = :code"),
            {"day": yesterday, "next": county.grid, "code": ended},
        )
    area = person.get(f"/areas/{ended}").json
    assert area is not None
    assert (area["valid_to"], area["successor_code"]) == (yesterday.isoformat(), county.grid)
    now = person.get(f"/areas?parent={county.village}").json
    then = person.get(f"/areas?parent={county.village}&valid_on={yesterday}").json
    assert now is not None
    assert then is not None
    assert [area["code"] for area in now["items"]] == [county.grid]
    assert [area["code"] for area in then["items"]] == [county.grid, ended]


def test_a_picture_shows_areas_without_an_outline_too(client: FlaskClient, drawn: County) -> None:
    picture = worker(client, drawn).get(f"/areas.geojson?parent={drawn.township}&zoom=12").json
    assert picture is not None
    assert picture["type"] == "FeatureCollection"
    assert [feature["id"][-3:] for feature in picture["features"]] == ["201", "202", "203"]
    kinds = [feature["geometry"] and feature["geometry"]["type"] for feature in picture["features"]]
    assert kinds == ["Polygon", None, None]
    assert picture["features"][0]["properties"] == {
        "code": drawn.village,
        "name": "试验村201",
        "level": "village",
    }


def test_a_picture_from_afar_has_fewer_points(client: FlaskClient, county: County, owner_engine: Engine) -> None:
    saw = [[112 + number / 1000, 28 + (number % 2) / 1000] for number in range(200)]
    draw(owner_engine, **{f"_{county.village}": [[*saw, [112.2, 27.5], [112, 27.5], saw[0]]]})
    person = worker(client, county)
    points = []
    for zoom in (4, 16):
        picture = person.get(f"/areas.geojson?parent={county.township}&zoom={zoom}").json
        assert picture is not None
        points.append(str(picture["features"][0]["geometry"]["coordinates"]).count("[") - 2)
    assert points[0] < 20
    assert points[1] > 200


def test_a_picture_of_nothing_known_is_not_found(client: FlaskClient, county: County) -> None:
    assert worker(client, county).get("/areas.geojson?parent=999999").status_code == 404


def test_another_countys_areas_are_public_knowledge(client: FlaskClient, county: County, owner_engine: Engine) -> None:
    other = a_county(county.store, owner_engine, "96" + county.code[2:])
    assert worker(client, county).get(f"/areas/{other.township}").status_code == 200
