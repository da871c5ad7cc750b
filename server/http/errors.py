"""From errors to answers: one renderer, RFC 9457 ``application/problem+json``, Chinese or English.

The only broad ``except`` of the server stands here (Flask's own, through ``register``): a fault we did not foresee is
answered with ``server_fault`` and its request id, and nothing of its text leaves the process or reaches a log.
"""

import structlog
from flask import Flask, Response, g, json, request
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from server.errors import (
    Conflict,
    FieldError,
    Invalid,
    LinliError,
    Malformed,
    NotFound,
    Stale,
    TooLarge,
    Unavailable,
)
from server.http.caller import current_request_id
from server.http.validation import field_errors
from server.messages import Language, message_for
from server.services.access import record_refusal

PROBLEM_TYPE = "application/problem+json"
#: Values of a refusal that a client acts on, told as members of their own.
_MEMBERS = ("server_time", "wipe", "operations_at_most", "bytes_at_most")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
#: Refusals worth writing down: somebody tried what they may not, or what is not theirs.
LOGGED_STATUSES = frozenset({403, 404, 409, 429})

_log = structlog.get_logger("linli.http")


class ServerFault(LinliError):
    """Something we did not foresee; 500, and a defect to be mended."""

    status = 500


class MethodNotAllowed(LinliError):
    """The address exists, but not for this method."""

    status = 405


class UnsupportedMedia(LinliError):
    """The body is of a kind this address does not take."""

    status = 415


#: Status of an error of the framework → ours.
_FROM_HTTP: dict[int, tuple[type[LinliError], str]] = {
    400: (Malformed, "body_unreadable"),
    404: (NotFound, "not_found"),
    405: (MethodNotAllowed, "method_not_allowed"),
    415: (UnsupportedMedia, "media_type_unsupported"),
}


def register(app: Flask) -> None:
    """Have every error of the app rendered here."""
    app.register_error_handler(LinliError, answer)
    app.register_error_handler(HTTPException, lambda error: answer(from_http(error)))
    app.register_error_handler(StaleDataError, lambda _: answer(Stale("record_changed")))
    app.register_error_handler(SQLAlchemyError, _from_database)
    app.register_error_handler(Exception, _from_fault)


def answer(error: LinliError) -> Response:
    """The problem document for one error, in the language asked for; refusals are written to the access log."""
    final = _write_down(error)
    if final.code == "seal_broken":
        # Somebody changed the database: its keeper is told at once, and finds the rest by the request's id.
        _log.error("seal_broken", request_id=str(current_request_id()))
    language = preferred_language()
    message = message_for(final.code)
    body: dict[str, object] = {
        "type": f"urn:linli:problem:{final.code}",
        "title": message.title(language, **final.params),
        "status": final.status,
        "detail": message.todo(language, **final.params),
        "code": final.code,
        "request_id": str(current_request_id()),
    }
    body |= {name: final.params[name] for name in _MEMBERS if name in final.params}
    if final.field:
        body["field"] = final.field
    if final.errors:
        body["errors"] = [_field_error(part, language) for part in final.errors]
    response = Response(json.dumps(body, ensure_ascii=False), final.status, content_type=PROBLEM_TYPE)
    response.headers["Content-Language"] = language
    if "retry_after_s" in final.params:
        response.headers["Retry-After"] = str(final.params["retry_after_s"])
    if final.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def preferred_language() -> Language:
    """Chinese unless the request prefers English."""
    return "en" if request.accept_languages.best_match(LANGUAGES, default="zh") == "en" else "zh"


def from_http(error: HTTPException) -> LinliError:
    """Our error for one that Flask, webargs or werkzeug raised."""
    if error.code == 422:
        return _from_validation(error)
    if error.code == 413:
        return TooLarge("body_too_large", limit=request.max_content_length or 0)
    kind, code = _FROM_HTTP.get(error.code or 500, (ServerFault, "server_fault"))
    return kind(code)


def _from_validation(error: HTTPException) -> LinliError:
    found = field_errors(getattr(error, "data", {}).get("messages", {}))
    return Invalid("fields_invalid", field=found[0].field if found else None, errors=found)


def _field_error(error: FieldError, language: Language) -> dict[str, object]:
    message = message_for(error.code)
    return {
        "field": error.field,
        "code": error.code,
        "title": message.title(language, **error.params),
        "detail": message.todo(language, **error.params),
    }


def _from_database(error: SQLAlchemyError) -> Response:
    """A value the database cannot hold is the caller's; a connection that fails is ours; the rest are faults."""
    state = getattr(getattr(error, "orig", None), "sqlstate", "") if isinstance(error, DBAPIError) else ""
    if state in {"40001", "40P01"}:
        return answer(Stale("record_changed"))
    if state == "23505":
        return answer(Conflict("record_exists"))
    if isinstance(error, OperationalError):
        return answer(Unavailable("database_unavailable"))
    if isinstance(error, DataError):
        return answer(Invalid("value_unstorable"))
    return _from_fault(error)


def _from_fault(error: Exception) -> Response:
    """Log where it happened, never what it said: messages may quote data."""
    frames = _frames(error)
    _log.error("server_fault", kind=type(error).__name__, at=frames, request_id=str(current_request_id()))
    return answer(ServerFault("server_fault"))


def _frames(error: Exception) -> list[str]:
    found: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return found[-8:]


def _write_down(error: LinliError) -> LinliError:
    """Stage a refusal; if even that fails, the answer becomes 503: nobody probes unseen."""
    if error.status not in LOGGED_STATUSES or "caller" not in g:
        return error
    record_id = next((value for value in (request.view_args or {}).values() if hasattr(value, "hex")), None)
    try:
        record_refusal(g.caller, str(g.get("permission", "")), error.code, record_id)
    except (LinliError, SQLAlchemyError):
        return Unavailable("access_log_unavailable")
    return error
