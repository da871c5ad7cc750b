"""One form per name, phone and document number for matching and blind indexes, and masked forms for showing.

Normalised forms are for comparing only; what a person typed is what is stored and shown.
"""

import re
import unicodedata

from server.errors import Invalid

NAME_AT_MOST = 40
_DOTS = frozenset("·•・‧∙.")
_CHINA_PREFIX = re.compile(r"(?:\+|00)86")
_CHINA_MOBILE = re.compile(r"861[0-9]{10}")
_PHONE_NOISE = re.compile(r"[\s()\-.]")
_PHONE = re.compile(r"[0-9]{7,15}")
_PLACE_WORDS = re.compile(r".*(?:社区|居委会|街道|村|镇|乡)")
_COMPOUND_SURNAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
        "司徒", "司空", "夏侯", "端木", "独孤", "南宫", "长孙", "宇文", "轩辕", "呼延",
        "歐陽", "諸葛", "東方", "尉遲", "公孫", "獨孤", "南宮", "長孫", "軒轅",
    }
)  # fmt: skip


def normalise_name(text: str) -> str:
    """NFKC, lower case, without blanks and middle dots; raises ``name_invalid`` if empty or over 40 long."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(char for char in folded if char not in _DOTS and not _is_hidden(char))
    name = unicodedata.normalize("NFKC", bare)  # what stood on both sides of a removed mark may combine
    if not 1 <= len(name) <= NAME_AT_MOST:
        raise Invalid("name_invalid", field="name")
    return name


def normalise_phone(text: str) -> str:
    """Digits only, without China's prefix; raises ``phone_invalid`` unless 7 to 15 digits remain."""
    number = _PHONE_NOISE.sub("", _visible(text))
    number = _CHINA_PREFIX.sub("", number, count=1) if _CHINA_PREFIX.match(number) else number.lstrip("+")
    if _CHINA_MOBILE.fullmatch(number):
        number = number[2:]
    if not _PHONE.fullmatch(number):
        raise Invalid("phone_invalid", field="phone")
    return number


def normalise_id_no(text: str) -> str:
    """Any document number: NFKC, upper case, without blanks and hyphens; not validated here."""
    return re.sub(r"[\s\-]", "", _visible(text)).upper()


def mask_name(text: str) -> str:
    """The surname and one star per further character, two at most: 张*, 欧阳**; one character is all star."""
    name = unicodedata.normalize("NFKC", text).strip()
    surname = name[:2] if name[:2] in _COMPOUND_SURNAMES else name[:1]
    rest = len(name) - len(surname)
    return surname + "*" * min(rest, 2) if rest else "*" * len(name)


def mask_phone(text: str) -> str:
    """First three and last four of a mobile number, else the last three; anything unreadable is all star."""
    try:
        number = normalise_phone(text)
    except Invalid:
        return "****"
    mobile = 11
    return f"{number[:3]}****{number[-4:]}" if len(number) >= mobile else f"****{number[-3:]}"


def mask_address(text: str) -> str:
    """The address down to its village, street or town, then three stars; three stars if it names none."""
    found = _PLACE_WORDS.match(unicodedata.normalize("NFKC", text).strip())
    return (found.group() if found else "") + "***"


def _visible(text: str) -> str:
    """NFKC without format marks and blanks of any kind."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if not _is_hidden(char))


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cc", "Cf"}
