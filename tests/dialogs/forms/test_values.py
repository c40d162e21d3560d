"""Canonical text of each type."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.questions import QuestionType
from dialogs.forms.values import DataType, canonical, decimal_text, parse_decimal, plain


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (DataType.STRING, " as given ", " as given "),
        (DataType.INT, "10.1", "10"),
        (DataType.INT, "-10.9", "-10"),
        (DataType.INT, "007", "7"),
        (DataType.INT, " 5 ", "5"),
        (DataType.DECIMAL, "89", "89.0"),
        (DataType.DECIMAL, ".5", "0.5"),
        (DataType.DECIMAL, "37.50", "37.5"),
        (DataType.DATE, "2025-03-14", "2025-03-14"),
        (DataType.DATE, "2025-3-4", "2025-03-04"),
        (DataType.DATE, "1999-11-23T23:30:05", "1999-11-23"),
        (DataType.TIME, "22:02:00.000+07:00", "22:02:00.000+07:00"),
        (DataType.DATETIME, "2026-04-22T14:30:00-05:00", "2026-04-22T14:30:00-05:00"),
        (DataType.DATETIME, "2018-01-01T10:20:30.400", "2018-01-01T10:20:30.400"),
        (DataType.GEOPOINT, "46.5 6.6 0 0", "46.5 6.6 0.0 0.0"),
        (DataType.GEOPOINT, "-5.299 46.663", "-5.299 46.663"),
        (DataType.GEOTRACE, "1 2; 3 4;", "1.0 2.0;3.0 4.0"),
        (DataType.GEOSHAPE, "1 2; 3 4; 5 6; 1 2", "1.0 2.0;3.0 4.0;5.0 6.0;1.0 2.0"),
        (QuestionType.INTEGER, "5.0", "5"),
        (QuestionType.TEXT, "a", "a"),
        (DataType.INT, "", ""),
    ],
)
def test_a_value_is_brought_into_its_canonical_form(kind: DataType | QuestionType, text: str, expected: str) -> None:
    assert canonical(kind, text) == expected
    assert canonical(kind, expected) == expected


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (DataType.INT, "null"),
        (DataType.INT, "1e3"),
        (DataType.INT, "2147483648"),
        (DataType.INT, "-2147483649"),
        (DataType.INT, "٣"),
        (DataType.DECIMAL, "nan"),
        (DataType.DECIMAL, "1,5"),
        (DataType.DATE, "2025-23-23"),
        (DataType.DATE, "2026-02-29"),
        (DataType.DATE, "13:30:55"),
        (DataType.DATE, "2025-03-07T14:30:00+invalid"),
        (DataType.TIME, "25:02:00"),
        (DataType.TIME, "24:00:00"),
        (DataType.TIME, "22:02"),
        (DataType.TIME, "22:02:00+25:00"),
        (DataType.DATETIME, "2026-04-22"),
        (DataType.DATETIME, "2026-04-22T14:30:00+0700"),
        (DataType.GEOPOINT, "99 179 0 0"),
        (DataType.GEOPOINT, "10 180.1"),
        (DataType.GEOPOINT, "10"),
        (DataType.GEOPOINT, "1 2 x"),
        (DataType.GEOTRACE, "1 2"),
        (DataType.GEOSHAPE, "1 2; 3 4; 5 6"),
    ],
)
def test_what_is_no_value_of_the_type_is_refused(kind: DataType, text: str) -> None:
    with pytest.raises(ValueError):
        canonical(kind, text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_text(number: float) -> None:
    assert parse_decimal(plain(number)) == number
    assert parse_decimal(decimal_text(number)) == number
    assert "e" not in plain(number)


def test_no_number_is_no_decimal() -> None:
    with pytest.raises(ValueError):
        decimal_text(math.nan)


@given(st.sampled_from(DataType), st.text(max_size=40))
def test_canonical_text_is_stable(kind: DataType, text: str) -> None:
    try:
        once = canonical(kind, text)
    except ValueError:
        return
    assert canonical(kind, once) == once
