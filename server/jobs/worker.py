"""The job process: moves the access log every few seconds, minds the hours, and once a night ends what has expired.

The queue is procrastinate's, in its own schema ``jobs`` of the same database, so that there is nothing else to run.
Jobs are periodic and safe to repeat; a job that fails is tried again at its next time.
"""

import structlog
from procrastinate import App, PsycopgConnector
from sqlalchemy import make_url

from server import clock
from server.config import Config
from server.services.access import Store
from server.services.upkeep import end_what_is_due, mind_the_hours, move_access_log, rebuild_search, sweep_up

#: Every five seconds: an event is in the log soon after its request.
EVERY_FIVE_SECONDS = "* * * * * */5"
#: Two hours are the shortest time an answer is due in.
EVERY_FIVE_MINUTES = "*/5 * * * *"
#: 02:10 in China, when nobody works.
EVERY_NIGHT = "10 18 * * *"
QUEUE_SCHEMA = "jobs"

_log = structlog.get_logger("linli.jobs")


def make_worker(config: Config, store: Store) -> App:
    """The queue's application with its periodic jobs, on a store opened as the job process's role."""
    app = App(connector=_connector(config.jobs_url))

    @app.periodic(cron=EVERY_FIVE_SECONDS)
    @app.task(name="move_access_log", queueing_lock="move_access_log", lock="access_log")
    def move(timestamp: int) -> None:  # noqa: ARG001  the queue passes it
        moved = move_access_log(store)
        if moved:
            _log.info("access_log_moved", events=moved)

    @app.periodic(cron=EVERY_FIVE_MINUTES)
    @app.task(name="mind_the_hours", queueing_lock="mind_the_hours", lock="expiry")
    def mind(timestamp: int) -> None:  # noqa: ARG001  the queue passes it
        told = mind_the_hours(store, clock.now())
        if told:
            _log.info("minded_the_hours", told=told)

    @app.periodic(cron=EVERY_NIGHT)
    @app.task(name="end_what_is_due", queueing_lock="end_what_is_due", lock="expiry")
    def end(timestamp: int) -> None:  # noqa: ARG001  the queue passes it
        now = clock.now()
        swept, indexed = sweep_up(store, now), rebuild_search(store)
        _log.info("ended_what_is_due", swept=swept, indexed=indexed, **end_what_is_due(store, now))

    return app


def run(config: Config, store: Store) -> None:
    """Work until told to stop; jobs that went well leave no row behind."""
    app = make_worker(config, store)
    with app.open():
        app.run_worker(concurrency=1, delete_jobs="successful", name="linli")


def _connector(url: str) -> PsycopgConnector:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return PsycopgConnector(conninfo=plain, kwargs={"options": f"-c search_path={QUEUE_SCHEMA}"})
