"""The shapes of tasks."""

from marshmallow import fields, validate

from server.schemas.shape import PageQuery, Shape


class TaskSchema(Shape):
    """Something a role must do by a time."""

    id = fields.UUID(required=True)
    kind = fields.String(
        required=True,
        metadata={"description": "What is asked for: a code of the list task_kind.", "example": "urgent_report"},
    )
    area_code = fields.String(required=True, metadata={"example": "430903102"})
    role = fields.String(required=True, metadata={"description": "The role it is for.", "example": "judicial_officer"})
    assignee_id = fields.UUID(required=True, allow_none=True)
    entry_id = fields.UUID(required=True, allow_none=True)
    entry_no = fields.String(required=True, allow_none=True)
    about_table = fields.String(
        required=True, allow_none=True, metadata={"description": "The record's kind, where it is not the entry."}
    )
    about_id = fields.UUID(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True)
    overdue = fields.Boolean(required=True)
    done_by = fields.UUID(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "For If-Match, in quotes."})


class TaskPageSchema(Shape):
    """A page of tasks."""

    items = fields.List(fields.Nested(TaskSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TaskQuery(PageQuery):
    """Which tasks."""

    due = fields.String(
        load_default="open",
        validate=validate.OneOf(["open", "overdue"]),
        metadata={"description": "All undone tasks, or those past their time.", "example": "overdue"},
    )
