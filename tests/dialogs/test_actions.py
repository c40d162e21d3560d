"""What stands in a button, and what an attacker may put there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialogs.actions import MARK_LIMIT, NUMBER_LIMIT, Tap, Verb, decode, encode, mark_of, number_of
from dialogs.messages import ACTION_LIMIT
from storage.acts.publishing import CODE

taps = st.builds(
    Tap,
    st.sampled_from(Verb),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789_-", max_size=MARK_LIMIT),
    st.integers(0, NUMBER_LIMIT),
)


@given(taps)
def test_a_tap_comes_back_as_it_was(tap: Tap) -> None:
    written = encode(tap)
    assert decode(written) == tap
    assert len(written.encode()) <= ACTION_LIMIT
    assert written.isascii()
    assert written.isprintable()


@given(st.from_regex(CODE, fullmatch=True))
def test_every_survey_can_be_begun_by_a_button(code: str) -> None:
    assert decode(encode(Tap(Verb.SURVEY, code))) == Tap(Verb.SURVEY, code)


@given(st.text())
def test_garbage_is_known_as_such(text: str) -> None:
    tap = decode(text)
    assert tap is None or encode(tap).split(".")[:2] == text.split(".")[:2]


@given(st.text(), st.text())
def test_a_mark_is_short_and_fits_a_button(ref: str, value: str) -> None:
    assert decode(encode(Tap(Verb.CHOOSE, mark_of((ref, value)), 3))) is not None
    assert 0 < number_of(ref) < NUMBER_LIMIT


def test_the_same_ref_with_other_options_has_another_mark() -> None:
    assert mark_of(("/data/a", "x", "y")) != mark_of(("/data/a", "x"))
