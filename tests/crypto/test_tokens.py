"""Tokens are random, and stored only as digests."""

import hashlib

from server.crypto.tokens import digest_token, random_token, token_matches


def test_tokens_hold_256_bits_and_never_repeat():
    tokens = {random_token() for _ in range(10_000)}
    assert len(tokens) == 10_000
    assert {len(token) for token in tokens} == {43}


def test_a_digest_is_sha256_and_matches_its_token_only():
    token = random_token()
    digest = digest_token(token)
    assert digest == hashlib.sha256(token.encode()).digest()
    assert token_matches(token, digest)
    assert not token_matches(random_token(), digest)
    assert not token_matches(token, digest[:-1])
    assert not token_matches("", digest)
