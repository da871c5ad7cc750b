"""Answers made smaller for tablets on slow lines, where the client says that it understands it.

Only routes behind a tablet's proof do this: nobody can have another's tablet fetch chosen text beside a secret and
watch the length, for no browser sends a proof by itself.
"""

import gzip

import zstandard
from flask import Response, request

#: Below this a packet is a packet.
_WORTH_IT = 500
#: Half the time of the best for nearly its size, of either.
_LEVEL = 4


def compressed(response: Response) -> Response:
    """The answer in zstd or gzip, as the client likes it better, where it takes either and it pays."""
    response.vary.add("Accept-Encoding")
    encoding = request.accept_encodings.best_match(_PACKED)
    if encoding and response.status_code < 400 and not response.content_encoding:
        body = response.get_data()
        if len(body) >= _WORTH_IT:
            response.set_data(_PACKED[encoding](body))
            response.content_encoding = encoding
    return response


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


def _zstd(body: bytes) -> bytes:
    return zstandard.compress(body, _LEVEL)


#: Of two liked equally, the first.
_PACKED = {"zstd": _zstd, "gzip": _gzip}
