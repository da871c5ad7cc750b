import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.facts import FactFlags, check_fact, check_length, tidy_fact
from server.domain.word_lists import FORBIDDEN_CATEGORIES, WordCategory, parse_traditional, parse_words
from server.errors import Invalid, Malformed
from tests.domain.seeds import SEEDS, words

PLAIN = "11月3日傍晚，网格员在村口看到他一个人坐到天黑，问起时说“心里难受”。"
NOTHING = FactFlags(forbidden=(), diagnosis=False, character_adjective=False)


def refusal(text, **kwargs):
    with pytest.raises(Invalid) as refused:
        check_fact(text, words(), **kwargs)
    assert refused.value.field == "fact"
    return refused.value.code


def test_a_described_act_passes_without_flags():
    assert check_fact(PLAIN, words()) == NOTHING
    assert not check_fact(PLAIN, words()).needs_human_review


@pytest.mark.parametrize(("length", "code"), [(0, "fact_too_short"), (19, "fact_too_short"), (501, "fact_too_long")])
def test_a_fact_outside_20_to_500_characters_is_refused(length, code):
    assert refusal("事" * length) == code


@pytest.mark.parametrize("length", [20, 500])
def test_both_limits_are_inside(length):
    assert check_fact("事" * length, words()) == NOTHING


def test_blanks_do_not_lengthen_a_fact():
    with pytest.raises(Invalid) as refused:
        check_length("  太 \n\n\u3000\u3000 短  " + " " * 30)
    assert refused.value.params == {"length": 3, "minimum": 20}
    assert tidy_fact("  太 \n\n\u3000\u3000 短  ") == "太 短"


@pytest.mark.parametrize(
    "text",
    [
        "他这个人性格偏执，脾气古怪，村里大家都觉得他不好相处。",
        "此人一贯固执，爱钻牛角尖，思想极端，和谁都合不来，请关注。",
        "她很孤僻，不合群，平时心胸狭窄，小心眼，大家对她印象都差。",
        "该同志性 格·暴 躁，蛮橫，不講理，村里人人都晓得，请尽快纳入。",
    ],
)
def test_a_judgement_of_character_alone_is_refused(text):
    assert refusal(text) == "fact_character"


def test_a_judgement_beside_a_told_act_is_only_flagged():
    flags = check_fact("11月3日晚，网格员看到他在院里摔了三只碗，邻居觉得他脾气古怪。", words())
    assert flags == FactFlags(forbidden=(), diagnosis=False, character_adjective=True)


@pytest.mark.parametrize(
    "said",
    [
        "他有抑郁症",
        "得了精神分裂",
        "是双相情感障碍",
        "是个精神病",
        "患焦虑症多年",
        "憂鬱症",
        "精 神 病",
        "精.神.分.裂",
        "精\u200b神病",
        "ＰＴＳＤ",
        "有Bipolar",
    ],
)
def test_a_diagnosis_is_refused_unless_a_clinician_writes(said):
    text = f"{PLAIN}{said}。"
    assert refusal(text) == "fact_diagnosis"
    assert check_fact(text, words(), clinical=True).diagnosis


@pytest.mark.parametrize("said", ["他去精神病院看望姐姐", "他骂邻居神经病", "他说心情沮丧，睡不好", "他说心里很焦虑"])
def test_a_place_a_quoted_curse_and_a_feeling_are_no_diagnosis(said):
    assert check_fact(f"{PLAIN}{said}。", words()) == NOTHING


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("他上个月去北京上访", WordCategory.PETITION),
        ("去市里上访问题没有解决", WordCategory.PETITION),
        ("他到信訪局去过", WordCategory.PETITION),
        ("他说要上 访", WordCategory.PETITION),
        ("他说要上·访", WordCategory.PETITION),
        ("他说要上\u200b访", WordCategory.PETITION),
        ("他举报过村里", WordCategory.PETITION),
        ("她信教", WordCategory.RELIGION),
        ("她常去教堂", WordCategory.RELIGION),
        ("他是苗族", WordCategory.ETHNICITY),
        ("他的政治面貌", WordCategory.POLITICS),
        ("他找过记者", WordCategory.MEDIA),
        ("他是同性戀", WordCategory.ORIENTATION),
        ("他ＨＩＶ阳性", WordCategory.HIV),
        ("他有愛滋病", WordCategory.HIV),
    ],
)
def test_words_of_a_forbidden_ground_ask_for_a_human(said, category):
    flags = check_fact(f"{PLAIN}{said}。", words())
    assert flags.forbidden == (category,)
    assert flags.needs_human_review


@pytest.mark.parametrize(
    "said",
    [
        "他晚上访问了亲戚",
        "村干部马上访问了他家",
        "他相信教育能改变孩子",
        "邻居教会他用手机付款",
        "他问教堂弟写字的老师",
        "他住在民族路",
        "他把旧物搬出柜子",
        "他改变性子，主动帮忙",
        "他的态度有改变态势",
        "他发短信访客没有回",
        "村里有多媒体教室",
        "他话说到一半往上。访客来了",
        "村民运走了稻谷",
    ],
)
def test_ordinary_words_that_contain_a_listed_one_pass(said):
    assert check_fact(f"{PLAIN}{said}。", words()).forbidden == ()


def test_what_matched_is_never_told():
    with pytest.raises(Invalid) as refused:
        check_fact(f"{PLAIN}他有抑郁症。", words())
    assert refused.value.params == {}
    assert "上访" not in repr(check_fact(f"{PLAIN}他上访。", words()))


def disguise(word, separators):
    return "".join(char + mark for char, mark in zip(word, separators, strict=False)) + word[len(separators) :]


@given(
    st.sampled_from([entry for entry in words().entries if entry.category in FORBIDDEN_CATEGORIES]),
    st.lists(st.sampled_from(["", " ", "\u3000", ".", "·", "．", "-", "*", "\u200b", "\n"]), min_size=12, max_size=12),
)
def test_no_separator_hides_a_forbidden_word(entry, separators):
    hidden = disguise(entry.word[:-1], separators) + entry.word[-1]
    assert entry.category in words().categories_in(f"，{hidden}，")


@given(st.sampled_from(words().entries))
def test_full_width_letters_and_traditional_characters_hide_nothing(entry):
    back = {simplified: traditional for traditional, simplified in _traditional().items()}
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in entry.word)
    assert entry.category in words().categories_in("".join(back.get(char, char) for char in wide))


@given(st.text(max_size=600))
def test_any_text_of_the_wrong_length_is_refused_and_any_other_is_read(text):
    length = len(unicodedata.normalize("NFKC", tidy_fact(text)))
    if 20 <= length <= 500:
        check_length(text)
        assert words().categories_in(text) <= set(WordCategory)
    else:
        assert refusal(text) == ("fact_too_short" if length < 20 else "fact_too_long")


def test_every_exception_holds_its_word():
    for path in sorted((SEEDS / "words").glob("*.csv")):
        if path.stem != "traditional":
            for entry in parse_words(path.read_text("utf-8")):
                for phrase in entry.exceptions:
                    assert words().fold(entry.word) in words().fold(phrase), (entry.word, phrase)


@pytest.mark.parametrize("row", ["religion,,", "nonsense,上访,", "religion"])
def test_a_word_list_line_that_cannot_stand_is_refused(row):
    with pytest.raises(Malformed) as refused:
        parse_words(f"category,word,exceptions\n{row}\n")
    assert (refused.value.code, refused.value.params) == ("word_list_invalid", {"line": 2})


def _traditional():
    return parse_traditional((SEEDS / "words" / "traditional.csv").read_text("utf-8"))


def test_an_excused_word_does_not_excuse_the_next():
    assert check_fact(f"{PLAIN}他相信教育能改变孩子，后来她信教。", words()).forbidden == (WordCategory.RELIGION,)
