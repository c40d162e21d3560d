"""`zuruf survey replay`, and with it the engine's conformance: the answers of ODK Web Forms and JavaRosa, frozen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialogs.forms.replay import replay

from .conftest import SHARE

AGREEMENT = 0.99
"""Share of the public forms on which every node has to agree with both oracles."""
SCENARIOS = 0.92
"""Share of Web Forms' own scenarios. The rest names files, clocks and devices that their record does not hold."""


def played(*cases: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in replay(json.dumps(case) for case in cases)]


def without_ones(ref: str) -> str:
    return ref.replace("[1]", "")


# ---------------------------------------------------------------- conformance


@SHARE
def test_the_public_forms_behave_as_both_oracles_say(public_forms: Path, every: int) -> None:
    cases = [json.loads(line) for line in (public_forms.parent / "replay.jsonl").read_text().splitlines()[::every]]
    disagreeing = {case["form"]: problem for case in cases if (problem := disagreement(case, public_forms))}
    assert 1 - len(disagreeing) / len(cases) >= AGREEMENT, disagreeing


def disagreement(case: dict[str, Any], folder: Path) -> str:
    """The first node that differs from what both oracles say; '' if none does."""
    [result] = played({"form": str(folder / case["form"]), "steps": case["steps"]})
    if "error" in result:
        return str(result["error"]) if case["expect"] else ""
    nodes = {without_ones(node["ref"]): node for node in result["nodes"]}
    for ref, relevant, value, valid in case["expect"]:
        node = nodes.get(without_ones(ref))
        if node is None:
            return f"{ref} is missing"
        if node["relevant"] is not relevant:
            return f"{ref} relevant: {node['relevant']}"
        if relevant and (node["value"] != value or (valid is not None and node["valid"] is not valid)):
            return f"{ref}: {node['value']!r}, valid {node['valid']}, expected {value!r}, {valid}"
    return ""


def test_scenarios_of_web_forms_go_as_there(public_forms: Path) -> None:
    path = public_forms.parent / "conformance" / "webforms-scenarios.jsonl"
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    failing = [case["id"] for case in cases if not scenario_holds(case)]
    assert 1 - len(failing) / len(cases) >= SCENARIOS, failing


def scenario_holds(case: dict[str, Any]) -> bool:
    for after in sorted({expected["after"] for expected in case["expect"]}):
        [result] = played({"xml": case["xml"], "steps": case["steps"][:after]})
        if "error" in result:
            return False
        nodes = {without_ones(node["ref"]): node for node in result["nodes"]}
        for expected in case["expect"]:
            if expected["after"] == after and not as_expected(expected, result["nodes"], nodes):
                return False
    return True


def as_expected(expected: dict[str, Any], every: list[dict[str, Any]], nodes: dict[str, dict[str, Any]]) -> bool:
    if expected["what"] == "count":
        refs = [node["ref"].rpartition("[") for node in every if node["ref"].endswith("]")]
        return bool(sum(head == expected["ref"] for head, _, _ in refs) == expected["value"])
    node = nodes.get(without_ones(expected["ref"]))
    if node is None:
        return False
    if expected["what"] == "choices":
        return bool(list(node.get("choices") or []) == expected["value"])
    return same(node["value"], expected["value"]) and node["relevant"] is expected.get("relevant", node["relevant"])


def same(ours: str, theirs: str) -> bool:
    """Equal as text, or as numbers to two digits behind the point, as the record rounds them."""
    if ours == theirs:
        return True
    try:
        return abs(float(ours) - float(theirs)) < 0.02
    except ValueError:
        return False


# ---------------------------------------------------------------- the interface


@pytest.fixture
def greeting(xform: Callable[..., str]) -> str:
    return xform(
        "<name/><age/><rep><x/></rep>",
        '<bind nodeset="/data/age" type="int" required="true()" constraint=". &gt; 17"/>',
        '<input ref="/data/name"><label>Your name?</label></input><input ref="/data/age"/>'
        '<group ref="/data/rep"><repeat nodeset="/data/rep"><input ref="/data/rep/x"/></repeat></group>',
    )


def test_a_case_is_answered_by_the_state_of_every_node(greeting: str) -> None:
    [result] = played({"id": 7, "xml": greeting, "steps": [["/data/name", "Ana"], ["/data/age", "12"]]})
    assert result["id"] == 7
    name, age = result["nodes"][1:3]
    assert name == {
        "ref": "/data/name",
        "relevant": True,
        "value": "Ana",
        "valid": True,
        "required": False,
        "label": "Your name?",
    }
    assert (age["value"], age["valid"], age["required"]) == ("12", False, True)


def test_steps_add_and_remove_instances_of_repeats(greeting: str) -> None:
    steps = [
        {"op": "add_repeat", "ref": "/data/rep"},
        ["/data/rep[2]/x", "kept"],
        {"op": "remove_repeat", "ref": "/data/rep", "index": 0},
    ]
    [result] = played({"xml": greeting, "steps": steps})
    assert [(node["ref"], node["value"]) for node in result["nodes"][3:]] == [
        ("/data/rep[1]", None),
        ("/data/rep[1]/x", "kept"),
    ]


def test_a_bad_case_costs_only_itself(greeting: str) -> None:
    lines = [
        "not json",
        "[]",
        '{"id": "a"}',
        '{"id": "b", "form": "/nowhere.xml"}',
        '{"id": "c", "xml": "<a/>"}',
        json.dumps({"id": "d", "xml": greeting, "steps": [["/data/nowhere", "x"]]}),
        json.dumps({"id": "e", "xml": greeting, "steps": [{"op": "fly"}]}),
        "",
        json.dumps({"id": "f", "xml": greeting}),
    ]
    results = [json.loads(line) for line in replay(lines)]
    assert [result["id"] for result in results] == [None, None, "a", "b", "c", "d", "e", "f"]
    assert ["error" in result for result in results] == [True] * 7 + [False]


def test_results_stream(greeting: str) -> None:
    taken: list[int] = []

    def lines() -> Any:
        for number in range(3):
            taken.append(number)
            yield json.dumps({"id": number, "xml": greeting})

    results = replay(lines())
    assert json.loads(next(results))["id"] == 0
    assert taken == [0]


def test_attachments_come_as_text_or_as_files(xform: Callable[..., str], tmp_path: Path) -> None:
    form = xform(
        "<town/>",
        '<instance id="towns" src="jr://file-csv/towns.csv"/>',
        '<select1 ref="/data/town"><itemset nodeset="instance(\'towns\')/root/item">'
        '<value ref="name"/><label ref="label"/></itemset></select1>',
    )
    listed = "name,label\nb,Bonn\n"
    (tmp_path / "towns.csv").write_text(listed)
    for attachments in (
        {"towns.csv": {"text": listed}},
        {"jr://file-csv/towns.csv": {"text": listed}},
        {"towns.csv": os.fspath(tmp_path / "towns.csv")},
    ):
        [result] = played({"xml": form, "attachments": attachments})
        assert result["nodes"][1]["choices"] == ["b"]


def test_the_clock_is_the_case_s(xform: Callable[..., str]) -> None:
    form = xform("<d/>", '<bind nodeset="/data/d" type="date" calculate="today()"/>')
    first, second = played({"xml": form}, {"xml": form, "now": "2031-01-02T03:04:05Z"})
    assert first["nodes"][1]["value"] == "2026-11-22"
    assert second["nodes"][1]["value"] == "2031-01-02"


def test_spreadsheets_are_compiled_on_the_way(public_forms: Path) -> None:
    path = public_forms / "CorrelAid+xlsform2lstsv__scripts_test_mitwirken_umfrage.xlsx"
    [result] = played({"form": str(path)})
    assert len(result["nodes"]) > 40
