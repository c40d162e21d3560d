"""A release as open data: tidy CSV, JSON, a Frictionless Data Package and DCAT-AP.de, all of the same safe numbers.

One row is one number; what is hidden has a row with an empty number and says so. Specifications: Data Package 1
(specs.frictionlessdata.io), DCAT-AP.de 2.0/3.0 (dcat-ap.de). Not here: the page, which numbers are safe.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, BNode, Graph, Literal, Namespace, URIRef

from dialogs.forms.model import Form
from dialogs.i18n import Voice, translate
from dialogs.messages import Language
from dialogs.releases import BY_KEY, MIMES, Licence
from privacy.disclosure import SafeQuestion, SafeTally
from storage.acts.exporting import apart, defused
from storage.acts.naming import cell_name, question_name
from storage.acts.numbers import PublicNumbers

COLUMNS: Final = ("question", "question_label", "answer", "answer_label", "status", "count", "percent", "base")
DCATDE: Final = Namespace("http://dcat-ap.de/def/dcatde/")
DCATAP: Final = Namespace("http://data.europa.eu/r5r/")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
ADMS: Final = Namespace("http://www.w3.org/ns/adms#")
VERSION: Final = URIRef("http://www.w3.org/ns/dcat#version")
"""Of DCAT 3, which rdflib does not list."""
THEME: Final = URIRef("http://publications.europa.eu/resource/authority/data-theme/GOVE")
"""Government and public sector."""
NEVER: Final = URIRef("http://publications.europa.eu/resource/authority/frequency/NEVER")
AVAILABLE: Final = URIRef("http://publications.europa.eu/resource/authority/planned-availability/STABLE")
_FILE_TYPE: Final = "http://publications.europa.eu/resource/authority/file-type/"
_MEDIA_TYPE: Final = "http://www.iana.org/assignments/media-types/"
_LANGUAGES: Final = {"de": "DEU", "en": "ENG", "fr": "FRA", "tr": "TUR", "pl": "POL", "ru": "RUS", "uk": "UKR",
                     "ar": "ARA", "it": "ITA", "es": "SPA", "nl": "NLD", "da": "DAN", "cs": "CES"}  # fmt: skip
_FORMATS: Final = {"results.csv": "CSV", "results.json": "JSON"}


@dataclass(frozen=True, slots=True)
class About:
    """What the data are about, and who publishes them."""

    survey: str
    version: int
    day: date
    licence: str
    title: str
    """In the town's first language."""
    description: str
    publisher: str
    contact: str
    address: str
    """Absolute address of the survey's results page, without a trailing slash."""
    language: Language
    keywords: tuple[str, ...] = ()
    closed: date | None = None
    contributor: str = ""
    """Who delivers to GovData, as an IRI of their list; '' if the town does not."""

    @property
    def licensed(self) -> Licence:
        return BY_KEY[self.licence]

    @property
    def here(self) -> str:
        """Address of this version."""
        return f"{self.address}/v{self.version}"


@dataclass(frozen=True, slots=True)
class Row:
    """One number, or the place of a hidden one. `answer` '': the question has no cells, only how many answered."""

    question: str
    question_label: str
    answer: str
    answer_label: str
    status: str
    count: int | None
    percent: int | None
    base: int | None


def files_of(numbers: PublicNumbers, form: Form, about: About, languages: Sequence[Language]) -> dict[str, bytes]:
    """Every file by name (`dialogs.releases.MIMES`)."""
    voice = Voice(about.language, about.day)
    table = rows_of(numbers, form, voice)
    found = {
        "results.csv": _csv(table).encode("utf-8"),
        "results.json": _json(numbers, form, about, languages),
    }
    found["datapackage.json"] = _json_bytes(package(about, found))
    graph = dcat([(about, {name: len(data) for name, data in found.items()})], about.publisher)
    found["dcat.ttl"] = graph.serialize(format="turtle").encode("utf-8")
    found["dcat.rdf"] = graph.serialize(format="pretty-xml").encode("utf-8")
    assert found.keys() == MIMES.keys()
    return found


# -- rows


def rows_of(numbers: PublicNumbers, form: Form, voice: Voice) -> list[Row]:
    """Every number in the form's order; last, where people answered."""
    controls = {control.ref: control for control in form.controls}
    found: list[Row] = []
    for question in numbers.results.questions:
        control = controls.get(question.ref)
        if control is not None:
            names = {cell.value: cell_name(cell.value, control, form, voice) for cell in question.cells}
            found += _rows(question, question_name(control, form, voice), names)
    for question in numbers.channels.questions:
        names = {cell.value: cell.value for cell in question.cells}
        found += _rows(question, voice.t("Channel on which people answered"), names)
    return found


def tally_rows(safe: SafeTally, form: Form, voice: Voice) -> list[Row]:
    """Of any safe tally, for staff."""
    controls = {control.ref: control for control in form.controls}
    return [
        row
        for question in safe.questions
        if (control := controls.get(question.ref)) is not None
        for row in _rows(
            question,
            question_name(control, form, voice),
            {cell.value: cell_name(cell.value, control, form, voice) for cell in question.cells},
        )
    ]


def _rows(question: SafeQuestion, label: str, names: Mapping[str, str]) -> Iterable[Row]:
    name = question.ref.rpartition("/")[2]
    if not question.is_shown or not question.cells:
        yield Row(name, label, "", "", question.status.value, question.base, None, question.base)
        return
    for cell in question.cells:
        yield Row(
            name, label, cell.value, names[cell.value], cell.status.value, cell.count, cell.percent, question.base
        )


def _csv(rows: Iterable[Row]) -> str:
    """RFC 4180, UTF-8; texts are defused for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        words = (row.question, row.question_label, row.answer, row.answer_label, row.status)
        numbers = ("" if number is None else number for number in (row.count, row.percent, row.base))
        writer.writerow([*(apart(defused(word)) for word in words), *numbers])
    return text.getvalue()


# -- JSON


def _json(numbers: PublicNumbers, form: Form, about: About, languages: Sequence[Language]) -> bytes:
    """The same numbers, with their words in every language of the town."""
    voices = {str(language): Voice(language, about.day) for language in languages}
    controls = {control.ref: control for control in form.controls}
    questions = []
    for question in numbers.results.questions:
        control = controls.get(question.ref)
        if control is None:
            continue
        questions.append({
            "name": question.ref.rpartition("/")[2],
            "type": control.type.value,
            "shape": question.shape.value,
            "label": {tag: question_name(control, form, voice) for tag, voice in voices.items()},
            "status": question.status.value,
            "base": question.base,
            "answers": [
                {
                    "value": cell.value,
                    "label": {tag: cell_name(cell.value, control, form, voice) for tag, voice in voices.items()},
                    "status": cell.status.value,
                    "count": cell.count,
                    "percent": cell.percent,
                }
                for cell in question.cells
            ],
        })  # fmt: skip
    by_channel = numbers.by_channel
    tree = {
        "survey": about.survey,
        "version": about.version,
        "title": about.title,
        "published": about.day.isoformat(),
        "publisher": about.publisher,
        "licence": about.licensed.url,
        "respondents": numbers.results.respondents,
        "rules": {
            "least_respondents": numbers.results.least,
            "least_cell": numbers.results.least_cell,
            "rounded_to": 5,
            "self_selected": True,
        },
        "channels": None
        if by_channel is None
        else [
            {"channel": cell.value, "status": cell.status.value, "count": cell.count, "percent": cell.percent}
            for cell in by_channel.cells
        ],
        "questions": questions,
    }
    return _json_bytes(tree)


def _json_bytes(tree: Any) -> bytes:
    return (json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


# -- Data Package


def package(about: About, files: Mapping[str, bytes]) -> dict[str, Any]:
    """`datapackage.json` for the CSV, with its types."""
    data = files["results.csv"]
    licence = about.licensed
    return {
        "profile": "tabular-data-package",
        "name": about.survey,
        "id": about.here,
        "title": about.title,
        "description": about.description,
        "homepage": about.address,
        "version": f"{about.version}.0.0",
        "created": f"{about.day.isoformat()}T00:00:00Z",
        "licenses": [{"name": licence.key, "path": licence.url, "title": translate(licence.name, about.language)}],
        "contributors": [{"title": about.publisher, "role": "publisher"}],
        "keywords": list(about.keywords),
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "results",
                "path": "results.csv",
                "title": about.title,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(data),
                "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
                "schema": {"fields": _fields(), "missingValues": [""]},
            }
        ],
    }


def _fields() -> list[dict[str, Any]]:
    statuses = ["published", "rounded", "suppressed", "too_few", "linked"]
    small = {"minimum": 0}
    return [
        {"name": "question", "type": "string", "title": "Name of the question", "constraints": {"required": True}},
        {"name": "question_label", "type": "string", "title": "The question in words"},
        {"name": "answer", "type": "string", "title": "Choice or bin; empty: only how many answered is known"},
        {"name": "answer_label", "type": "string", "title": "The answer in words"},
        {
            "name": "status",
            "type": "string",
            "title": "Whether the number is shown, and why not",
            "constraints": {"required": True, "enum": statuses},
        },
        {"name": "count", "type": "integer", "title": "People who answered so, rounded to 5", "constraints": small},
        {
            "name": "percent",
            "type": "integer",
            "title": "Share of the base",
            "constraints": {"minimum": 0, "maximum": 100},
        },
        {"name": "base", "type": "integer", "title": "People who answered the question, rounded to 5",
         "constraints": small},
    ]  # fmt: skip


# -- DCAT-AP.de


def dcat(releases: Sequence[tuple[About, Mapping[str, int]]], publisher: str, catalogue: str = "") -> Graph:
    """Data sets with their distributions; each release with the sizes of its files. `catalogue`: address of the town's
    catalogue, which then holds them."""
    graph = Graph()
    for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("dcatde", DCATDE), ("vcard", VCARD),
                          ("dcatap", DCATAP), ("spdx", SPDX), ("adms", ADMS)):  # fmt: skip
        graph.bind(prefix, space)
    sets = [_dataset(graph, about, sizes) for about, sizes in releases]
    if catalogue and releases:
        node = URIRef(catalogue)
        about = releases[0][0]
        graph.add((node, RDF.type, DCAT.Catalog))
        graph.add((node, DCTERMS.title, Literal(publisher, lang=_tag(about.language))))
        graph.add((node, DCTERMS.description, Literal(publisher, lang=_tag(about.language))))
        graph.add((node, DCTERMS.publisher, _agent(graph, publisher, about)))
        for each in sets:
            graph.add((node, DCAT.dataset, each))
    return graph


def _dataset(graph: Graph, about: About, sizes: Mapping[str, int]) -> URIRef:
    node, tag = URIRef(about.address), _tag(about.language)
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.title, Literal(about.title, lang=tag)))
    graph.add((node, DCTERMS.description, Literal(about.description, lang=tag)))
    graph.add((node, DCTERMS.identifier, Literal(about.address)))
    graph.add((node, DCTERMS.publisher, _agent(graph, about.publisher, about)))
    graph.add((node, DCAT.contactPoint, _contact(graph, about)))
    graph.add((node, DCAT.theme, THEME))
    graph.add((node, DCTERMS.accrualPeriodicity, NEVER))
    graph.add((node, DCTERMS.modified, Literal(about.day)))
    graph.add((node, VERSION, Literal(str(about.version))))
    graph.add((node, DCAT.landingPage, URIRef(about.address)))
    if about.contributor:
        graph.add((node, DCATDE.contributorID, URIRef(about.contributor)))
    for language in _languages(about.language):
        graph.add((node, DCTERMS.language, language))
    for keyword in about.keywords:
        graph.add((node, DCAT.keyword, Literal(keyword, lang=tag)))
    if about.closed is not None:
        period = BNode()
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        graph.add((period, DCAT.endDate, Literal(about.closed, datatype=XSD.date)))
        graph.add((node, DCTERMS.temporal, period))
    for name in _FORMATS:
        if name in sizes:
            graph.add((node, DCAT.distribution, _distribution(graph, about, name, sizes[name])))
    return node


def _distribution(graph: Graph, about: About, name: str, size: int) -> URIRef:
    node, tag = URIRef(f"{about.here}/{name}"), _tag(about.language)
    licence = about.licensed
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCTERMS.title, Literal(f"{about.title} ({_FORMATS[name]})", lang=tag)))
    graph.add((node, DCAT.accessURL, node))
    graph.add((node, DCAT.downloadURL, node))
    graph.add((node, DCTERMS.license, URIRef(licence.uri)))
    graph.add((node, DCTERMS.format, URIRef(_FILE_TYPE + _FORMATS[name])))
    graph.add((node, DCAT.mediaType, URIRef(_MEDIA_TYPE + MIMES[name])))
    graph.add((node, DCAT.byteSize, Literal(str(size), datatype=XSD.nonNegativeInteger)))
    graph.add((node, DCTERMS.issued, Literal(about.day)))
    graph.add((node, DCATAP.availability, AVAILABLE))
    if licence.attribution:
        graph.add((node, DCATDE.licenseAttributionByText, Literal(about.publisher, lang=tag)))
    return node


def _agent(graph: Graph, name: str, about: About) -> URIRef:
    """The town; one node however often it is named."""
    node = URIRef(about.address.partition("/s/")[0] + "/#publisher")
    graph.add((node, RDF.type, FOAF.Agent))
    graph.set((node, FOAF.name, Literal(name)))
    return node


def _contact(graph: Graph, about: About) -> BNode:
    node = BNode()
    graph.add((node, RDF.type, VCARD.Kind))
    graph.add((node, RDF.type, VCARD.Organization))
    graph.add((node, VCARD.fn, Literal(about.publisher)))
    if "@" in about.contact and " " not in about.contact.strip():
        graph.add((node, VCARD.hasEmail, URIRef(f"mailto:{about.contact.strip()}")))
    else:
        graph.add((node, VCARD.hasURL, URIRef(about.address.partition("/s/")[0] + "/")))
    return node


def _languages(language: Language) -> list[URIRef]:
    code = _LANGUAGES.get(_tag(language))
    return [] if code is None else [URIRef(f"http://publications.europa.eu/resource/authority/language/{code}")]


def _tag(language: Language) -> str:
    """Easy German is German to a catalogue."""
    return str(language).partition("-")[0]
