"""An operator's own model for names: a spaCy pipeline, if one is installed and named in the settings.

Zuruf brings no such model: the good ones weigh half a gigabyte, and none for German is in a package registry. An
operator who installs one (`de_core_news_lg` from a wheel) has its names masked beside those that are found anyway.
spaCy is imported when the model is opened, never before, and nothing is fetched. Not here: reading the setting.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

PERSON_LABELS: Final = frozenset({"PER", "PERSON"})
"""What spaCy's pipelines call a person (German WikiNER, English OntoNotes)."""


class Entity(Protocol):
    """A place in a text that a pipeline has labelled, as spaCy's `Span` has it."""

    @property
    def label_(self) -> str: ...
    @property
    def start_char(self) -> int: ...
    @property
    def end_char(self) -> int: ...


class Document(Protocol):
    """A text that went through a pipeline, as spaCy's `Doc` has it."""

    @property
    def ents(self) -> Iterable[Entity]: ...


class Pipeline(Protocol):
    """What is called with a text, as spaCy's `Language` is."""

    def __call__(self, text: str) -> Document: ...


class ModelMissing(Exception):
    """spaCy or the model is not installed: a mistake of the settings, to be shown to the operator."""


class PipelineNames:
    """Finds names of persons with a pipeline; a `NameFinder` for `mask(more_names=…)`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def __call__(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the pipeline sees persons."""
        for entity in self._pipeline(text).ents:
            if entity.label_ in PERSON_LABELS:
                yield entity.start_char, entity.end_char


def open_pipeline(model: str) -> PipelineNames:
    """Load a spaCy model by its package's name or folder: seconds, and hundreds of MB. Raises `ModelMissing`."""
    try:
        spacy = importlib.import_module("spacy")
    except ModuleNotFoundError:
        raise ModelMissing("spaCy is not installed") from None
    try:
        return PipelineNames(spacy.load(model, exclude=["parser", "lemmatizer", "attribute_ruler"]))
    except OSError:
        raise ModelMissing(f"there is no spaCy model {model!r} here") from None
