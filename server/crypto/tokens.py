"""Secrets handed out once and kept only as digests."""

import hmac
import secrets

from server.crypto.canonical import sha256

TOKEN_BYTES = 32


def random_token() -> str:
    """256 random bits as 43 URL-safe characters; never a UUID, whose bits are fewer and not all secret."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_token(token: str) -> bytes:
    """The 32 bytes to store and look up instead of a token; unsalted SHA-256, as none can be guessed."""
    return sha256(token.encode())


def token_matches(token: str, digest: bytes) -> bool:
    """Whether a token is the one a stored digest was made of, in constant time."""
    return hmac.compare_digest(digest_token(token), digest)
