"""What a WSGI server loads."""

from server.app import create_app
from server.config import Config

app = create_app(Config.from_environment())
