"""Who works where, arranged."""

from collections.abc import Mapping

from server.domain.codes import Role
from tests.contract.scene import Arranger, Call, Scene
from tests.signed_in import a_user


def _colleagues(scene: Scene) -> Call:
    user_id, _ = a_user(scene.county, (Role.GRID_WORKER, scene.county.grid))
    return Call(query={"area_code": scene.county.grid, "role": "grid_worker"}, secrets=(str(user_id),))


RECORDS: Mapping[tuple[str, ...], Arranger] = {}
SPECIAL: Mapping[str, Arranger] = {"GET /colleagues": _colleagues}
