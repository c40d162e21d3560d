"""What is no expression is refused with a message that helps its author, quickly, however hostile it is."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.errors import ExpressionError, FormError, LimitExceeded
from dialogs.forms.limits import EXPRESSION_CHARACTERS, EXPRESSION_DEPTH
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.syntax import Axis, Call, Chain, Literal, Number, Path, Step


def test_operators_of_one_rank_are_one_flat_node() -> None:
    tree = parse("1 + 2 - 3")
    assert tree == Chain(Number(1), (("+", Number(2)), ("-", Number(3))))


def test_a_star_is_a_name_or_an_operator_by_its_place() -> None:
    star = Path((Step(Axis.CHILD, "*"),))
    assert parse("* * *") == Chain(star, (("*", star),))


def test_words_of_operators_are_names_where_an_operand_is_expected() -> None:
    div = Path((Step(Axis.CHILD, "div"),))
    assert parse("div div div") == Chain(div, (("div", div),))


def test_names_may_hold_hyphens_and_dots() -> None:
    assert parse("ice.cream-2") == Path((Step(Axis.CHILD, "ice.cream-2"),))


def test_prefixes_are_kept_on_functions_and_dropped_on_nodes() -> None:
    assert parse("jr:itext('a')") == Call("jr:itext", (Literal("a"),))
    assert parse("/data/orx:meta") == parse("/data/meta")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "the expression ends where a value or a path is expected"),
        ("1 +", "the expression ends where a value or a path is expected"),
        ("'open", "no closing quote"),
        ("f(1", "the expression ends where “)” is expected"),
        ("a[1", "the expression ends where “]” is expected"),
        ("a b", "unexpected “b” at character 3"),
        ("“x”", "curly quote “ at character 1"),
        ("${x} + 1", "names no question"),
        ("a ? b", "unexpected '?' at character 3"),
        ("following::a", "the axis “following::” is not supported"),
    ],
)
def test_an_error_says_where_and_what(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(expression)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 100_000,
        "(" * (EXPRESSION_DEPTH + 1) + "1" + ")" * (EXPRESSION_DEPTH + 1),
        "a[" * 5_000,
        "1" + "+1" * 30_000,
        "f(" + "1," * 30_000 + "1)",
        "x" * (EXPRESSION_CHARACTERS + 1),
    ],
)
def test_a_hostile_expression_meets_a_limit(hostile: str) -> None:
    with pytest.raises(LimitExceeded):
        parse(hostile)


def test_nesting_as_deep_as_real_forms_have_it_is_read() -> None:
    parse("if(a, b, " * (EXPRESSION_DEPTH - 1) + "c" + ")" * (EXPRESSION_DEPTH - 1))


def test_a_long_chain_costs_no_depth() -> None:
    parse(" or ".join(f"/data/q = '{number}'" for number in range(1_000)))


@given(st.text(alphabet="abc123 .()[]/*+-='\"@:|<>!,$\u00e4\u201c", max_size=40))
def test_any_text_is_an_expression_or_a_form_error(text: str) -> None:
    with contextlib.suppress(FormError):
        parse(text)
