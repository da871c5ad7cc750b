"""Whatever happens in the field, nothing is lost, doubled, or kept too long: the machine of ``arrange_machine.py``, run.

It tries the same days each time, unless ``LINLI_MACHINE_EXAMPLES`` (and ``LINLI_MACHINE_STEPS``) make a long run of it.
What became of all operations is written to the file that ``LINLI_MACHINE_REPORT`` names.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine, create_engine

from server.config import Config
from tests.sync_client.arrange_machine import Field, Place

EXAMPLES = int(os.environ.get("LINLI_MACHINE_EXAMPLES", "4"))
STEPS = int(os.environ.get("LINLI_MACHINE_STEPS", "40"))
#: A failing day is made shorter only where one asks for it: that takes many minutes.
PHASES = tuple(phase for phase in Phase if phase is not Phase.shrink or "LINLI_MACHINE_SHRINK" in os.environ)


@pytest.fixture(scope="session")
def jobs_engine(config: Config) -> Iterator[Engine]:
    engine = create_engine(config.jobs_url)
    yield engine
    engine.dispose()


def test_whatever_happens_in_the_field_nothing_is_lost_doubled_or_kept_too_long(
    app, store, owner_engine, jobs_engine, tmp_path_factory
):
    here = Place(app, store, owner_engine, jobs_engine, tmp_path_factory)
    machine = type("FieldHere", (Field,), {"place": here})
    few = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        phases=PHASES, derandomize="LINLI_MACHINE_EXAMPLES" not in os.environ,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=few)
    if report := os.environ.get("LINLI_MACHINE_REPORT"):
        lines = (f"{number:6} {what}" for what, number in sorted(here.seen.items()))
        Path(report).write_text("\n".join(lines) + "\n", "utf-8")
