"""How long the forms engine takes: opening an instance, one step of a conversation, compiling a form. Prints medians.

Run from the repository: `python -m benchmarks.engine [FORM.xml …]`; without arguments it measures forms that it
writes itself. Microseconds; each step opens the instance from its record, as every turn of the bot does.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from dialogs.forms.instance import Instance, open_instance
from dialogs.forms.model import Form, compile_form
from dialogs.forms.questions import Question, QuestionType

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ROUNDS = 300
SAMPLE_TEXT = {
    QuestionType.TEXT: "words",
    QuestionType.INTEGER: "5",
    QuestionType.DECIMAL: "2.5",
    QuestionType.DATE: "2026-11-01",
    QuestionType.ACKNOWLEDGE: "OK",
    QuestionType.GEOPOINT: "46.5 6.6 0 0",
    QuestionType.REPEAT: "no",
}


def survey(questions: int) -> str:
    """A form as towns write them: choices, numbers with a range, every third question under a condition."""
    names = [f"q{number}" for number in range(questions)]
    nodes = "".join(f"<{name}/>" for name in names) + "<total/>"
    binds = [f'<bind nodeset="/data/{name}" {_bind(number)}/>' for number, name in enumerate(names)]
    binds.append('<bind nodeset="/data/total" type="int" calculate="coalesce(/data/q1, 0) + 1"/>')
    controls = "".join(_control(number, name) for number, name in enumerate(names))
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>'
        f'<h:title>Bench</h:title><model><instance><data id="bench">{nodes}</data></instance>{"".join(binds)}</model>'
        f"</h:head><h:body>{controls}</h:body></h:html>"
    )


def _bind(number: int) -> str:
    match number % 3:
        case 0:
            return 'type="string" required="true()"'
        case 1:
            return 'type="int" constraint=". &gt;= 0 and . &lt;= 120"'
        case _:
            return f'type="string" relevant="/data/q{number - 1} &gt; 3 and /data/q{number - 2} = \'a\'"'


def _control(number: int, name: str) -> str:
    if number % 3:
        return f'<input ref="/data/{name}"><label>Question {number}: <output value="/data/q0"/>?</label></input>'
    items = "".join(f"<item><label>{value}</label><value>{value}</value></item>" for value in "abcdef")
    return f'<select1 ref="/data/{name}"><label>Question {number}?</label>{items}</select1>'


def given(question: Question) -> str:
    """Some answer to a question."""
    if question.options:
        return question.options[0].value
    return SAMPLE_TEXT.get(question.type, "")


def walk(form: Form, answers: int) -> tuple[Instance, str]:
    """An instance with so many answers, and the place of the last of them."""
    instance = open_instance(form, None, NOW, random.Random(1))
    question = instance.first()
    ref = ""
    while question is not None and answers > 0:
        ref = question.ref
        if question.type is not QuestionType.NOTE and given(question):
            instance.answer(ref, given(question))
            answers -= 1
        question = instance.after(ref)
    return instance, ref


def microseconds(work: Callable[[], object]) -> float:
    """Median time of one call."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e6


def measure(name: str, xform: str | bytes) -> None:
    started = time.perf_counter()
    form = compile_form(xform)
    compiled = (time.perf_counter() - started) * 1e3
    instance, ref = walk(form, 20)
    record = instance.record

    def opened() -> Instance:
        return open_instance(form, record, NOW, random.Random(1))

    def step() -> None:
        """Answer the last question again, ask the next one, keep the record: a turn without the conversation."""
        turn = opened()
        question = turn.question(ref)
        if question is not None and given(question):
            turn.answer(ref, given(question))
        turn.after(ref)
        _ = turn.record

    print(
        f"{name[-40:]:40} {form.question_count:5} questions  compile {compiled:7.1f} ms  "
        f"open {microseconds(opened):7.1f} us  step {microseconds(step):7.1f} us  "
        f"progress {microseconds(lambda: instance.progress(ref)):7.1f} us"
    )


def main(paths: list[str]) -> None:
    if not paths:
        for questions in (20, 100, 1_000):
            measure(f"survey of {questions}", survey(questions))
    for path in paths:
        measure(Path(path).name, Path(path).read_bytes())


if __name__ == "__main__":
    main(sys.argv[1:])
