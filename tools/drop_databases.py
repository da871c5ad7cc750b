"""Drop the databases whose names begin with a prefix: what a test run left when it was ended half-way."""

import sys

from sqlalchemy import text

from server.config import psycopg_url
from server.store.databases import administering, drop_database


def main(admin_url: str, prefix: str) -> None:
    """Drop them all; each is somebody's test run, never data."""
    with administering(admin_url) as connection:
        names = connection.scalars(
            text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)"), {"prefix": prefix}
        ).all()
    for name in names:
        drop_database(admin_url, name)


if __name__ == "__main__":
    main(psycopg_url(sys.argv[1]), sys.argv[2])
