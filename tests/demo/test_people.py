import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.findings import make_dispute, make_finding
from demo.people import Place, everyday_name, make_people, make_person
from server.domain.codes import Ground, IdType, Urgency
from server.domain.deadlines import add_months
from server.domain.facts import check_fact
from server.domain.id_number import parse_id_number
from server.domain.normalise import normalise_name, normalise_phone
from server.domain.periods import parse_period
from tests.domain.seeds import words

TODAY = date(2026, 11, 21)
NOVEMBER = parse_period("202611")
VILLAGE = Place("430903101201", "三岔堤村村民委员会", "兰溪镇", "430903101201001", "第一网格")
COMMUNITY = Place("370602001001", "友谊街社区居民委员会", "向阳街道", "370602001001001", "第一网格")
places = st.sampled_from([VILLAGE, COMMUNITY])
seeds = st.text(max_size=8)
numbers = st.integers(1, 500)


@given(seeds, places, numbers)
def test_the_same_seed_gives_the_same_person_and_finding(seed, place, number):
    person = make_person(seed, place, number, TODAY)
    assert person == make_person(seed, place, number, TODAY)
    assert make_finding(seed, place, person, NOVEMBER, TODAY) == make_finding(seed, place, person, NOVEMBER, TODAY)
    assert make_dispute(seed, place, NOVEMBER, number) == make_dispute(seed, place, NOVEMBER, number)


def test_another_seed_gives_other_people():
    assert make_people("a", VILLAGE, 20, TODAY) != make_people("b", VILLAGE, 20, TODAY)


@given(seeds, places, numbers)
def test_every_person_is_valid_and_nobody(seed, place, number):
    person = make_person(seed, place, number, TODAY)
    assert 2 <= len(normalise_name(person.name)) <= 4
    assert (person.id_no is None) == (person.id_type is IdType.NONE)
    if person.id_no:
        known = parse_id_number(person.id_no)
        assert known.region == ("430999" if place is VILLAGE else "370699")
        assert (known.birth_date, known.sex) == (person.birth_date, person.sex)
    for phone in filter(None, (person.phone, person.guardian and person.guardian.phone)):
        assert re.fullmatch("102[0-9]{8}", normalise_phone(phone))
    assert (person.guardian is not None) == (add_months(person.birth_date, 12 * 18) > TODAY)


@settings(max_examples=300)
@given(seeds, places, numbers)
def test_every_fact_passes_the_check_without_a_flag(seed, place, number):
    person = make_person(seed, place, number, TODAY)
    finding = make_finding(seed, place, person, NOVEMBER, TODAY)
    flags = check_fact(finding.fact, words())
    assert (flags.forbidden, flags.character_adjective) == ((), False)
    assert date(2026, 11, 1) <= finding.observed_on <= date(2026, 11, 20)
    assert not finding.ground.import_only
    assert person.name not in finding.fact
    assert "TA" not in finding.fact


def test_a_grid_s_findings_are_varied():
    findings = [make_finding("x", VILLAGE, person, NOVEMBER, TODAY) for person in make_people("x", VILLAGE, 300, TODAY)]
    assert {finding.ground for finding in findings} == set(Ground) - {Ground.CHARACTER_LABEL}
    assert len({finding.fact for finding in findings}) > 290
    assert {finding.urgency for finding in findings} == {Urgency.ROUTINE, Urgency.URGENT}


def test_early_in_the_month_nothing_is_seen_in_the_future():
    for person in make_people("x", VILLAGE, 30, date(2026, 11, 2)):
        assert make_finding("x", VILLAGE, person, NOVEMBER, date(2026, 11, 2)).observed_on <= date(2026, 11, 2)


@pytest.mark.parametrize(
    ("official", "everyday"),
    [
        ("三岔堤村村民委员会", "三岔堤村"),
        ("双桥村民委员会", "双桥村"),
        ("双桥村委会", "双桥村"),
        ("双桥村", "双桥村"),
        ("友谊街社区居民委员会", "友谊街社区"),
        ("友谊街居委会", "友谊街社区"),
        ("金山社区", "金山社区"),
        ("虚拟社区", "虚拟社区"),
    ],
)
def test_addresses_use_the_village_s_everyday_name(official, everyday):
    assert everyday_name(official) == everyday


def test_an_address_leads_from_township_to_door():
    village, community = make_person("x", VILLAGE, 1, TODAY), make_person("x", COMMUNITY, 1, TODAY)
    assert re.fullmatch(r"兰溪镇三岔堤村第一网格\d+组\d+号", village.address)
    assert re.fullmatch(r"向阳街道友谊街社区第一网格\d+栋\d单元\d0\d室", community.address)
