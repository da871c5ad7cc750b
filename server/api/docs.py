"""The API's documentation, served from this machine alone: the document itself, and a page to read it on."""

from importlib import resources
from pathlib import Path

from flask import Blueprint, Response, jsonify, redirect, send_from_directory
from werkzeug import Response as BaseResponse

from server.http.openapi import Api
from server.http.routes import public

_ASSETS = Path(str(resources.files("flask_swagger_ui"))) / "dist"
_PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>邻里 Linli · API</title>
<link rel="icon" href="assets/favicon-32x32.png">
<link rel="stylesheet" href="assets/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
</head>
<body>
<div id="page"></div>
<script src="assets/swagger-ui-bundle.js"></script>
<script src="docs/page.js"></script>
</body>
</html>
"""
_SCRIPT = """SwaggerUIBundle({
  url: "openapi.json", dom_id: "#page", deepLinking: true, docExpansion: "none",
  filter: true, validatorUrl: null, presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
});
"""
_STYLE = """body { margin: 0; }
.swagger-ui { font-family: system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
.swagger-ui .scheme-container { position: sticky; top: 0; z-index: 1; }
"""
#: The page's own scripts and styles only. Swagger UI sets style attributes and shows icons as data: pictures.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)


def front_door() -> Blueprint:
    """Whoever opens the bare address is shown to the documentation; office pages will stand here."""
    blueprint = Blueprint("front_door", __name__)

    @blueprint.get("/")
    @public
    def enter() -> BaseResponse:
        """Show the way to the documentation."""
        return redirect("api/v1/docs")

    return blueprint


def document(api: Api) -> Blueprint:
    """The blueprint with ``openapi.json`` and ``docs``."""
    blueprint = Blueprint("docs", __name__)

    @blueprint.get("/openapi.json")
    @public
    def openapi() -> Response:
        return jsonify(api.spec.to_dict())

    @blueprint.get("/docs")
    @public
    def page() -> Response:
        return Response(_PAGE, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _POLICY})

    @blueprint.get("/docs/page.js")
    @public
    def script() -> Response:
        return Response(_SCRIPT, content_type="text/javascript; charset=utf-8")

    @blueprint.get("/docs/page.css")
    @public
    def style() -> Response:
        return Response(_STYLE, content_type="text/css; charset=utf-8")

    @blueprint.get("/assets/<path:name>")
    @public
    def asset(name: str) -> Response:
        return send_from_directory(_ASSETS, name, max_age=3600)

    return blueprint
