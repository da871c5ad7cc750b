import pytest

from server.domain.forbidden_columns import match_heading, parse_forbidden_columns
from server.errors import Malformed
from tests.domain.seeds import SEEDS

TABLE = parse_forbidden_columns((SEEDS / "forbidden-columns.csv").read_text("utf-8"))


def code_of(heading):
    found = match_heading(heading, TABLE)
    return found and found.code


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("民族", "ethnicity"),
        (" 民 族 ", "ethnicity"),
        ("*民族（必填）", "ethnicity"),
        ("民族代码", "ethnicity"),
        ("姓名/民族", "ethnicity"),
        ("基本情况（民族、宗教信仰）", "ethnicity"),
        ("本人宗教信仰情况", "religion"),
        ("是否信教", "religion"),
        ("政治面貌", "political_status"),
        ("血型", "blood_type"),
        ("工作单位名称", "occupation"),
        ("家庭年收入(元)", "income"),
        ("婚姻状况", "marital_status"),
        ("曾用名", "former_name"),
        ("照片", "photo"),
        ("ＱＱ号码", "social_account"),
        ("微信号", "social_account"),
        ("车牌号码", "vehicle"),
        ("关注程度(1-5)", "attention_degree"),
        ("风险等级", "attention_degree"),
        ("关注类型", "attention_type"),
        ("上访次数", "attention_type"),
        ("管控情况", "control_status"),
        ("是否肇事肇祸", "incident_history"),
        ("有无前科", "crime"),
        ("四史情况", "three_involvements"),
        ("感染途径代码", "infection_route"),
        ("活动轨迹", "movement_log"),
        ("Ethnicity", "ethnicity"),
        ("Political  Status", "political_status"),
        ("性取向", "sexual_orientation"),
    ],
)
def test_a_forbidden_heading_is_recognised_however_written(heading, code):
    assert code_of(heading) == code


@pytest.mark.parametrize(
    "heading",
    [
        "",
        "姓名",
        "性别",
        "出生日期",
        "证件类型",
        "身份证号码",
        "联系电话",
        "现住址",
        "民族路住址",
        "监护人姓名",
        "监护人联系方式",
        "与监护人关系",
        "纳入情形",
        "事实记录",
        "观察日期",
        "来源",
        "紧急程度",
        "困难及诉求",
        "帮扶情况",
        "备注",
        "村（社区）",
        "网格编码",
        "所属网格",
        "下次走访日期",
        "name",
        "phone",
        "ID number",
        "收治医院",
    ],
)
def test_an_allowed_heading_passes(heading):
    assert code_of(heading) is None


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u200d", "\u202e", "\u2060", "\ufe0f", "\ufeff"])
def test_characters_nobody_sees_disguise_nothing(unseen):
    assert code_of(f"宗{unseen}教信仰") == code_of("宗教信仰") is not None


def test_each_name_belongs_to_one_column_and_finds_it():
    for column in TABLE:
        assert code_of(column.zh) == column.code
        assert code_of(column.en) == column.code
        for name in column.names:
            assert code_of(name) == column.code


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(Malformed) as refused:
        parse_forbidden_columns("code,zh\nethnicity,民族\n")
    assert refused.value.code == "forbidden_columns_invalid"
