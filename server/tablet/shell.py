"""The tablet app's files as they are served: read once at start, named by their content.

A tablet must never run half of one version and half of another. So the files are read together when the server
starts, and ``version`` is a hash over them all: the service worker keeps one whole version until it has another.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
#: The app's own files, and what tools/front_end.sh copies from npm's packages.
APP_FOLDER = _HERE / "app"
VENDOR_FOLDER = _HERE / "vendor"

START_PAGE = "index.html"
VENDOR = "vendor/"
#: Asked for by the browser itself, never from the service worker's own cache.
_NOT_KEPT = frozenset({"sw.js", "vendor/LICENSES.txt"})
#: What is served, by the end of its name; a file of any other kind is not.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class ShellFile:
    """One file as it is sent."""

    content: bytes
    media_type: str
    #: First half of the SHA-256 of the content, in hexadecimal digits: its ETag.
    digest: str


@dataclass(frozen=True)
class Shell:
    """Every file of one version of the app, by its address below the app's own."""

    files: dict[str, ShellFile]

    @property
    def is_complete(self) -> bool:
        """Whether the app can start: its start page and the packages it imports are there."""
        return START_PAGE in self.files and any(name.startswith(VENDOR) for name in self.files)

    @property
    def version(self) -> str:
        """Changes whenever any file's name or content does: 16 hexadecimal digits."""
        lines = (f"{name} {file.digest}\n" for name, file in sorted(self.files.items()))
        return _digest("".join(lines).encode())[:16]

    @property
    def kept(self) -> list[str]:
        """The addresses that a tablet keeps for working offline, sorted; the start page is the empty one."""
        return sorted("" if name == START_PAGE else name for name in self.files if name not in _NOT_KEPT)


def read_shell(app: Path = APP_FOLDER, vendor: Path = VENDOR_FOLDER) -> Shell:
    """The files of both folders as they are now; a folder that is missing has none, and links are not followed."""
    return Shell(_files_below(app) | {VENDOR + name: file for name, file in _files_below(vendor).items()})


def _files_below(folder: Path) -> dict[str, ShellFile]:
    return {
        path.relative_to(folder).as_posix(): _read(path)
        for path in sorted(folder.rglob("*"))
        if path.suffix in MEDIA_TYPES and path.is_file() and not path.is_symlink()
    }


def _read(path: Path) -> ShellFile:
    content = path.read_bytes()
    return ShellFile(content, MEDIA_TYPES[path.suffix], _digest(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]
