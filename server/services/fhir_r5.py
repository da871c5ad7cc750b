"""What leaves as FHIR is FHIR R5: every copy is read by a maintained library before it is given out.

The library costs a quarter of a second and 25 MB when first used (``docs/decisions/0012-fhir.md``), and few processes
ever give out a course, so it is loaded with the first copy.
"""

from importlib import import_module

from server.domain.course_fhir import Resource
from server.errors import Unavailable


def written(bundle: Resource) -> bytes:
    """The bundle's bytes, once the library has read it as R5.

    Raises Unavailable ``course_invalid``, without the library's own words: they quote values.
    """
    library = import_module("fhir.resources.bundle")
    try:
        read = library.Bundle.model_validate(bundle)
    except ValueError:
        raise Unavailable("course_invalid") from None
    text: str = read.model_dump_json()
    return text.encode()
