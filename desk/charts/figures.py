"""What a page shows of a question: its sentence, the chart that fits it, its table, and plainly what is hidden and why.

The only door from results to a template: a `Figure` is made of a `SafeTally` and of nothing else. Not here: how charts
are drawn, filters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from desk.charts.bars import bars, diverging, side_of, word_bars
from desk.charts.columns import histogram
from desk.charts.outlines import district_map
from desk.charts.words import Words, hidden, shown
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import Voice
from privacy.disclosure import SafeCell, SafeQuestion, SafeTally, Status
from privacy.suppression import Shape
from privacy.vocabulary import SafeWords
from storage.acts.naming import why_hidden
from storage.acts.places import grid_outline
from storage.places import NONE_DRAWN, Districts

LIKERT = "likert"
"""The appearance of XLSForm for scales of agreement."""
_SURELY_HALF = 58
"""Percent of rounded numbers above which it is more than half, whatever they were: 2.5 of 20 people either way."""
_NUMBERS = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.RANGE})
_DAYS = frozenset({QuestionType.DATE, QuestionType.DATETIME})


@dataclass(frozen=True, slots=True)
class Figure:
    """One question on a page. Texts are plain; `chart` is SVG, or '' where there is nothing to draw."""

    anchor: str
    title: str
    people: str
    """How many answered; '' where that is hidden."""
    sentence: str
    chart: Markup = field(default=Markup(), repr=False)
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawer:
    """Draws for one reader. `districts`: the town's as they are now; `drawn`: the marks of those that maps were counted
    by, by question."""

    form: Form
    voice: Voice
    districts: Districts = NONE_DRAWN
    drawn: Mapping[str, str] = field(default_factory=dict)

    def figures(self, safe: SafeTally, words: Mapping[str, SafeWords] | None = None) -> list[Figure]:
        """Every question in the form's order. `words`: frequent words by question."""
        controls = {control.ref: control for control in self.form.controls}
        common = words or {}
        return [
            self._figure(question, Words(controls[question.ref], self.form, self.voice), safe, common.get(question.ref))
            for question in safe.questions
            if question.ref in controls
        ]

    def _figure(self, question: SafeQuestion, words: Words, safe: SafeTally, common: SafeWords | None) -> Figure:
        t = self.voice.t
        anchor = "q-" + question.ref.strip("/").replace("/", "-")
        if not question.is_shown or question.base is None:
            why = why_hidden(question.status, safe.least, self.voice)
            return Figure(anchor, words.title, "", why[:1].upper() + why[1:] + ".")
        people = self.voice.n("{n} answer", "{n} answers", question.base)
        if not question.cells:
            return self._of_texts(anchor, words, question, people, common)
        sentence = _sentence(question, words)
        notes = []
        if hidden(question):
            notes.append(
                t(
                    "Hidden, because fewer than {least} people are in it, or because its number would tell one that"
                    " is.",
                    least=str(safe.least_cell),
                )
            )
        if self._redrawn(question):
            notes.append(
                t(
                    "The town has drawn its districts anew since. The numbers stay those of the earlier borders,"
                    " without a map: both together would tell who lives in between."
                )
            )
        elif question.kept:
            notes.append(t("These are the numbers of an earlier day: the newer ones would tell a small group."))
        if question.shape is Shape.ANY_OF:
            notes.append(t("Several answers were possible, so the shares can add up to more than 100 percent."))
        if words.control.type is QuestionType.RANK:
            notes.append(t("Counted is what was ranked first."))
        return Figure(
            anchor,
            words.title,
            people,
            sentence,
            Markup(self._drawn(question, words, sentence)),  # noqa: S704  # our own SVG, its words escaped in paper.py
            (t("Answer"), t("Share"), t("Number")),
            tuple(_row(cell, words) for cell in question.cells),
            tuple(notes),
        )

    def _drawn(self, question: SafeQuestion, words: Words, sentence: str) -> str:
        if not shown(question):
            return ""
        control = words.control
        if control.type is QuestionType.GEOPOINT:
            if self._redrawn(question):
                return ""
            outline = self.districts.outline or grid_outline(cell.value for cell in question.cells)
            return district_map(question, words, sentence, outline) if outline is not None else ""
        if control.type in _NUMBERS or control.type in _DAYS:
            return histogram(question, words, sentence)
        if LIKERT in control.appearance:
            return diverging(question, words, sentence)
        return bars(question, words, sentence)

    def _redrawn(self, question: SafeQuestion) -> bool:
        """Whether its cells are districts that are no more."""
        return self.drawn.get(question.ref, self.districts.mark) != self.districts.mark

    def _of_texts(
        self, anchor: str, words: Words, question: SafeQuestion, people: str, common: SafeWords | None
    ) -> Figure:
        t, n = self.voice.t, self.voice.n
        if common is None or not common.counts:
            return Figure(anchor, words.title, people, n("{n} person answered this.", "{n} people answered this.",
                                                         question.base or 0))  # fmt: skip
        word, most = common.counts[0]
        sentence = t(
            "The word used by most is {word}: {most} of {texts} texts.",
            word=self.voice.quoted(word), most=self.voice.number(most), texts=self.voice.number(common.texts),
        )  # fmt: skip
        percent = {word: round(100 * count / common.texts) for word, count in common.counts}
        amounts = {word: f"{words.percent(percent[word])} ({self.voice.number(n)})" for word, n in common.counts}
        return Figure(
            anchor,
            words.title,
            people,
            sentence,
            Markup(word_bars(common, percent, amounts, sentence)),  # noqa: S704
            (t("Word"), t("Share of the texts"), t("Number")),
            tuple((word, words.percent(percent[word]), self.voice.number(count)) for word, count in common.counts),
            (t("Only words that at least {least} people used, of texts in which personal data is masked.",
               least=str(common.least)),),
        )  # fmt: skip


def _row(cell: SafeCell, words: Words) -> tuple[str, ...]:
    if cell.count is None or cell.percent is None:
        return (words.name(cell), words.hidden, "")
    return (words.name(cell), words.percent(cell.percent), words.voice.number(cell.count))


def _sentence(question: SafeQuestion, words: Words) -> str:
    """What is seen at once. It claims no more than the shown numbers bear."""
    told = shown(question)
    t = words.voice.t
    if not told:
        return t("All numbers of this question are hidden.")
    if LIKERT in words.control.appearance and not hidden(question) and len(question.cells) > 1:
        return _balance(question, words)
    best = max(told, key=lambda cell: cell.count or 0)
    params = {"answer": words.voice.quoted(words.name(best)), "share": words.percent(best.percent or 0)}
    rivals = [cell for cell in told if cell.count == best.count]
    rounded = best.status is Status.ROUNDED
    if len(rivals) > 1:
        names = words.voice.items([words.voice.quoted(words.name(cell)) for cell in rivals[:3]])
        return (
            t("About equally many, {share} each, said {answers}.", share=params["share"], answers=names)
            if rounded
            else t("Equally many, {share} each, said {answers}.", share=params["share"], answers=names)
        )
    if not _is_the_most(question, best):
        return t("Of the numbers shown, {answer} is the largest: {share}.", **params)
    if best.count == question.base and not rounded:
        return t("Everybody said {answer}.", answer=params["answer"])
    if (best.percent or 0) > (_SURELY_HALF if rounded else 50):
        return t("More than half, {share}, said {answer}.", **params)
    return t("The answer given most is {answer}: {share}.", **params)


def _is_the_most(question: SafeQuestion, best: SafeCell) -> bool:
    """Whether no hidden cell can be larger."""
    if not hidden(question):
        return True
    if question.shape is Shape.ANY_OF:
        return False
    rest = (question.base or 0) - sum(cell.count or 0 for cell in question.cells)
    return (best.count or 0) > rest


def _balance(question: SafeQuestion, words: Words) -> str:
    most = len(question.cells)
    sides = {-1: 0, 0: 0, 1: 0}
    for place, cell in enumerate(question.cells):
        sides[side_of(place, most)] += cell.count or 0
    base = question.base or 1
    return words.voice.t(
        "{first} are on the side of {one}, {second} on the side of {other}.",
        first=words.percent(round(100 * sides[-1] / base)),
        one=words.voice.quoted(words.name(question.cells[0])),
        second=words.percent(round(100 * sides[1] / base)),
        other=words.voice.quoted(words.name(question.cells[-1])),
    )
