"""How the tablet app is handed out: which files, under which headers, and nothing but those files."""

import hashlib
import posixpath
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.tablet.pages import POLICY, tablet_pages
from server.tablet.shell import APP_FOLDER, MEDIA_TYPES, VENDOR_FOLDER, Shell, read_shell

IMPORTED = re.compile(
    r"""^(?:import|export)\b[^"'`;()]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']|\bimport\(\s*["'](\.[^"']+)["']""",
    re.MULTILINE,
)
NAMED_BY_PAGE = re.compile(r"""(?:src|href)=["']([^"'#]+)["']""")


def every_file() -> list[str]:
    return sorted(read_shell().files)


@pytest.fixture(scope="module")
def shell() -> dict[str, object]:
    found = read_shell()
    return {"version": found.version, "files": found.kept}


def small_app(app: Path, vendor: Path) -> FlaskClient:
    """The app's pages alone, made of these two folders."""
    made = Flask(__name__, static_folder=None)
    made.register_blueprint(tablet_pages(read_shell(app, vendor)), url_prefix="/tablet")
    return made.test_client()


def test_the_start_page_comes_with_its_headers(client: FlaskClient) -> None:
    answer = client.get("/tablet/")
    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    said = {
        name: value for name, value in answer.headers if name not in {"Content-Length", "Date", "ETag", "X-Request-Id"}
    }
    permissions = said.pop("Permissions-Policy")
    assert said == {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    allowed = {each for each in permissions.split(", ") if not each.endswith("=()")}
    assert allowed == {
        "geolocation=(self)",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    }
    assert {"camera=()", "microphone=()", "clipboard-read=()"} <= set(permissions.split(", "))


def test_no_script_may_come_from_elsewhere_or_be_written_into_a_page() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe-inline" not in POLICY
    assert "'unsafe-eval'" not in POLICY
    assert not re.search(r"https?:|\*|data:|blob:", POLICY)


@pytest.mark.parametrize("name", every_file())
def test_every_file_is_served_as_what_it_is(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/tablet/{name}")
    folder = VENDOR_FOLDER.parent if name.startswith("vendor/") else APP_FOLDER
    assert answer.status_code == 200
    assert answer.data == (folder / name).read_bytes()
    assert answer.content_type == MEDIA_TYPES[Path(name).suffix]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "Set-Cookie" not in answer.headers


def test_a_file_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/tablet/").headers["ETag"]
    answer = client.get("/tablet/", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_the_service_worker_may_look_after_the_whole_app_and_no_more(client: FlaskClient) -> None:
    assert client.get("/tablet/sw.js").headers["Service-Worker-Allowed"] == "/tablet/"
    assert "Service-Worker-Allowed" not in client.get("/tablet/").headers


def test_the_address_without_its_slash_leads_to_the_app(client: FlaskClient) -> None:
    answer = client.get("/tablet")
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/tablet/")


@pytest.mark.parametrize(
    "name",
    [
        "../pages.py",
        "..%2fpages.py",
        "js/../../pages.py",
        "js/%2e%2e/%2e%2e/shell.py",
        "vendor/../__init__.py",
        "vendor/../../app.py",
        "%2e%2e/__init__.py",
        "..%5cpages.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "vendor",
        "js/",
        "app/index.html",
        "pages.py",
        "index.html%00.js",
        "%ff",
        "vendor/.stamp",
    ],
)
def test_no_other_file_can_be_reached(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/tablet/{name}")
    assert answer.status_code in {404, 308}
    assert b"import" not in answer.data
    assert b"root:" not in answer.data


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_sent_there(client: FlaskClient, method: str) -> None:
    assert client.open("/tablet/", method=method).status_code == 405


def test_a_link_out_of_the_folder_and_an_unknown_kind_of_file_are_not_served(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "secret.js").write_text("secret")
    (tmp_path / "app" / "link.js").symlink_to(tmp_path / "secret.js")
    (tmp_path / "app" / "notes.py").write_text("secret")
    assert read_shell(tmp_path / "app", tmp_path / "vendor").files == {}


def test_missing_packages_are_said_in_words_and_what_to_run(tmp_path: Path) -> None:
    client = small_app(APP_FOLDER, tmp_path / "nothing")
    page = client.get("/tablet/")
    assert page.status_code == 503
    assert "tools/front_end.sh" in page.text
    assert "平板应用还缺少文件" in page.text
    assert client.get("/tablet/shell.json").status_code == 503
    assert client.get("/tablet/vendor/dexie.mjs").status_code == 404


def test_the_shell_names_one_version_of_all_files(client: FlaskClient, shell: dict[str, object]) -> None:
    answer = client.get("/tablet/shell.json")
    assert (answer.status_code, answer.json) == (200, shell)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert re.fullmatch(r"[0-9a-f]{16}", str(shell["version"]))


def test_any_change_of_any_file_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    (tmp_path / "b.js").write_text("2")
    seen = [read_shell(tmp_path, tmp_path / "none").version]
    (tmp_path / "b.js").write_text("3")
    seen.append(read_shell(tmp_path, tmp_path / "none").version)
    (tmp_path / "b.js").rename(tmp_path / "c.js")
    seen.append(read_shell(tmp_path, tmp_path / "none").version)
    assert len(set(seen)) == 3


def imports_of(name: str, files: Shell) -> set[str]:
    """Addresses below the app's own that a script imports, by path."""
    text = files.files[name].content.decode()
    wanted = {next(group for group in found.groups() if group) for found in IMPORTED.finditer(text)}
    return {posixpath.normpath(posixpath.join(posixpath.dirname(name), each)) for each in wanted}


def reached(name: str, files: Shell, seen: set[str]) -> set[str]:
    """The script, and every script it imports, and they import."""
    seen.add(name)
    for each in imports_of(name, files) - seen:
        assert each in files.files, f"{name} imports {each}, which is not there"
        reached(each, files, seen)
    return seen


def test_the_shell_names_every_file_that_the_app_reaches() -> None:
    files = read_shell()
    page = files.files["index.html"].content.decode()
    named = {posixpath.normpath(each) for each in NAMED_BY_PAGE.findall(page)}
    scripts = {each for each in named if each.endswith(("js", "mjs"))}
    assert scripts
    needed = named.union(*(reached(each, files, set()) for each in scripts))
    assert {each for each in needed if each.startswith("vendor/")} >= {"vendor/dexie.mjs", "vendor/hpke.js"}
    assert needed - set(files.kept) == set()


def test_every_script_imports_by_path_what_is_there() -> None:
    files = read_shell()
    missing = {
        f"{name} imports {each}"
        for name in files.files
        if name.endswith((".js", ".mjs"))
        for each in imports_of(name, files) - set(files.files)
    }
    assert missing == set()


def test_the_page_holds_no_script_or_style_of_its_own_and_names_no_other_place() -> None:
    page = (APP_FOLDER / "index.html").read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<base", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert not re.search(r"(src|href)=[\"'](https?:)?//", page)


@pytest.mark.parametrize("name", [each for each in every_file() if not each.startswith("vendor/")])
def test_our_own_files_write_no_markup_and_know_no_other_server(name: str) -> None:
    text = (APP_FOLDER / name).read_bytes().decode("utf-8", "replace")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)


def test_the_lock_names_no_registry() -> None:
    lock = (VENDOR_FOLDER.parents[2] / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "http" not in lock


def test_the_digest_is_of_the_content() -> None:
    for name, file in read_shell().files.items():
        assert file.digest == hashlib.sha256(file.content).hexdigest()[:32], name
