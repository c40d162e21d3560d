"""Whoever has two surveys of the same people and no key guesses who is who, and does no better than chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

from canary.scene import Scene
from canary.sealed import ACCOUNT, Copied

from bot.home import opened
from privacy.addresses import Address
from privacy.addresses import Person as Somebody


async def assert_unlinkable(scene: Scene, copy: Copied) -> str:
    """The same people in two surveys have nothing in common: whoever guesses who is who does no better than chance.
    Returns what was measured."""
    both = [token for tokens in copy.tokens.values() for token in tokens]
    assert len(both) == len(set(both)) > len(copy.tokens["platz"])
    async with opened(scene.config) as home:
        peppers = [await home.keychain.pepper_if_any(survey) for survey in ("platz", "baenke")]
    people = [Somebody(Address("telegram", ACCOUNT, str(citizen.id))) for citizen in scene.citizens.values()]
    first, second = ([person.token(pepper) for person in people if pepper] for pepper in peppers)
    # Rows lie in the order of their random keys, on PostgreSQL since they were scattered: another copy has the same
    # order, so it is no other try.
    pairs = [pair for pair in zip(first, second, strict=True) if set(pair) <= set(both)]
    assert len(pairs) >= 4
    by_token = _auc(pairs, _common_bits)
    assert abs(by_token - 0.5) <= _chance(len(pairs))
    by_place = _auc(pairs, _same_place(copy))
    assert abs(by_place - 0.5) <= _chance(len(pairs))
    return (
        f"{len(pairs)} people in two surveys, linked without keys: AUC {by_token:.3f} by token, {by_place:.3f} by place"
    )


def _chance(pairs: int) -> float:
    """How far an AUC of so many pairs may be from a half by chance: 0.05 where they are many, else four standard
    errors. That tokens themselves link nobody is shown with more people in `tests/privacy/test_pseudonyms.py`."""
    return max(0.05, 4 / sqrt(12 * pairs))


def _common_bits(one: bytes, other: bytes) -> float:
    return -float((int.from_bytes(one) ^ int.from_bytes(other)).bit_count())


def _same_place(copy: Copied) -> Callable[[bytes, bytes], float]:
    """Whether two tokens stand in the same part of their survey's rows, as the database keeps them."""
    place = {token: number / len(tokens) for tokens in copy.tokens.values() for number, token in enumerate(tokens)}
    return lambda one, other: -abs(place[one] - place[other])


def _auc(pairs: Sequence[tuple[bytes, bytes]], alike: Callable[[bytes, bytes], float]) -> float:
    """How often a true pair looks more alike than a false one."""
    wins = [
        0.5 * ((true := alike(one, mine)) > (false := alike(one, other))) + 0.5 * (true >= false)
        for one, mine in pairs
        for _, other in pairs
        if other != mine
    ]
    return sum(wins) / len(wins)
