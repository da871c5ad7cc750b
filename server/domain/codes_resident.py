"""Codes kept with a resident: sex, kind of document, guardian's relation, care category."""

from enum import StrEnum


class Sex(StrEnum):
    """Sex as GB/T 2261.1 codes it; 0 is a full answer, nobody has to be asked."""

    UNKNOWN = "0"
    """Not known."""
    MALE = "1"
    """Male."""
    FEMALE = "2"
    """Female."""
    UNSPECIFIED = "9"
    """The person did not say."""


class IdType(StrEnum):
    """Kind of identity document; giving none is fully allowed."""

    RESIDENT_ID = "01"
    """Resident identity card, whose number follows GB 11643."""
    HMT_PERMIT = "02"
    """Residence permit of someone from Hong Kong, Macao or Taiwan."""
    PASSPORT = "03"
    """Passport."""
    FOREIGN_RESIDENCE = "04"
    """Foreigner's permanent residence card."""
    NONE = "09"
    """No document, or none given."""


class GuardianRelation(StrEnum):
    """What the guardian is to the resident: GB/T 4761, one and two digits, and three codes of our own."""

    SPOUSE = "1"
    """Spouse."""
    SON = "2"
    """Son."""
    DAUGHTER = "3"
    """Daughter."""
    GRANDCHILD = "4"
    """Grandchild."""
    PARENT = "5"
    """Parent."""
    GRANDPARENT = "6"
    """Grandparent."""
    SIBLING = "7"
    """Brother or sister."""
    OTHER = "8"
    """Any other relation."""
    SPOUSE_2 = "10"
    """Spouse, in the two-digit code."""
    HUSBAND = "11"
    """Husband."""
    WIFE = "12"
    """Wife."""
    SON_2 = "20"
    """Son, in the two-digit code."""
    ADOPTED_SON = "27"
    """Adopted son or stepson."""
    SON_IN_LAW = "28"
    """Son-in-law."""
    DAUGHTER_2 = "30"
    """Daughter, in the two-digit code."""
    DAUGHTER_IN_LAW = "38"
    """Daughter-in-law."""
    PARENTS = "50"
    """Both parents, or a parent not further named."""
    FATHER = "51"
    """Father."""
    MOTHER = "52"
    """Mother."""
    GRANDPARENTS = "60"
    """Grandparents, in the two-digit code."""
    SIBLINGS = "70"
    """Brothers and sisters, in the two-digit code."""
    OTHER_RELATIVE = "97"
    """A relative not listed."""
    NOT_RELATED = "99"
    """Not a relative."""
    LEGAL_GUARDIAN = "G1"
    """Guardian appointed by law, whatever the kinship."""
    VILLAGE_COMMITTEE = "G2"
    """The village or residents' committee acts as guardian."""
    CARER = "G3"
    """The person who looks after the resident day by day."""


class CareCategory(StrEnum):
    """Groups entitled to a service of some department; belonging to one is never a ground (guardrail G2)."""

    LEFT_BEHIND_CHILD = "01"
    """A child whose parents work away."""
    MIGRANT_CHILD = "02"
    """A child living away from the registered home."""
    LEFT_BEHIND_WOMAN = "03"
    """A woman whose husband works away, or who moved for work."""
    LEFT_BEHIND_ELDER = "04"
    """An elder whose children work away."""
    EMPTY_NEST_ELDER = "05"
    """An elder living without children at home."""
    BEREAVED = "06"
    """Lost a spouse or close kin."""
    DISABLED_ELDER = "07"
    """An elder who lost physical or mental capacity."""
    DISABLED = "08"
    """A person with a disability."""
    PARENT_OF_DISABLED = "09"
    """Parent or kin of a child with a disability."""
    SPECIAL_FAMILY = "10"
    """A special family-planning family: its only child died or is disabled."""
    LOW_INCOME = "11"
    """A household in economic difficulty."""
    MAJOR_LIFE_EVENT = "12"
    """Has lived through a major change lately."""
    COMMUNITY_CORRECTIONS = "13"
    """Restricted: serves community corrections."""
    RELEASED = "14"
    """Restricted: released after a sentence."""
    DRUG_REHAB = "15"
    """Restricted: in community drug rehabilitation (Drug Rehabilitation Regulations art. 7)."""
    BULLYING_VICTIM = "16"
    """Restricted: was bullied or harmed at school."""
    DOMESTIC_VIOLENCE_VICTIM = "17"
    """Restricted: suffered domestic violence."""
    SEXUAL_VIOLENCE_VICTIM = "18"
    """Restricted: suffered sexual violence."""
    MINOR_EXPOSED_TO_DRUGS = "19"
    """Restricted: a minor who came into contact with drugs."""
    DISASTER_AFFECTED = "20"
    """Hit by a disaster."""
    HOMELESS = "21"
    """Homeless, or helped by a rescue station."""
    REGISTERED_SMD = "22"
    """Restricted: registered with a severe mental disorder."""
    PERINATAL = "23"
    """Pregnant or in the year after birth."""
    CARER = "24"
    """Looks after a patient in the family."""
    OTHER = "99"
    """Another group named by a department."""

    @property
    def restricted(self) -> bool:
        """True where only the competent department enters it, and it is hidden from R1, R2 and exports."""
        return self in _RESTRICTED


_RESTRICTED = frozenset(
    {
        CareCategory.COMMUNITY_CORRECTIONS,
        CareCategory.RELEASED,
        CareCategory.DRUG_REHAB,
        CareCategory.BULLYING_VICTIM,
        CareCategory.DOMESTIC_VIOLENCE_VICTIM,
        CareCategory.SEXUAL_VIOLENCE_VICTIM,
        CareCategory.MINOR_EXPOSED_TO_DRUGS,
        CareCategory.REGISTERED_SMD,
    }
)
