"""Key files: read only when nobody else could have read them, written whole or not at all."""

import os
import stat
from pathlib import Path

from server.crypto.errors import KeyRefused

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_secret_file(path: Path) -> bytes:
    """Read a key file.

    Raises KeyRefused when it is missing, empty, not a regular file, or its mode lets group or world do
    anything with it. The check is made on the opened file, so it cannot be swapped in between.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise KeyRefused("key_file_missing", name=path.name) from error
    with file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode) or mode & _OTHERS:
            raise KeyRefused("key_file_exposed", name=path.name)
        content = file.read()
    if not content:
        raise KeyRefused("key_file_missing", name=path.name)
    return content


def write_secret_file(path: Path, content: bytes) -> None:
    """Write a new key file with mode 0600, whole and on disk before it has its name.

    Raises KeyRefused when the name is taken: a key is never overwritten, since what it sealed would be lost.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(unfinished)
    except FileExistsError as error:
        raise KeyRefused("key_file_exists", name=path.name) from error
    finally:
        unfinished.unlink()
    _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    """Make a new name in a directory survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
