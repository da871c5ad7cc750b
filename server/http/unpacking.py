"""Compressed bodies of pushes: unpacked up to a limit, so that a small body cannot become a large one in memory."""

import zlib

import zstandard
from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from server.domain.tablet_operations import BYTES_AT_MOST, UNPACKED_AT_MOST, push_too_large
from server.errors import Malformed

#: Window of a gzip stream with its header.
_GZIP_WINDOW = 31
#: Largest window of a zstd stream, as memory it may ask for.
_ZSTD_WINDOW = 8 * 1024 * 1024


def pushed_body() -> bytes:
    """The body of a push as it was before it was compressed.

    Raises:
        UnsupportedMediaType: it is compressed in a way that nobody agreed on, or not called JSON.
        Malformed: ``body_unreadable``, it does not unpack.
        TooLarge: ``push_too_large``.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    body = request.get_data(cache=True)
    if len(body) > BYTES_AT_MOST:
        raise push_too_large()
    unpack = _UNPACKERS.get(request.content_encoding or "identity")
    if unpack is None:
        raise UnsupportedMediaType
    try:
        unpacked = unpack(body)
    except (zlib.error, zstandard.ZstdError) as error:
        raise Malformed("body_unreadable") from error
    if len(unpacked) > UNPACKED_AT_MOST:
        raise push_too_large()
    return unpacked


def _as_it_is(body: bytes) -> bytes:
    return body


def _from_gzip(body: bytes) -> bytes:
    stream = zlib.decompressobj(_GZIP_WINDOW)
    unpacked = stream.decompress(body, UNPACKED_AT_MOST + 1)
    if len(unpacked) <= UNPACKED_AT_MOST and not stream.eof:
        raise zlib.error("cut off")
    return unpacked


def _from_zstd(body: bytes) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(body)
    pieces, size = [], 0
    while size <= UNPACKED_AT_MOST and (piece := reader.read(UNPACKED_AT_MOST + 1 - size)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


_UNPACKERS = {"identity": _as_it_is, "gzip": _from_gzip, "zstd": _from_zstd}
