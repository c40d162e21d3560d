"""Open data: whatever the numbers, the package is valid, machines agree with people, and nothing hidden gets out."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from answered_survey import the_form
from frictionless import Package, system
from pyshacl import validate
from rdflib import Graph
from rdflib.compare import isomorphic

from dialogs.messages import Language
from dialogs.releases import LICENCES
from privacy.disclosure import PUBLIC, Question, Tally, disclose
from privacy.suppression import Shape
from storage.acts.numbers import CHANNEL, PublicNumbers
from storage.acts.opendata import COLUMNS, About, dcat, files_of

SHAPES = Path(__file__).parent / "shapes" / "dcat-ap-de.ttl"
LANGUAGES = [Language("de"), Language("en"), Language("de-simple")]


def numbers(**cells: list[tuple[str, int]]) -> PublicNumbers:
    questions = tuple(
        Question(f"/data/{name}", Shape.ONE_OF, sum(count for _, count in some), tuple(some))
        for name, some in cells.items()
    )
    channels = Question(CHANNEL, Shape.ONE_OF, 100, (("telegram", 40), ("web", 60)))
    return PublicNumbers(disclose(Tally(100, questions), PUBLIC), disclose(Tally(100, (channels,)), PUBLIC))


TOLD = numbers(
    district=[("north", 52), ("south", 48)],
    age=[("<30", 41), ("30..60", 3), (">=60", 8)],
    used=[("yes", 97), ("no", 3)],
    why=[],
)


def about(licence: str = "dl-de-by-2.0", **changed: str) -> About:
    return About(
        "bus", 2, date(2026, 11, 23), licence, changed.get("title", "Rufbus"), "Ergebnisse der Umfrage.", "Musterstadt",
        changed.get("contact", "Bürgerbüro, Telefon 0123"), "https://zuruf.example/s/bus/results", Language("de"),
        ("Umfrage",), date(2026, 11, 20),
    )  # fmt: skip


def written(folder: Path, told: PublicNumbers = TOLD, what: About | None = None) -> dict[str, bytes]:
    files = files_of(told, the_form(), what or about(), LANGUAGES)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return files


def test_the_package_is_valid_and_its_types_hold(tmp_path: Path) -> None:
    written(tmp_path)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == 1


def test_a_changed_number_makes_the_package_invalid(tmp_path: Path) -> None:
    files = written(tmp_path)
    (tmp_path / "results.csv").write_bytes(files["results.csv"].replace(b",50,", b",51,"))
    with system.use_context(trusted=True):
        assert not Package(str(tmp_path / "datapackage.json")).validate().valid


def test_other_programs_read_numbers_as_numbers(tmp_path: Path) -> None:
    """As pandas reads a file: by the types of the package, an empty field is a missing number."""
    written(tmp_path)
    with system.use_context(trusted=True):
        rows = Package(str(tmp_path / "datapackage.json")).get_resource("results").read_rows()
    north = next(row for row in rows if row["answer"] == "north")
    assert (north["count"], north["percent"], north["base"]) == (50, 50, 100)
    assert all(type(row["count"]) is int or row["count"] is None for row in rows)


def test_hidden_numbers_have_a_row_that_says_so_and_no_number(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written(tmp_path)["results.csv"].decode())))
    assert tuple(rows[0]) == COLUMNS
    hidden = [row for row in rows if row["status"] == "suppressed"]
    assert len(hidden) >= 2
    assert all(row["count"] == row["percent"] == "" for row in hidden)
    shown = [row for row in rows if row["status"] == "rounded" and row["answer"]]
    assert all(int(row["count"]) % 5 == 0 and int(row["base"]) % 5 == 0 for row in shown)


def test_json_says_the_same_in_every_language(tmp_path: Path) -> None:
    files = written(tmp_path)
    tree = json.loads(files["results.json"])
    rows = list(csv.DictReader(io.StringIO(files["results.csv"].decode())))
    assert tree["respondents"] == 100
    assert tree["channels"][1] == {"channel": "web", "status": "rounded", "count": 60, "percent": 60}
    for question in tree["questions"]:
        assert set(question["label"]) == {"de", "en", "de-simple"}
        for answer in question["answers"]:
            row = next(row for row in rows if row["question"] == question["name"] and row["answer"] == answer["value"])
            assert row["count"] == ("" if answer["count"] is None else str(answer["count"]))


def test_labels_that_a_spreadsheet_would_run_are_defused(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(written(tmp_path)["results.csv"].decode())))
    assert next(row for row in rows if row["answer"] == "yes")["answer_label"] == "'=Yes"


@pytest.mark.parametrize(
    ("licence", "contact"),
    list(
        zip(
            [each.key for each in LICENCES],
            ["Bürgerbüro, Telefon 0123", "post@musterstadt.example", "", "x"],
            strict=True,
        )
    ),
)
def test_its_description_keeps_the_rules_of_dcat_ap_de(tmp_path: Path, licence: str, contact: str) -> None:
    files = written(tmp_path, what=about(licence, contact=contact))
    graph = Graph().parse(data=files["dcat.ttl"], format="turtle")
    conforms, _, told = validate(graph, shacl_graph=Graph().parse(SHAPES))
    assert conforms, told
    assert isomorphic(graph, Graph().parse(data=files["dcat.rdf"], format="xml"))


def test_a_description_without_a_licence_breaks_the_rules(tmp_path: Path) -> None:
    turtle = written(tmp_path)["dcat.ttl"].decode()
    broken = "\n".join(line for line in turtle.splitlines() if "dct:license" not in line)
    assert not validate(Graph().parse(data=broken, format="turtle"), shacl_graph=Graph().parse(SHAPES))[0]


def test_a_catalogue_of_all_releases_keeps_them_too() -> None:
    graph = dcat([(about(), {"results.csv": 1})], "Musterstadt", "https://zuruf.example/open-data.ttl")
    conforms, _, told = validate(graph, shacl_graph=Graph().parse(SHAPES))
    assert conforms, told


def test_a_title_with_markup_quotes_and_marks_of_direction_stays_text(tmp_path: Path) -> None:
    title = 'Rufbus "2" <script>\u202e\n} .'
    files = written(tmp_path, what=about(title=title))
    graph = Graph().parse(data=files["dcat.ttl"], format="turtle")
    assert title in {str(value) for value in graph.objects()}
    assert json.loads(files["datapackage.json"])["title"] == title
