"""One person's course for another system, as FHIR R5."""

from uuid import UUID

from flask import Response

from server.domain.course import Asked
from server.domain.course_fhir import MEDIA_TYPE
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.course import BUNDLE, AskedSchema
from server.services import course

blueprint = Blueprint("course", __name__, description="One person's course as a FHIR R5 bundle.")


@blueprint.post("/ledger-entries/<uuid:entry_id>/course")
@needs(Permission.COURSE_READ)
@refuses("not_found", "course_reason_needed", "course_invalid")
@blueprint.arguments(AskedSchema)
@blueprint.response(200, BUNDLE, content_type=MEDIA_TYPE)
def take_course(asked: Asked, entry_id: UUID) -> Response:
    """Take one person's course, as far as one's role reads it; named only with a reason, and on record.

    There is no such copy of several people.
    """
    content = course.take_course(current_caller(), entry_id, asked)
    return Response(content, content_type=MEDIA_TYPE)
