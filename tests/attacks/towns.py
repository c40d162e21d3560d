"""Surveys for the attack on results: people, what they answered, in which step they came.

Made to be hard: few people, thin choices, questions that are nearly the filter, questions that only some are asked,
forms that demand exactly so many choices.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from privacy.disclosure import DESK, PUBLIC, Policy, Question, Shape, Tally

SIZES = (10, 14, 19, 24, 35, 50, 80, 120, 200, 350)


@dataclass(frozen=True)
class Asked:
    """A question of the form, as everybody may know it."""

    ref: str
    shape: Shape
    choices: tuple[str, ...]
    only_if: tuple[str, frozenset[str]] | None = None
    """Asked only of people with one of these answers to that question."""
    exactly: int = 0
    """How many choices everybody takes; 0 where the form does not say. Only of several choices."""
    optional: bool = False


Person = dict[str, frozenset[str]]
"""ref -> chosen values; no entry where the question was not answered."""


@dataclass(frozen=True)
class Town:
    form: tuple[Asked, ...]
    filters: tuple[str, ...]
    steps: tuple[tuple[Person, ...], ...]
    """Everybody who answered until each step; the last one is the close."""
    policy: Policy


def build_town(rng: random.Random) -> Town:
    form, filters = _form(rng)
    policy = PUBLIC if rng.random() < 0.2 else DESK
    number = rng.choice(SIZES)
    steps = 1 if policy is PUBLIC or rng.random() < 0.4 else rng.randint(2, 4)
    weights = {asked.ref: _weights(rng, len(asked.choices)) for asked in form}
    likeness = {asked.ref: rng.choice((0, 0, 0.5, 0.95)) for asked in form}
    sizes = [number]
    for _ in range(steps - 1):
        sizes.append(sizes[-1] + rng.choice((10, 10, 11, 15, 30, sizes[-1])))
    people = [_person(rng, form, weights, likeness) for _ in range(sizes[-1])]
    return Town(form, filters, tuple(tuple(people[:size]) for size in sizes), policy)


def _form(rng: random.Random) -> tuple[tuple[Asked, ...], tuple[str, ...]]:
    form: list[Asked] = []
    filters = tuple(f"/f{number}" for number in range(rng.choice((0, 1, 1, 2, 2, 2))))
    for ref in filters:
        form.append(Asked(ref, Shape.ONE_OF, _choices(rng, 2, 4), optional=rng.random() < 0.2))
    for number in range(rng.choice((1, 1, 2, 3))):
        shape = Shape.ANY_OF if rng.random() < 0.25 else Shape.ONE_OF
        choices = _choices(rng, 1, 5)
        before = [asked for asked in form if asked.shape is Shape.ONE_OF and len(asked.choices) > 1]
        only_if = None
        if before and rng.random() < 0.35:
            of = rng.choice(before)
            only_if = (of.ref, frozenset(rng.sample(of.choices, rng.randint(1, len(of.choices) - 1))))
        exactly = (
            rng.randint(1, len(choices) - 1) if shape is Shape.ANY_OF and len(choices) > 1 and rng.random() < 0.4 else 0
        )
        form.append(Asked(f"/q{number}", shape, choices, only_if, exactly, rng.random() < 0.2))
    return tuple(form), filters


def _choices(rng: random.Random, least: int, most: int) -> tuple[str, ...]:
    return tuple("abcdefgh"[: rng.randint(least, most)])


def _weights(rng: random.Random, number: int) -> list[float]:
    """From even to "nearly everybody says the same"."""
    steep = rng.choice((0.0, 0.5, 1.0, 2.0))
    weights = [(place + 1) ** -steep for place in range(number)]
    rng.shuffle(weights)
    return weights


def _person(
    rng: random.Random, form: tuple[Asked, ...], weights: dict[str, list[float]], likeness: dict[str, float]
) -> Person:
    person: Person = {}
    for asked in form:
        if asked.only_if is not None and not person.get(asked.only_if[0], frozenset()) & asked.only_if[1]:
            continue
        if asked.optional and rng.random() < 0.08:
            continue
        if asked.shape is Shape.ANY_OF:
            number = asked.exactly or rng.randint(1, len(asked.choices))
            person[asked.ref] = frozenset(_sample(rng, asked.choices, weights[asked.ref], number))
            continue
        like = next(iter(person.get(form[0].ref, ())), None)
        if like in asked.choices and rng.random() < likeness[asked.ref]:
            person[asked.ref] = frozenset({like})
        else:
            person[asked.ref] = frozenset(rng.choices(asked.choices, weights[asked.ref]))
    return person


def _sample(rng: random.Random, choices: tuple[str, ...], weights: list[float], number: int) -> list[str]:
    ranked = sorted(zip(choices, weights, strict=True), key=lambda pair: -(rng.random() ** (1 / pair[1])))
    return [choice for choice, _ in ranked[:number]]


def tally_of(town: Town, people: tuple[Person, ...]) -> Tally:
    return Tally(len(people), tuple(_question(asked, people) for asked in town.form), len(people))


def _question(asked: Asked, people: tuple[Person, ...]) -> Question:
    members = {
        choice: sum(1 << bit for bit, person in enumerate(people) if choice in person.get(asked.ref, ()))
        for choice in asked.choices
    }
    answered = sum(1 << bit for bit, person in enumerate(people) if asked.ref in person)
    cells = tuple((choice, bits.bit_count()) for choice, bits in members.items())
    depends = (asked.only_if[0],) if asked.only_if else ()
    return Question(asked.ref, asked.shape, answered.bit_count(), cells, tuple(members.values()), answered, depends)
