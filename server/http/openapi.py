"""The OpenAPI 3.1 document: every route with its permission, purposes, shapes, refusals and examples."""

from pathlib import Path
from typing import Any

from apispec import APISpec
from flask import Flask
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint
from flask_smorest.spec.plugins import FlaskPlugin
from werkzeug.routing import Rule

from server.domain.devices import TABLET_PERMISSIONS
from server.domain.permissions import Permission, purposes_of, roles_with
from server.http.bodies import Parser
from server.http.caller import PURPOSE_HEADER
from server.http.device_proof import PROOF_HEADER
from server.http.errors import PROBLEM_TYPE
from server.http.routes import DECLARED
from server.messages import message_for

API_PREFIX = "/api/v1"

#: What the document's readers are greeted with.
_INTRODUCTION = Path(__file__).resolve().parents[2] / "mobile_api_spec" / "introduction.md"

_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "access_token of POST /api/v1/sessions · 填写登录后得到的 access_token，有效十五分钟",
}

_DEVICE_PROOF = {
    "type": "apiKey",
    "in": "header",
    "name": PROOF_HEADER,
    "description": "A JWT (RFC 9449) signed by the tablet's key over method, path and body: mobile_api_spec/SYNC.md §2"
    " · 平板设备密钥对请求方法、路径和内容的签名",
}

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What was refused, with a stable code and what to do next (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string", "description": "What is wrong, in the language asked for."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do next."},
        "code": {"type": "string", "description": "Stable; never renamed or reused."},
        "request_id": {"type": "string", "format": "uuid"},
        "field": {"type": "string", "description": "The field, header or parameter meant."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "title", "detail"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "title", "detail")},
            },
        },
    },
}

#: What any route behind a sign-in may answer.
_SIGNED_IN = (
    *("token_missing", "token_expired", "token_invalid", "session_ended", "seal_broken"),
    *("role_forbidden", "password_change_required", "database_unavailable"),
)
#: What any route that takes a tablet's proof may answer.
DEVICE_REFUSALS = (
    *("device_proof_missing", "device_proof_invalid", "device_unknown", "device_clock_off"),
    *("device_pending", "device_revoked"),
)
_BY_DEVICE = (*DEVICE_REFUSALS, "seal_broken", "database_unavailable", "access_log_unavailable")
_PERSON = (
    *("purpose_required", "purpose_unknown", "purpose_forbidden"),
    *("disclosure_budget_used", "access_log_unavailable", "key_missing", "seal_broken"),
)
_VERSION = ("version_required", "version_malformed", "record_changed")
_BODY = ("body_unreadable", "fields_invalid", "body_too_large", "media_type_unsupported")


class Blueprint(SmorestBlueprint):
    """A blueprint whose routes' declarations reach the OpenAPI document, and whose requests are read strictly."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add our part to what flask-smorest writes."""
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._prepare_declared_doc)

    @staticmethod
    def _prepare_declared_doc(doc: dict[str, Any], info: dict[str, Any], *, spec: APISpec, **_: Any) -> dict[str, Any]:
        declared = info.get(DECLARED, {})
        permission: Permission | None = declared.get("permission")
        codes = _codes(declared, permission, has_body="requestBody" in doc, has_query="parameters" in doc)
        doc.setdefault("parameters", []).extend(_headers(declared, permission))
        responses = doc.setdefault("responses", {})
        # webargs announces 422 in its own words; ours, with its code, replaces it.
        responses.pop("422", None)
        responses.pop(422, None)
        responses |= _responses(codes)
        _keep_examples(spec, codes)
        doc |= _security(declared, permission)
        if permission is not None:
            doc["x-permission"] = str(permission)
            doc["x-roles"] = sorted(roles_with(permission))
        return doc


class Addresses(FlaskPlugin):
    """The part of a route that stands in its address, described by what its parameters are called."""

    def rule_to_params(self, rule: Rule) -> list[dict[str, Any]]:
        """Name, type and meaning of each parameter."""
        return [found | {"description": _meaning(found["name"])} for found in super().rule_to_params(rule)]


class Api(SmorestApi):
    """flask-smorest's Api, leaving errors to our renderer."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Nothing: ``server/http/errors.py`` renders every error."""


def make_api(app: Flask) -> Api:
    """The API's document and blueprints' home."""
    app.config |= {
        "API_TITLE": "Linli (邻里)",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": None,
        "API_SPEC_OPTIONS": {
            "info": {
                "description": _INTRODUCTION.read_text("utf-8"),
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
        },
    }
    api = Api(app, spec_kwargs={"flask_plugin": Addresses()})
    api.spec.components.security_scheme("bearer", _BEARER)
    api.spec.components.security_scheme("deviceProof", _DEVICE_PROOF)
    api.spec.components.schema("Problem", _PROBLEM)
    return api


def _meaning(name: str) -> str:
    noun, _, kind = name.rpartition("_")
    kinds = {"id": "id, a UUID", "code": "division code, as text", "no": "number"}
    return f"The {noun.replace('_', ' ')}'s {kinds.get(kind, kind)}." if noun else f"The {kind}."


def _codes(
    declared: dict[str, Any], permission: Permission | None, *, has_body: bool, has_query: bool
) -> tuple[str, ...]:
    codes: tuple[str, ...] = tuple(declared.get("codes", ()))
    if permission is not None:
        codes += _SIGNED_IN + _on_tablets(permission)
    if declared.get("by_device"):
        codes += _BY_DEVICE
    if permission is not None and purposes_of(permission):
        codes += _PERSON
    if declared.get("versioned"):
        codes += _VERSION
    if has_body:
        codes += _BODY
    elif has_query:
        codes += ("fields_invalid",)
    return (*codes, "server_fault")


def _on_tablets(permission: Permission) -> tuple[str, ...]:
    if permission not in TABLET_PERMISSIONS:
        return ("tablet_token_forbidden",)
    return (*DEVICE_REFUSALS, "device_needed") if permission is Permission.SYNC_PULL else DEVICE_REFUSALS


def _security(declared: dict[str, Any], permission: Permission | None) -> dict[str, Any]:
    """What a call must bring: a token, on a tablet with the tablet's proof; or the proof alone."""
    if declared.get("by_device"):
        return {"security": [{"deviceProof": []}]}
    if permission is None:
        return {}
    both: dict[str, list[str]] = {"bearer": [], "deviceProof": []}
    if permission is Permission.SYNC_PULL:
        return {"security": [both]}
    return {"security": [{"bearer": []}, both] if permission in TABLET_PERMISSIONS else [{"bearer": []}]}


def _headers(declared: dict[str, Any], permission: Permission | None) -> list[dict[str, Any]]:
    headers = []
    purposes = purposes_of(permission) if permission is not None else ()
    if purposes:
        schema = {"type": "string", "enum": [str(purpose) for purpose in purposes]}
        text = "Why a person's data is read or written."
        headers.append(
            {"in": "header", "name": PURPOSE_HEADER, "required": True, "schema": schema, "description": text}
        )
    if declared.get("versioned"):
        schema = {"type": "string", "pattern": '^"[1-9][0-9]{0,8}"$'}
        text = "The ETag given when the record was read."
        headers.append({"in": "header", "name": "If-Match", "required": True, "schema": schema, "description": text})
    return headers


def _responses(codes: tuple[str, ...]) -> dict[str, Any]:
    by_status: dict[str, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(str(message_for(code).status), []).append(code)
    return {status: _response(found) for status, found in sorted(by_status.items())}


def _keep_examples(spec: APISpec, codes: tuple[str, ...]) -> None:
    """Write each problem once, however many routes answer with it."""
    for code in codes:
        if code not in spec.components.examples:
            spec.components.example(code, {"value": _example(code)})


def _response(codes: list[str]) -> dict[str, Any]:
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    return {"description": " · ".join(codes), "content": content}


def _example(code: str) -> dict[str, Any]:
    message = message_for(code)
    return {
        "type": f"urn:linli:problem:{code}",
        "title": message.title("en"),
        "status": message.status,
        "detail": message.todo("en"),
        "code": code,
        "request_id": "01936f3e-0000-7000-8000-000000000000",
    }
