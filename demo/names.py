"""Chinese names by chance: surnames by how common they are, given names of one or two characters by generation."""

from random import Random

from server.domain.codes import Sex

_SURNAMES = {
    "李": 79, "王": 74, "张": 71, "刘": 54, "陈": 45, "杨": 31, "赵": 23, "黄": 22, "周": 21, "吴": 21,
    "徐": 17, "孙": 15, "胡": 13, "朱": 13, "高": 12, "林": 12, "何": 12, "郭": 12, "马": 11, "罗": 9,
    "梁": 8, "宋": 8, "郑": 8, "谢": 7, "韩": 7, "唐": 7, "冯": 6, "于": 6, "董": 6, "萧": 6,
    "程": 6, "曹": 6, "袁": 5, "邓": 5, "许": 5, "傅": 5, "沈": 5, "曾": 5, "彭": 5, "吕": 5,
    "苏": 4, "卢": 4, "蒋": 4, "蔡": 4, "贾": 4, "丁": 4, "魏": 4, "薛": 4, "叶": 4, "阎": 4,
    "余": 4, "潘": 4, "杜": 4, "戴": 3, "夏": 3, "钟": 3, "汪": 3, "田": 3, "任": 3, "姜": 3,
    "范": 3, "方": 3, "石": 3, "姚": 3, "谭": 3, "廖": 3, "邹": 3, "熊": 3, "金": 3, "陆": 3,
    "欧阳": 1, "司马": 1, "上官": 1,
}  # fmt: skip
_GIVEN = {
    (Sex.MALE, "old"): "国建志文德明福生贵祥林山春华义忠荣庆清云全根保财发顺松金水海",
    (Sex.MALE, "middle"): "军伟勇强波涛斌峰刚辉平健鹏超飞亮磊杰鑫敏宏斌兵毅凯立新成东锋",
    (Sex.MALE, "young"): "宇浩轩泽俊博睿晨阳子涵铭昊天佳乐逸航嘉煜皓然梓熙承瑞恒景安",
    (Sex.FEMALE, "old"): "桂兰英秀珍玉芳梅香莲花凤菊淑云翠菊爱银金贞素月娥惠清琴连满满",
    (Sex.FEMALE, "middle"): "丽娟艳霞敏静红燕玲芬萍莉琼娜慧洁婷雪晓蓉颖琳晶丹菲春秋蕾薇",
    (Sex.FEMALE, "young"): "欣怡梓涵诗雨佳琪思雅梦萱若彤语嫣可馨宁悦依晨钰婉清灵薇一诺",
}
_MIDDLE_FROM, _YOUNG_FROM = 1965, 1995


def make_name(chance: Random, sex: Sex, birth_year: int, surname: str = "") -> str:
    """A surname (by chance unless given) and one or two characters usual for the sex and years of birth."""
    family = surname or chance.choices(list(_SURNAMES), list(_SURNAMES.values()))[0]
    given = _GIVEN[sex, _generation(birth_year)]
    return family + "".join(chance.sample(given, 1 if chance.random() < 0.18 else 2))


def surname_of(name: str) -> str:
    """The surname of a name made here."""
    return name[:2] if name[:2] in _SURNAMES else name[:1]


def _generation(birth_year: int) -> str:
    if birth_year < _MIDDLE_FROM:
        return "old"
    return "middle" if birth_year < _YOUNG_FROM else "young"
