"""Patterns of authors: what they mean, and that none of them can hang the bot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.forms.errors import ExpressionError
from dialogs.forms.xpath.patterns import compile_pattern, matches
from dialogs.i18n import translate


def refuse(msgid: str, **params: str) -> ExpressionError:
    return ExpressionError(msgid, "regex(., '…')", **params)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("abc", "abc", True),
        ("b", "abc", False),
        ("^abc$", "abc", True),
        ("a|b", "b", True),
        ("a|b", "ab", False),
        (r"[\w-\.]+@[\w-]+\.de", "m.m-x@town-y.de", True),
        (r"[\w\-.]+", "a-b.c", True),
        (r"[0-9]{5}", "53111", True),
        (r"[0-9]{5}", "5311", False),
        (r"[A-z]+", "Abc", True),
        (r"[^\s-]+", "a-b", False),
        (r"\d{3}", "١٢٣", False),
        (r"a\/b", "a/b", True),
        (r"\p{L}+", "Straße", True),
        (r"^\p{L}+\Z", "Ä", True),
        (r"a++b", "aab", True),
        (r"(?=.*\d)(?!.*x)[a-z\d]{3,}", "ab1", True),
        (r"(?=.*\d)(?!.*x)[a-z\d]{3,}", "abc", False),
        (r"^(?!0)\d+$", "012", False),
        (r"[[a]+", "[a", True),
        (r".{0,10}", "a\nb", False),
    ],
)
def test_a_pattern_matches_the_whole_text(pattern: str, text: str, expected: bool) -> None:
    assert compile_pattern(pattern, refuse)(text) is expected


@pytest.mark.parametrize("pattern", [r"(a)\1", "a(?=b)c", "(?<=a)b", "(unclosed", "[z-a]", "a" * 5_000, "a{2000}"])
def test_a_pattern_that_cannot_be_used_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be used"):
        compile_pattern(pattern, refuse)


@pytest.mark.parametrize(
    ("pattern", "english", "german"),
    [
        (r"(a)\1", "back references (\\1)", "Rückverweise (\\1)"),
        ("a(?=b)c", "look-ahead works only", "look-ahead) geht nur"),
        (r"\p{Foo}", "“\\p{Foo}” is no range", "„\\p{Foo}“ ist kein Bereich"),
        ("[z-a]", "“z-a” is no range of characters", "„z-a“ ist kein Bereich von Zeichen"),
        ("(abc", "a ( has no )", "zu einer ( fehlt die )"),
        ("abc)", "a ) has no (", "zu einer ) fehlt die ("),
        ("*a", "before “*”", "vor „*“"),
        ("a{5,2}", "“{5,2}” repeats more", "„{5,2}“ wiederholt öfter"),
        ("a**", "“**” repeats a repetition", "„**“ wiederholt eine Wiederholung"),
        ("(?z)", "“(?z” is not known here", "„(?z“ gibt es hier nicht"),
        (r"\x{110000}", "“\\x{110000” means nothing", "„\\x{110000“ bedeutet nichts"),
        ("a" * 5_000, "longer than 4096 characters", "mehr als 4096 Zeichen"),
        ("(?=a)" * 9, "more than 8 look-aheads", "mehr als 8 Vorausschauen"),
    ],
)
def test_why_a_pattern_cannot_be_used_is_said_in_the_authors_language(pattern: str, english: str, german: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_pattern(pattern, refuse)
    said = {tag: translate(refused.value.msgid, tag, **refused.value.params) for tag in ("en", "de")}
    assert english in said["en"]
    assert german in said["de"]
    assert "b'" not in said["en"]


@pytest.mark.timeout(60)  # seconds; a pattern that backtracks would take years
@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*b", "(.*)*x", r"^(\w+\s?)*$", "(a?){50}a{50}"])
def test_a_catastrophic_pattern_does_not_hang(pattern: str) -> None:
    compile_pattern(pattern, refuse)("a" * 50_000 + "!")


@given(st.text(alphabet="ab()[]{}*+?.\\|^$-1w", max_size=20), st.text(max_size=20))
def test_any_pattern_matches_or_does_not(pattern: str, text: str) -> None:
    assert matches(pattern, text) in (True, False)
