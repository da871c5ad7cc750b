"""The shapes of screening instruments: definition, licence, and the county's say."""

from marshmallow import fields, validate

from server.domain.codes_instruments import InstrumentStatus, LicenceKind, ScreeningMode, TranslationStatus
from server.domain.instruments import LONGEST_CODE, TRAINED
from server.schemas.shape import Shape
from server.schemas.sweeps import code_field

_CODE = r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z"


def instrument_code_field(description: str, example: str, *, required: bool = True) -> fields.String:
    """The code or edition of an instrument."""
    return fields.String(
        required=required,
        validate=[validate.Length(1, LONGEST_CODE), validate.Regexp(_CODE)],
        metadata={"description": description, "example": example},
    )


class TextsSchema(Shape):
    """One text in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class InstrumentReviewedSchema(Shape):
    """For each language, whether the wording is the published one; an unreviewed one must be shown as such."""

    zh = code_field(TranslationStatus)
    en = code_field(TranslationStatus)


class WordingSchema(TextsSchema):
    """A published text in both languages, and how sure it is."""

    translation_status = fields.Nested(InstrumentReviewedSchema, required=True)


class InstrumentOptionSchema(WordingSchema):
    """One answer that can be ticked."""

    value = fields.Integer(required=True)


class InstrumentItemSchema(WordingSchema):
    """One question, and the name of the options it is asked with."""

    number = fields.Integer(required=True)
    options = fields.String(required=True)


class InstrumentLicenceSchema(TextsSchema):
    """Under which licence it may be used."""

    kind = code_field(LicenceKind)
    evidence = fields.String(required=True)
    non_commercial = fields.Boolean(required=True)


class InstrumentAgeSchema(Shape):
    """For whom it was made, in years."""

    min = fields.Integer(required=True)
    max = fields.Integer(required=True, allow_none=True)


class InstrumentBandSchema(TextsSchema):
    """A stretch of totals in plain words, with the next step."""

    code = fields.String(required=True)
    min = fields.Integer(required=True)
    max = fields.Integer(required=True)
    refer = fields.Boolean(required=True)
    advice = fields.Nested(TextsSchema, required=True)


class InstrumentCutOffSchema(Shape):
    """Where the second band begins, and how far a county may move that."""

    default = fields.Integer(required=True)
    women = fields.Integer(required=True, allow_none=True)
    least = fields.Integer(required=True)
    most = fields.Integer(required=True)


class InstrumentTriggerSchema(Shape):
    """An item and the lowest answer that counts as yes."""

    item = fields.Integer(required=True)
    at_least = fields.Integer(required=True)


class InstrumentTotalSchema(Shape):
    """The counted items' sum is multiplied by this."""

    multiplier = fields.Integer(required=True)


class InstrumentDefinitionSchema(Shape):
    """One edition of one instrument, whole."""

    code = fields.String(required=True)
    edition = fields.String(required=True)
    name = fields.Nested(TextsSchema, required=True)
    source = fields.String(required=True)
    licence = fields.Nested(InstrumentLicenceSchema, required=True)
    status = code_field(InstrumentStatus)
    age = fields.Nested(InstrumentAgeSchema, required=True)
    roles = fields.List(
        fields.String(validate=validate.OneOf(sorted(TRAINED))), required=True,
        metadata={"description": "Who may hand it out."},
    )  # fmt: skip
    modes = fields.List(fields.String(validate=validate.OneOf(list(ScreeningMode))), required=True)
    window = fields.Nested(WordingSchema, required=True)
    options = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Nested(InstrumentOptionSchema)), required=True
    )
    items = fields.List(fields.Nested(InstrumentItemSchema), required=True)
    uncounted_items = fields.List(fields.Integer(), required=True)
    reverse_items = fields.List(fields.Integer(), required=True)
    total = fields.Nested(InstrumentTotalSchema, required=True)
    bands = fields.List(fields.Nested(InstrumentBandSchema), required=True)
    cut_off = fields.Nested(InstrumentCutOffSchema, required=True, allow_none=True)
    crisis_items = fields.List(fields.Nested(InstrumentTriggerSchema), required=True)
    ask_items = fields.List(fields.Nested(InstrumentTriggerSchema), required=True)
    disclaimer = fields.Nested(TextsSchema, required=True)


class InstrumentSchema(Shape):
    """An instrument with its wording and licence, and the county's say about it."""

    definition = fields.Nested(InstrumentDefinitionSchema, required=True)
    enabled = fields.Boolean(required=True, metadata={"description": "Whether the county may use it now."})
    enabled_by = fields.UUID(required=True, allow_none=True)
    enabled_at = fields.AwareDateTime(required=True, allow_none=True)
    licence_evidence = fields.String(
        required=True, allow_none=True, metadata={"description": "Where the county's licence can be seen."}
    )
    cut_off = fields.Integer(required=True, allow_none=True, metadata={"description": "The cut-off in use."})
    unreviewed = fields.List(
        fields.String(validate=validate.OneOf(["zh", "en"])),
        required=True,
        metadata={"description": "Languages in which some wording is not the reviewed, published one: say so."},
    )
    version = fields.Integer(required=True)


class InstrumentsSchema(Shape):
    """Every instrument the county knows."""

    items = fields.List(fields.Nested(InstrumentSchema), required=True)


class InstrumentQuery(Shape):
    """Which edition."""

    edition = instrument_code_field("The edition; left out, the one in use.", "1999", required=False)


def _evidence() -> fields.String:
    return fields.String(
        validate=validate.Length(4, 200),
        metadata={
            "description": "Where the licence can be seen: a document's number, not the instrument's text.",
            "example": "县卫健委〔2026〕12号附件3",
        },
    )


class NewInstrumentSchema(Shape):
    """A definition of the county's own, as `seeds/instruments/schema.json` describes it, with status loaded."""

    definition = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "The whole definition; every fault is told with its path."},
    )
    licence_evidence = _evidence()


class InstrumentDisablingSchema(Shape):
    """Which edition."""

    edition = instrument_code_field("The edition.", "1998")


class InstrumentEnablingSchema(InstrumentDisablingSchema):
    """Which edition, by which licence, with which cut-off."""

    licence_evidence = _evidence()
    cut_off = fields.Integer(
        strict=True,
        metadata={"description": "The county's cut-off, for an instrument that allows one; else published."},
    )
