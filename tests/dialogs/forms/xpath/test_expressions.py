"""Expressions and what they come to, asked through a form: the calculation of one node."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import pytest

from dialogs.forms.instance import open_instance
from dialogs.forms.model import compile_form

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
NODES = (
    "<five>5</five><dec>5.0</dec><empty/><word>abc</word><zero>0</zero><day>2020-01-02</day><list>a c</list>"
    "<gone>7</gone><box><x>1</x><y/></box>"
    "<rep><n>1</n></rep><rep><n>2</n></rep><rep><n/></rep><result/>"
)
BINDS = (
    '<bind nodeset="/data/five" type="int"/><bind nodeset="/data/dec" type="decimal"/>'
    '<bind nodeset="/data/zero" type="int"/><bind nodeset="/data/day" type="date"/>'
    '<bind nodeset="/data/gone" type="int" relevant="false()"/><bind nodeset="/data/rep/n" type="int"/>'
)
BODY = '<group ref="/data/rep"><repeat nodeset="/data/rep"><input ref="/data/rep/n"/></repeat></group>'
LIST = (
    '<instance id="towns"><root><item><name>a</name><label>Aach</label><land>1</land></item>'
    "<item><name>b</name><label>Bonn</label><land>2</land></item>"
    "<item><name>c</name><label>Celle</label><land>1</land></item></root></instance>"
)


class Value(Protocol):
    def __call__(self, expression: str, now: datetime = NOW) -> str: ...


@pytest.fixture
def value(xform: Callable[..., str]) -> Value:
    """The text of an expression."""

    def evaluate(expression: str, now: datetime = NOW) -> str:
        binds = BINDS + LIST + f'<bind nodeset="/data/result" calculate={quoteattr(expression)}/>'
        form = compile_form(xform(NODES, binds, BODY))
        instance = open_instance(form, None, now, random.Random(1))
        return {ref: text for ref, text, _ in instance.answers()}["/data/result"]

    return evaluate


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # numbers are written without exponent and without a needless point
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("7 div 2", "3.5"),
        ("1 div 0", "Infinity"),
        ("-1 div 0", "-Infinity"),
        ("0 div 0", ""),
        ("-10 mod 3", "-1"),
        ("10.5 mod 3", "1.5"),
        ("5 mod 0", ""),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("100000000000000000000", "100000000000000000000"),
        ("0.00001", "0.00001"),
        ("--3", "3"),
        ("- /data/five", "-5"),
        ("/data/empty + 1", ""),
        ("'5' + 1", "6"),
        ("true() + 1", "2"),
        ("2020-01-02", "2017"),
        # comparisons
        ("1 = '1'", "true"),
        ("'1' = '1.0'", "false"),
        ("/data/five = /data/dec", "true"),
        ("/data/dec = '5'", "true"),
        ("/data/five != ''", "true"),
        ("/data/empty = ''", "true"),
        ("/data/empty != /data/empty", "false"),
        ("'a' < 'b'", "false"),
        ("2 < 10 and '2' < '10'", "true"),
        ("1 < 2 = true()", "true"),
        ("/data/rep/n = 2", "true"),
        ("/data/rep/n > 2", "false"),
        ("1 or 0 div 0", "true"),
        # truth: an answer counts as true if it is not empty
        ("not(/data/empty)", "true"),
        ("if(/data/zero, 'y', 'n')", "n"),
        ("if(/data/word, 'y', 'n')", "y"),
        ("boolean('false')", "true"),
        ("boolean-from-string('1')", "true"),
        # not relevant is empty, and not counted
        ("/data/gone", ""),
        ("count(/data/gone)", "0"),
        ("/data/gone + 1", ""),
        ("/data/gone = ''", "true"),
        # texts
        ("concat('a', 1, true(), /data/word)", "a1trueabc"),
        ("concat(/data/rep/n)", "12"),
        ("join('-', /data/rep/n)", "1-2-"),
        ("string-length(/data/day)", "10"),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -3)", "llo"),
        ("substring('hello', 2, 3)", "ell"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring-before('a-b', '-')", "a"),
        ("substring-after('a-b', '-')", "b"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("normalize-space('  a   b ')", "a b"),
        ("starts-with('abc', 'ab') and ends-with('abc', 'bc') and contains('abc', '')", "true"),
        ("upper-case('straße')", "STRASSE"),
        # selects
        ("selected(/data/list, 'c')", "true"),
        ("selected('ab', 'a')", "false"),
        ("selected-at(/data/list, 1)", "c"),
        ("selected-at(/data/list, 9)", ""),
        ("count-selected(' a  b ')", "2"),
        # numbers, more of them
        ("round(2.5)", "3"),
        ("round(-2.5)", "-2"),
        ("round(2.345, 2)", "2.35"),
        ("round(1250, -2)", "1300"),
        ("round(pow(10, 27), 2) = pow(10, 27)", "true"),
        ("round(1.5, 30)", "1.5"),
        ("int(-2.7)", "-2"),
        ("int('x')", ""),
        ("floor(-2.5) + ceiling(2.1)", "0"),
        ("pow(2, 0.5)", "1.4142135623730951"),
        ("pow(-8, 1 div 3)", ""),
        ("sqrt(-1)", ""),
        ("log10(100) + exp10(1)", "12"),
        ("sum(/data/rep/n)", "3"),
        ("max(/data/rep/n)", "2"),
        ("min(3, '1', 2)", "1"),
        ("max()", ""),
        # dates are texts, and days since 1970 where a number is asked for
        ("today()", "2026-11-22"),
        ("now()", "2026-11-22T14:30:00.000+00:00"),
        ("number(/data/day)", "18263"),
        ("/data/day < today()", "true"),
        ("'2020-01-02' < today()", "true"),
        ("date('2020-01-02') + 1", "18264"),
        ("date(date('2020-01-02') + 1)", "2020-01-03"),
        ("date(1)", "1970-01-02"),
        ("date('2020-02-30')", ""),
        ("decimal-date-time('2020-01-02T12:00:00+02:00')", "18263.416666666668"),
        ("decimal-time('06:00:00')", "0.25"),
        ("format-date('2020-01-02', '%e %n %a %b %Y %y %m %d %%')", "2 1 Thu Jan 2020 20 01 02 %"),
        ("format-date('', '%Y')", ""),
        ("format-date(18263, '%Y-%m-%d')", "2020-01-02"),
        ("format-date-time('2020-01-02T03:04:05.678Z', '%H:%h:%M:%S.%3')", "03:3:04:05.678"),
        # repeats
        ("count(/data/rep)", "3"),
        ("count-non-empty(/data/rep/n)", "2"),
        ("/data/rep[2]/n", "2"),
        ("/data/rep[position() = last()]/n", ""),
        ("/data/rep[n = 2]/n + 1", "3"),
        ("indexed-repeat(/data/rep/n, /data/rep, 2)", "2"),
        ("indexed-repeat(/data/rep/n, /data/rep, 9)", ""),
        ("position(/data/rep[2])", "2"),
        ("sum(/data/rep[position() < 3]/n)", "3"),
        ("sum(//n)", "3"),
        ("count(/data/box/*)", "2"),
        ("count(/data/five | /data/five | /data/word)", "2"),
        ("name(/data/five)", "five"),
        # lists
        ("instance('towns')/root/item[name = 'b']/label", "Bonn"),
        ("instance('towns')/root/item[name = /data/nowhere]/label", ""),
        ("instance('towns')/root/item[name = 'x']/label = ''", "true"),
        ("count(instance('towns')/root/item[land = '1' and name != 'a'])", "1"),
        ("count(instance('towns')/root/item[selected(/data/list, name)])", "2"),
        ("join(',', instance('towns')/root/item[land = '1']/name)", "a,c"),
        ("instance('towns')/root/item[position() = 2]/name", "b"),
        ("instance('towns')/root/item[land = '1'][2]/name", "c"),
        ("pulldata('towns', 'label', 'name', 'c')", "Celle"),
        # choosing
        ("coalesce(/data/empty, 'z')", "z"),
        ("once(5)", "5"),
        ("checklist(1, 2, true(), true(), false())", "true"),
        ("checklist(3, -1, true(), true(), false())", "false"),
        ("weighted-checklist(1, 2, true(), 1, false(), 5)", "true"),
        ("if(1 = 2, 1 div 0, 'kept')", "kept"),
        # places
        ("round(distance('0 0; 0 1'))", "111319"),
        ("round(area('0 0; 0 1; 1 1; 0 0') div 1000000)", "6196"),
        ("area('0 0; 0 1')", "0"),
        ("geofence('1 1', '0 0; 0 2; 2 2; 2 0; 0 0')", "true"),
        ("geofence('3 1', '0 0; 0 2; 2 2; 2 0; 0 0')", "false"),
        # checksums
        ("digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("base64-decode('YWJj')", "abc"),
        ("base64-decode('?')", ""),
    ],
)
def test_an_expression_comes_to_its_value(value: Value, expression: str, expected: str) -> None:
    assert value(expression) == expected


def test_a_seed_gives_the_order_that_other_clients_give(xform: Callable[..., str]) -> None:
    """The orders were asked of ODK Web Forms and JavaRosa."""
    items = "".join(f"<item><name>{letter}</name></item>" for letter in "abcdefgh")
    towns = f'<instance id="l"><root>{items}</root></instance>'
    for seed, expected in {
        "42": "a f c b h e g d",
        "7.9": "d b g f c e h a",
        "-3": "f a h b e g d c",
        "0": "c b h a f d g e",
        "1234567890123": "h d b g a c e f",
        "'a text'": "b f c g a e d h",
    }.items():
        calculate = quoteattr(f"join(' ', randomize(instance('l')/root/item/name, {seed}))")
        form = compile_form(xform("<r/>", towns + f'<bind nodeset="/data/r" calculate={calculate}/>'))
        instance = open_instance(form, None, NOW, random.Random(1))
        assert next(instance.answers())[1] == expected, seed


def test_chance_comes_from_the_given_source_only(value: Value) -> None:
    assert value("random()") == value("random()")
    assert len(value("uuid()")) == 36
    assert len(value("uuid(10)")) == 10


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'2026-11-22T00:10:00.000' <= now()", "true"),
        ("'2026-11-22T00:50:00.000' <= now()", "false"),
        ("today() <= now()", "true"),
        ("number(now()) = number('2026-11-21T23:30:00.000Z')", "true"),
        ("now() - today() < 0.1", "true"),
        ("format-date-time(now() + 1, '%d %H:%M')", "23 00:30"),
        ("format-date-time(decimal-date-time('2026-07-01T12:00:00Z'), '%H:%M')", "14:00"),
        ("decimal-date(now()) = decimal-date(today())", "true"),
        ("number('0001-01-01T00:00:00+14:00')", ""),
    ],
)
def test_a_moment_without_a_zone_is_one_of_the_towns_clock(expression: str, expected: str, value: Value) -> None:
    after_midnight = datetime(2026, 11, 22, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert value(expression, after_midnight) == expected
