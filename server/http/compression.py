"""Answers made smaller for tablets on slow lines, where the client says that it understands it.

Only routes behind a tablet's proof do this: nobody can have another's tablet fetch chosen text beside a secret and
watch the length, for no browser sends a proof by itself.
"""

import gzip

from flask import Response, request

#: Below this a packet is a packet.
_WORTH_IT = 500
#: Half the time of the best for nearly its size.
_LEVEL = 4


def compressed(response: Response) -> Response:
    """The answer in gzip where the client takes it and it pays."""
    response.vary.add("Accept-Encoding")
    taken = request.accept_encodings.quality("gzip") > 0
    if taken and response.status_code < 400 and not response.content_encoding:
        body = response.get_data()
        if len(body) >= _WORTH_IT:
            response.set_data(gzip.compress(body, _LEVEL, mtime=0))
            response.content_encoding = "gzip"
    return response
