"""The ciphers give the answers their standards print, and nothing before the tag is checked."""

import pytest
from cryptography.exceptions import InvalidTag

from server.crypto.suites import Suite, cipher, cipher_key_bytes, derive

GCM_SPECIFICATION_CASE_16 = (
    Suite.AES_256_GCM,
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    "cafebabefacedbaddecaf888",
    (
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    ),
    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    ),
)
RFC_8998_A_1 = (
    Suite.SM4_GCM,
    "0123456789abcdeffedcba9876543210",
    "00001234567800000000abcd",
    (
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    ),
    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
    (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    ),
)
known_answers = pytest.mark.parametrize("answer", [GCM_SPECIFICATION_CASE_16, RFC_8998_A_1], ids=["NIST", "RFC 8998"])


@known_answers
def test_a_known_answer_comes_out_both_ways(answer: tuple):
    suite, *parts = answer
    key, nonce, plain, associated_data, sealed = map(bytes.fromhex, parts)
    aead = cipher(suite, key)
    assert aead.encrypt(nonce, plain, associated_data) == sealed
    assert aead.decrypt(nonce, sealed, associated_data) == plain


@known_answers
def test_a_changed_tag_or_associated_data_gives_no_plaintext(answer: tuple):
    suite, *parts = answer
    key, nonce, _, associated_data, sealed = map(bytes.fromhex, parts)
    aead = cipher(suite, key)
    with pytest.raises(InvalidTag):
        aead.decrypt(nonce, sealed[:-1] + bytes((sealed[-1] ^ 1,)), associated_data)
    with pytest.raises(InvalidTag):
        aead.decrypt(nonce, sealed, associated_data + b"\0")


@pytest.mark.parametrize("suite", list(Suite))
def test_a_cut_ciphertext_gives_no_plaintext(suite: Suite):
    aead = cipher(suite, bytes(cipher_key_bytes(suite)))
    for length in range(16):
        with pytest.raises((InvalidTag, ValueError)):
            aead.decrypt(bytes(12), bytes(length), b"")


@pytest.mark.parametrize("suite", list(Suite))
def test_a_key_of_another_length_is_refused(suite: Suite):
    with pytest.raises(ValueError, match="key"):
        cipher(suite, bytes(7))


def test_derived_keys_differ_by_suite_label_and_label_boundary():
    secret = bytes(range(32))
    derived = [
        derive(Suite.AES_256_GCM, secret, 32, b"ab", b"c"),
        derive(Suite.AES_256_GCM, secret, 32, b"a", b"bc"),
        derive(Suite.AES_256_GCM, secret, 32, b"abc"),
        derive(Suite.SM4_GCM, secret, 32, b"abc"),
        derive(Suite.AES_256_GCM, bytes(32), 32, b"abc"),
    ]
    assert len(set(derived)) == len(derived)


def test_suite_numbers_never_change():
    assert {suite.name: suite.value for suite in Suite} == {"AES_256_GCM": 0x01, "SM4_GCM": 0x11}
