"""The one place where everything meets."""

from flask import Flask, Response
from flask_jwt_extended import JWTManager
from werkzeug.middleware.proxy_fix import ProxyFix

from server.api import blueprints
from server.api.docs import document, front_door
from server.config import Config
from server.crypto.keyring import Keyring, load_key_dir
from server.http import errors
from server.http.bodies import MemoryRequest
from server.http.caller import REQUEST_ID_HEADER, current_request_id
from server.http.openapi import API_PREFIX, Api, make_api
from server.http.routes import harden
from server.logs import configure_logs
from server.services.access import Store
from server.store.transaction import open_store
from server.tablet.pages import PREFIX as TABLET_PREFIX
from server.tablet.pages import tablet_pages


def create_app(config: Config, store: Store | None = None) -> Flask:
    """The application on one deployment's store; raises KeyRefused or ConfigRefused rather than start unsafely."""
    configure_logs()
    app = Flask(__name__, static_folder=None)
    keyring = store.keyring if store else load_key_dir(config.key_dir)
    app.request_class = MemoryRequest
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    app.extensions["linli"] = store or open_store(config, keyring)
    app.config |= _settings(config, keyring)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    JWTManager(app)
    errors.register(app)
    app.register_blueprint(front_door())
    app.register_blueprint(document(_register_routes(app)), url_prefix=API_PREFIX)
    app.register_blueprint(tablet_pages(), url_prefix=TABLET_PREFIX)
    app.after_request(harden)
    app.after_request(_name_request)
    return app


def create_document() -> dict[str, object]:
    """The OpenAPI document of the routes; needs neither database nor keys."""
    described: dict[str, object] = _register_routes(Flask(__name__, static_folder=None)).spec.to_dict()
    return described


def _register_routes(app: Flask) -> Api:
    api = make_api(app)
    for blueprint in blueprints():
        api.register_blueprint(blueprint, url_prefix=API_PREFIX + (blueprint.url_prefix or ""))
    return api


def _settings(config: Config, keyring: Keyring) -> dict[str, object]:
    return {
        "MAX_CONTENT_LENGTH": config.max_body_bytes,
        "JWT_ALGORITHM": "EdDSA",
        "JWT_PRIVATE_KEY": keyring.token_private_pem,
        "JWT_PUBLIC_KEY": keyring.token_public_pem,
        "JWT_ENCODE_AUDIENCE": "linli",
        "JWT_DECODE_AUDIENCE": "linli",
        "JWT_ENCODE_ISSUER": keyring.deployment,
        "JWT_DECODE_ISSUER": keyring.deployment,
        "JWT_TOKEN_LOCATION": ["headers"],
        "JWT_ACCESS_TOKEN_EXPIRES": config.access_token_life,
        "JWT_REFRESH_TOKEN_EXPIRES": config.session_life,
        "PROPAGATE_EXCEPTIONS": False,
    }


def _name_request(response: Response) -> Response:
    response.headers[REQUEST_ID_HEADER] = str(current_request_id())
    return response
