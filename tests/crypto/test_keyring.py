"""The key directory is made once, kept from others, and refused when anything about it is wrong."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from server.crypto.errors import KeyRefused, SealBroken
from server.crypto.files import read_secret_file, write_secret_file
from server.crypto.kek import SealedFileKek
from server.crypto.keyring import generate_key_dir, load_key_dir
from server.crypto.keys import MasterKey
from tests.crypto.make import NAME

FILES = {"deployment.id", "kek.passphrase", "kek.sealed", "token.key"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, since stretching the passphrase is slow on purpose."""
    path = tmp_path_factory.mktemp("made") / "keys"
    generate_key_dir(path)
    return path


@pytest.fixture
def key_dir(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "keys")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_directory_holds_exactly_its_files_for_its_owner_only(key_dir: Path):
    assert {path.name for path in key_dir.iterdir()} == FILES
    assert mode(key_dir) == 0o700
    assert {mode(path) for path in key_dir.iterdir()} == {0o600}


def test_a_restart_opens_what_the_first_process_wrapped(tmp_path: Path):
    made = generate_key_dir(tmp_path / "keys")
    wrapped = MasterKey.new(NAME).wrap(made.provider)
    loaded = load_key_dir(tmp_path / "keys")
    assert loaded.deployment == made.deployment
    assert MasterKey.unwrap(loaded.provider, wrapped, NAME).name == NAME


def test_an_empty_directory_made_beforehand_is_used(tmp_path: Path):
    (tmp_path / "keys").mkdir(mode=0o755)
    generate_key_dir(tmp_path / "keys")
    assert mode(tmp_path / "keys") == 0o700


def test_keys_that_could_not_all_be_written_leave_nothing(tmp_path: Path):
    (tmp_path / "keys").symlink_to("nowhere")
    with pytest.raises(NotADirectoryError):
        generate_key_dir(tmp_path / "keys")
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_no_two_directories_are_alike(tmp_path: Path):
    one, other = generate_key_dir(tmp_path / "one"), generate_key_dir(tmp_path / "other")
    assert one.deployment != other.deployment
    assert one.token_public_pem != other.token_public_pem
    with pytest.raises(SealBroken):
        MasterKey.unwrap(other.provider, MasterKey.new(NAME).wrap(one.provider), NAME)


@pytest.mark.parametrize("name", sorted(FILES))
def test_keys_are_never_overwritten(key_dir: Path, name: str):
    for other in FILES - {name}:
        (key_dir / other).unlink()
    kept = (key_dir / name).read_bytes()
    with pytest.raises(KeyRefused, match=r"^key_file_exists$"):
        generate_key_dir(key_dir)
    assert (key_dir / name).read_bytes() == kept
    assert {path.name for path in key_dir.iterdir()} == {name}


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("exposed", [0o640, 0o604, 0o610, 0o666])
def test_a_file_others_could_open_is_refused(key_dir: Path, name: str, exposed: int):
    (key_dir / name).chmod(exposed)
    with pytest.raises(KeyRefused, match=r"^key_file_exposed$") as caught:
        load_key_dir(key_dir)
    assert caught.value.params == {"name": name}


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_or_empty_file_is_refused(key_dir: Path, name: str):
    (key_dir / name).write_bytes(b"")
    with pytest.raises(KeyRefused, match=r"^key_file_missing$"):
        load_key_dir(key_dir)
    (key_dir / name).unlink()
    with pytest.raises(KeyRefused, match=r"^key_file_missing$"):
        load_key_dir(key_dir)


def test_a_wrong_passphrase_or_another_directorys_kek_is_refused(tmp_path: Path, key_dir: Path):
    (key_dir / "kek.passphrase").write_bytes(b"guess")
    with pytest.raises(KeyRefused, match=r"^kek_not_opened$"):
        load_key_dir(key_dir)


def test_any_changed_part_of_the_sealed_kek_is_refused(tmp_path: Path):
    path = tmp_path / "kek.sealed"
    SealedFileKek.create(path, b"passphrase")
    content = path.read_bytes()
    changes = [
        content.replace(b"linli-kek/v1", b"linli-kek/v2"),
        content.replace(b'"salt"', b'"salz"'),
        content[:-10],
        b"[]",
        b"{}",
        b"\xff",
        content.replace(b'"linli-kek/v1"', b"1"),
        content.replace(b'"sealed": "', b'"sealed": "AAAA'),
    ]
    for changed in changes:
        path.write_bytes(changed)
        with pytest.raises(KeyRefused, match=r"^kek_not_opened$"):
            SealedFileKek.open(path, b"passphrase")
    path.write_bytes(content)
    SealedFileKek.open(path, b"passphrase")


def test_only_an_ed25519_key_signs_tokens(key_dir: Path):
    other = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (other, b"not a key"):
        (key_dir / "token.key").write_bytes(content)
        with pytest.raises(KeyRefused, match=r"^token_key_unusable$"):
            load_key_dir(key_dir)


def test_the_token_keys_are_one_pair_and_do_not_show(key_dir: Path):
    keyring = load_key_dir(key_dir)
    private = load_pem_private_key(keyring.token_private_pem.encode(), password=None)
    assert isinstance(private, Ed25519PrivateKey)
    public = load_pem_public_key(keyring.token_public_pem.encode())
    public.verify(private.sign(b"x"), b"x")
    body = keyring.token_private_pem.splitlines()[1]
    assert body not in repr(keyring)
    assert (key_dir / "kek.passphrase").read_text() not in repr(keyring)


def test_a_key_file_is_written_once_whole_and_leaves_nothing_beside_it(tmp_path: Path):
    path = tmp_path / "a.key"
    previous = os.umask(0)
    try:
        write_secret_file(path, b"first")
    finally:
        os.umask(previous)
    with pytest.raises(KeyRefused, match=r"^key_file_exists$"):
        write_secret_file(path, b"second")
    assert read_secret_file(path) == b"first"
    assert mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.key"]


def test_a_directory_is_not_a_key_file(tmp_path: Path):
    with pytest.raises(KeyRefused):
        read_secret_file(tmp_path)
