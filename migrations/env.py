"""Runs each migration in its own transaction, one runner at a time, and gives up rather than wait on a lock.

The connection comes from the caller (``config.attributes["connection"]``), opened as the owner.
"""

from alembic import context
from sqlalchemy import Connection, text

#: Any number nobody else uses: only one runner migrates a database at a time.
RUNNER_LOCK = 0x6C696E6C69


def run(connection: Connection) -> None:
    """Migrate under the runner's lock, with limits on waiting and on running."""
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.execute(text("SET statement_timeout = '300s'"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": RUNNER_LOCK})
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    try:
        context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": RUNNER_LOCK})
        connection.execute(text("RESET lock_timeout"))
        connection.execute(text("RESET statement_timeout"))
        connection.commit()


run(context.config.attributes["connection"])
