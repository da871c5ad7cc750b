"""What the measured pages and their floors share: somebody signed in, the county's key, the database's bare address."""

from flask.testing import FlaskClient

from bench.place import COUNTY, TOWNSHIP, Place
from server import clock
from server.app import create_app
from server.crypto.keys import MasterKey
from server.crypto.passwords import hash_password
from server.domain.codes import Purpose, Role
from server.store.grants import GrantSpec, add_grant
from server.store.transaction import transaction
from server.store.users import UserSpec, add_users

PASSWORD = "three quiet rivers"  # noqa: S105  of a user in a database that is dropped


def coordinator(place: Place, name: str) -> tuple[FlaskClient, dict[str, str]]:
    """A coordinator of the township, signed in as anybody would, and the headers of their requests."""
    with transaction(place.caller_as(Role.SYSADMIN, COUNTY, Purpose.ADMINISTRATION)) as work:
        spec = UserSpec(name, "试验用户", hash_password(PASSWORD), must_change_password=False)
        (user,) = add_users(work, [spec])
        add_grant(work, user.id, GrantSpec(Role.TOWNSHIP_COORDINATOR, TOWNSHIP, clock.today()))
    client = create_app(place.config, place.store).test_client()
    signed = client.post("/api/v1/sessions", json={"login": f"{name}@{COUNTY}", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {signed.json['access_token']}", "X-Purpose": "review"}  # type: ignore[index]
    return client, headers


def master_key(place: Place) -> MasterKey:
    """The county's master key of this month."""
    with transaction(place.caller) as work:
        return place.store.cupboard.current_master_key(work.session, work.keys, work.now)


def plain_url(place: Place) -> str:
    """The database's address as psycopg takes it."""
    return place.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
