"""An operator's own model: the protocol of spaCy, with an object that looks like its pipeline."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType

import pytest

from privacy.masking import mask
from privacy.masking.plugin import ModelMissing, PipelineNames, open_pipeline


@dataclass
class Span:
    label_: str
    start_char: int
    end_char: int


@dataclass
class Doc:
    ents: tuple[Span, ...]


def pipeline(text: str) -> Doc:
    """Knows a person that no list knows, and a town."""
    found = []
    for word, label in (("der Zottel", "PER"), ("Musterstadt", "LOC")):
        at = text.find(word)
        if at >= 0:
            found.append(Span(label, at, at + len(word)))
    return Doc(tuple(found))


def test_persons_of_the_pipeline_are_masked_and_its_places_are_not() -> None:
    text = "Gestern hat der Zottel in Musterstadt wieder gepöbelt."
    finder = PipelineNames(pipeline)
    assert mask(text, more_names=finder, keep_places=True).text == "Gestern hat [Name] in Musterstadt wieder gepöbelt."


def test_what_the_pipeline_sees_does_not_undo_what_is_found_anyway() -> None:
    finder = PipelineNames(lambda text: Doc(()))
    assert mask("Ich heiße Eva Koch, eva@example.org", more_names=finder).text == "Ich heiße [Name], [E-Mail]"


def test_without_spacy_the_operator_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ModelMissing, match="not installed"):
        open_pipeline("de_core_news_lg")


def test_a_model_is_opened_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    spacy = ModuleType("spacy")

    def load(name: str, exclude: list[str]) -> object:
        opened.append(name)
        if name == "missing":
            raise OSError("E050")
        return pipeline

    spacy.load = load  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "spacy", spacy)
    assert list(open_pipeline("de_core_news_lg")("der Zottel")) == [(0, 10)]
    with pytest.raises(ModelMissing, match="missing"):
        open_pipeline("missing")
    assert opened == ["de_core_news_lg", "missing"]
