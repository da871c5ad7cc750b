"""The tablet app at ``/tablet/``: static files for everybody, and not one record among them.

What may run and where it may speak to is said here in headers, because on a tablet the page that holds the keys is the
whole of its security: scripts from this server alone, none written into a page, no other origin at all.
"""

from collections.abc import Callable

from flask import Blueprint, Response, abort, jsonify, request

from server.http.routes import public
from server.tablet.shell import START_PAGE, Shell, ShellFile, read_shell

PREFIX = "/tablet"
#: WebAssembly is Argon2id's; the one Trusted Types policy lets the app name its own service worker.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types linli"
)
#: A tablet is asked where it is when its user asks. Passkeys unlock it. Nothing else of it is anybody's business.
_ALLOWED = ("geolocation", "publickey-credentials-create", "publickey-credentials-get")
_REFUSED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "clipboard-write", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
    "microphone", "midi", "otp-credentials", "payment", "picture-in-picture", "screen-wake-lock", "serial",
    "storage-access", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS = ", ".join([*(f"{name}=(self)" for name in _ALLOWED), *(f"{name}=()" for name in _REFUSED)])
HEADERS = {
    # Kept, and asked about each time: a tablet on a bad line is answered 304 in a few bytes.
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
_MISSING = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>邻里 Linli</title>
</head>
<body>
<p>平板应用还缺少文件。请管理员在服务器上运行 tools/front_end.sh，然后重新启动服务。</p>
<p lang="en">The tablet app lacks files. On the server, run tools/front_end.sh and start the service again.</p>
</body>
</html>
"""


def tablet_pages(shell: Shell | None = None) -> Blueprint:
    """The blueprint of the app's files as they are now; registered below ``PREFIX``."""
    blueprint = Blueprint("tablet", __name__)
    files = shell or read_shell()
    blueprint.get("/", endpoint="start")(public(start_page(files)))
    blueprint.get("/shell.json", endpoint="shell")(public(manifest_of_shell(files)))
    blueprint.get("/<path:name>", endpoint="file")(public(shell_file(files)))
    blueprint.after_request(_with_headers)
    return blueprint


def start_page(shell: Shell) -> Callable[[], Response]:
    """The page that starts the app, or, where files are missing, what to run: a sentence instead of a blank screen."""

    def answer() -> Response:
        if not shell.is_complete:
            return Response(_MISSING, status=503, content_type="text/html; charset=utf-8")
        return _sent(shell.files[START_PAGE])

    return answer


def manifest_of_shell(shell: Shell) -> Callable[[], tuple[Response, int]]:
    """``version`` and ``files``, the addresses below the app's own that a tablet keeps; 503 when files are missing."""

    def answer() -> tuple[Response, int]:
        return jsonify(version=shell.version, files=shell.kept), 200 if shell.is_complete else 503

    return answer


def shell_file(shell: Shell) -> Callable[[str], Response]:
    """One file. A name is looked up, never joined to a folder: what was not read at start cannot be reached."""

    def answer(name: str) -> Response:
        if name not in shell.files:
            abort(404)
        return _sent(shell.files[name])

    return answer


def _sent(file: ShellFile) -> Response:
    response = Response(file.content, content_type=file.media_type)
    response.set_etag(file.digest)
    return response.make_conditional(request)  # type: ignore[return-value]


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path == f"{PREFIX}/sw.js":
        response.headers["Service-Worker-Allowed"] = f"{PREFIX}/"
    return response
