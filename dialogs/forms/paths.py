"""How many questions one person is asked at most, without answering the form: exclusive branches count once.

Only conditions of the plainest kind are understood (`${q} = 'a'`, `${q} != 'a'`, `selected(${q}, 'a')`), alone or
around a group; every other condition is taken to hold. Not here: evaluation (`instance.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialogs.forms.questionnaire import Item, Questionnaire
from dialogs.forms.questions import QuestionType

_EQUALS = re.compile(r"^\$\{\s*([^}\s]+)\s*\}\s*(!?=)\s*(['\"])([^'\"]*)\3$")
_SELECTED = re.compile(r"^selected\(\s*\$\{\s*([^}\s]+)\s*\}\s*,\s*(['\"])([^'\"]*)\2\s*\)$")


@dataclass(frozen=True, slots=True)
class _Branch:
    """A condition on one question's answer."""

    question: str
    value: str
    negated: bool

    def holds(self, answer: str) -> bool:
        return (answer == self.value) != self.negated


def longest(form: Questionnaire, weight: Callable[[Item], float]) -> float:
    """The heaviest sum of `weight` over the items that one person can be asked."""
    always = 0.0
    by_question: dict[str, list[tuple[_Branch, float]]] = defaultdict(list)
    answers = _answers(form)
    for item in form.asked():
        branch = next(
            (found for text in item.conditions if (found := _branch(text)) and found.question in answers), None
        )
        if branch is None:
            always += weight(item)
        else:
            by_question[branch.question].append((branch, weight(item)))
    return always + sum(
        max(sum(amount for branch, amount in branches if branch.holds(answer)) for answer in answers[question])
        for question, branches in by_question.items()
    )


def _answers(form: Questionnaire) -> Mapping[str, tuple[str, ...]]:
    """Possible answers of each single choice; only there one answer excludes the others."""
    return {
        item.name: tuple(choice.name for choice in form.choices[item.list_name])
        for item in form.asked()
        if item.type is QuestionType.SELECT_ONE and form.choices.get(item.list_name)
    }


def _branch(condition: str) -> _Branch | None:
    text = condition.strip()
    if match := _EQUALS.match(text):
        return _Branch(match[1], match[4], match[2] == "!=")
    if match := _SELECTED.match(text):
        return _Branch(match[1], match[3], negated=False)
    return None
