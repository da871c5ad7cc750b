"""The deployment's key directory: made once, checked at every start.

    deployment.id     random name bound into every ciphertext; without it nothing opens
    kek.sealed        the key-encrypting key, sealed under the passphrase
    kek.passphrase    keep it, or a copy, apart from backups of the rest
    token.key         Ed25519 key that signs access tokens (JWT ``EdDSA``); replacing it signs everyone out

Directory 0700, files 0600, none ever overwritten. There is no default key and no switch to run without one.
"""

import os
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from server.crypto.errors import KeyRefused
from server.crypto.files import read_secret_file, write_secret_file
from server.crypto.kek import KekProvider, SealedFileKek

_DEPLOYMENT, _KEK, _PASSPHRASE, _TOKEN = "deployment.id", "kek.sealed", "kek.passphrase", "token.key"
#: Random bytes of the passphrase, and of the deployment's name.
_PASSPHRASE_BYTES, _NAME_BYTES = 32, 16


@dataclass(frozen=True, slots=True)
class Keyring:
    """What a process holds of the key directory; no part of it prints a key."""

    deployment: str
    provider: KekProvider
    token_private_key: Ed25519PrivateKey = field(repr=False)

    @property
    def token_private_pem(self) -> str:
        """The signing key in PEM (PKCS #8), for the token library's configuration and nothing else."""
        pem = self.token_private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return pem.decode()

    @property
    def token_public_pem(self) -> str:
        """The key that checks token signatures, in PEM; not secret."""
        public = self.token_private_key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def generate_key_dir(path: Path) -> Keyring:
    """Make the key directory with fresh keys, all of them or none, and open it.

    Raises KeyRefused if the directory exists and is not empty.
    """
    if path.exists() and any(path.iterdir()):
        raise KeyRefused("key_file_exists", name=path.name)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        _write_keys(unfinished)
        unfinished.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return load_key_dir(path)


def _write_keys(path: Path) -> None:
    """Write a fresh set of key files."""
    passphrase = secrets.token_urlsafe(_PASSPHRASE_BYTES).encode()
    write_secret_file(path / _DEPLOYMENT, secrets.token_urlsafe(_NAME_BYTES).encode())
    write_secret_file(path / _PASSPHRASE, passphrase)
    SealedFileKek.create(path / _KEK, passphrase)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret_file(path / _TOKEN, pem)


def load_key_dir(path: Path) -> Keyring:
    """Open the key directory; raises KeyRefused when a file is missing, exposed to others or changed."""
    deployment = read_secret_file(path / _DEPLOYMENT).decode("ascii", errors="replace").strip()
    passphrase = read_secret_file(path / _PASSPHRASE).strip()
    provider = SealedFileKek.open(path / _KEK, passphrase)
    return Keyring(deployment, provider, _token_key(path / _TOKEN))


def _token_key(path: Path) -> Ed25519PrivateKey:
    """Read the token signing key; raises KeyRefused for anything but an Ed25519 key."""
    try:
        key = load_pem_private_key(read_secret_file(path), password=None)
    except (ValueError, TypeError) as error:
        raise KeyRefused("token_key_unusable") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused("token_key_unusable")
    return key
