"""What a WSGI server loads."""

import gc

from server.app import create_app
from server.config import Config

app = create_app(Config.from_environment())

# What was loaded lives as long as the process. A page of 500 people makes thousands of short-lived values: looking
# through everything for rubbish in the middle of it doubles its time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
