"""The application as it would answer on another day: what the demo serves, so that a month passes in a minute.

The product has no switch for its clock. This module turns the clock in a process of its own, before the application
is made; whoever can start it holds the deployment's keys and database anyway.
"""

import os
from datetime import UTC, datetime, timedelta

from demo.clock_setting import MOVED_BY
from server import clock
from server.app import create_app
from server.config import Config

_moved_by = timedelta(seconds=int(os.environ[MOVED_BY]))
clock.now = lambda: datetime.now(UTC) + _moved_by

app = create_app(Config.from_environment())
