"""The API as a client sees it: signed-in people, their requests, and a tally of how long each took.

Nothing is tried twice. An answer that nobody planned for ends the month with the server's own words.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import httpx

PREFIX = "/api/v1"
#: Records asked for on a page: as many as the server gives.
PAGE = 500
#: Below the server's own five seconds, so that no request meets a connection that is being closed.
KEEP_S = 2.0
#: Waiting for an answer longer than this is a fault.
PATIENCE_S = 30.0

_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9]{6,15}\b")

Json = dict[str, Any]


class Unreachable(Exception):
    """Nobody answers at the address."""


class Unexpected(Exception):
    """An answer that was not planned for; its text is the request, the problem's code, title and advice."""


@dataclass(frozen=True)
class Call:
    """One answered request: what was asked, with ids taken out, and how long the answer took in seconds."""

    what: str
    seconds: float


@dataclass
class Api:
    """One server's API; shared by all threads."""

    base_url: str
    language: str = "zh"
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the pool of connections."""
        self._http = httpx.Client(
            base_url=self.base_url.rstrip("/") + PREFIX,
            headers={"Accept-Language": self.language},
            limits=httpx.Limits(keepalive_expiry=KEEP_S),
            timeout=PATIENCE_S,
        )

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def check_ready(self) -> None:
        """Raise Unreachable when nobody answers, Unexpected when the server says that it cannot work."""
        self.ask("GET", "/readyz")

    def sign_in(self, login: str, password: str, purpose: str | None = None) -> "User":
        """Somebody signed in, who states this purpose with every request."""
        purposes = {"X-Purpose": purpose} if purpose else {}
        answer = User(self, purposes, login).ask("POST", "/sessions", json={"login": login, "password": password})
        told = answer.json()
        headers = purposes | {"Authorization": f"Bearer {told['access_token']}"}
        return User(self, headers, login, told["user_id"])

    def ask(self, method: str, path: str, planned: Collection[str] = (), **said: Any) -> httpx.Response:
        """One request; problems whose code is ``planned`` come back like any answer, others raise Unexpected."""
        started = perf_counter()
        try:
            answer = self._http.request(method, path, **said)
        except httpx.TransportError as error:
            raise Unreachable(str(error)) from error
        self.calls.append(Call(f"{method} {_IDS.sub('…', path)}", perf_counter() - started))
        if answer.is_success or problem_code(answer) in planned:
            return answer
        raise Unexpected(f"{method} {path}: {_told(answer)}")


@dataclass(frozen=True)
class User:
    """A signed-in person; paths begin after /api/v1."""

    api: Api
    headers: dict[str, str]
    login: str
    user_id: str = ""

    def for_purpose(self, purpose: str) -> "User":
        """The same person and session, with another purpose."""
        return replace(self, headers=self.headers | {"X-Purpose": purpose})

    def get(self, path: str, **query: Any) -> Json:
        """Read one thing."""
        return _body(self.ask("GET", path, params=_plain(query)))

    def all(self, path: str, **query: Any) -> Iterator[Json]:
        """Everything on a list, page after page."""
        cursor = None
        while True:
            page = self.get(path, limit=PAGE, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(
        self, path: str, body: Json | None = None, *, version: int | None = None, planned: Collection[str] = ()
    ) -> Json | None:
        """Do one thing, to the version that was read where one is named; None when a planned problem came."""
        said: Json = {} if body is None else {"json": body}
        if version is not None:
            said["headers"] = {"If-Match": f'"{version}"'}
        answer = self.ask("POST", path, planned, **said)
        return _body(answer) if answer.is_success else None

    def do(self, path: str, body: Json | None = None, *, version: int | None = None) -> Json:
        """Do one thing that nothing is planned to hinder."""
        done = self.post(path, body, version=version)
        if done is None:
            raise Unexpected(f"{self.login}: {path}: no answer")
        return done

    def ask(self, method: str, path: str, planned: Collection[str] = (), **said: Any) -> httpx.Response:
        """As ``Api.ask``, in this person's name; Unexpected says whose request it was."""
        headers = self.headers | said.pop("headers", {})
        try:
            return self.api.ask(method, path, planned, headers=headers, **said)
        except Unexpected as error:
            raise Unexpected(f"{self.login}: {error}") from None


def problem_code(answer: httpx.Response) -> str:
    """The code of a problem document; empty for anything else."""
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return ""
    return str(answer.json().get("code", ""))


def _body(answer: httpx.Response) -> Json:
    found: Json = answer.json()
    return found


def _plain(query: Json) -> Json:
    return {name: value for name, value in query.items() if value is not None}


def _told(answer: httpx.Response) -> str:
    """Status, code, title and advice of a problem, and of each field's."""
    if not problem_code(answer):
        return f"{answer.status_code} {answer.reason_phrase}, which is no answer of Linli's"
    told = answer.json()
    fields = [f"{part['field']}: {part['code']} {part['title']}" for part in told.get("errors", ())]
    problem = f"{answer.status_code} {told['code']} · {told['title']} · {told['detail']}"
    return "; ".join([problem, *fields, f"request {told['request_id']}"])
