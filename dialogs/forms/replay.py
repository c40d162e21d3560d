"""`zuruf survey replay`: cases in, the state of every node out, one JSON object a line. For conformance tests.

A case: `{"id"?, "form": path | "xml": text, "steps": [[ref, value] | {"op": …}, …], "now"?, "attachments"?}`.
A result: `{"id", "nodes": [{"ref", "relevant", "value", "valid", "required", "label"?, "choices"?}, …]}` or
`{"id", "error"}`. It streams, and a bad case costs only itself. The one file of the engine that reads files.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from dialogs.forms.instance import Instance, NodeState, open_instance
from dialogs.forms.model import Form, compile_form

CLOCK = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""The moment of a case that names none."""

SEED = 0
FORMS_KEPT = 8
"""Compiled forms that are kept for cases that follow each other on the same form."""


class BadCase(Exception):
    """A case that is not of the form described above."""


def replay(lines: Iterable[str]) -> Iterator[str]:
    """Results of cases, each as soon as it is there; empty lines are passed over."""
    compiled: dict[tuple[object, ...], Form] = {}
    for line in lines:
        if line.strip():
            yield msgspec.json.encode(_result(line, compiled)).decode()


def _result(line: str, compiled: dict[tuple[object, ...], Form]) -> dict[str, object]:
    """The result of one case. Whatever goes wrong in it is its result."""
    case_id: object = None
    try:
        case = msgspec.json.decode(line, type=dict[str, Any])
        case_id = case.get("id", case.get("form"))
        instance = _played(case, compiled)
        return {"id": case_id, "nodes": [_node(state) for state in instance.nodes()]}
    except Exception as problem:
        return {"id": case_id, "error": _said(problem)}


def _said(problem: Exception) -> str:
    text = f"no such node: {problem.args[0]}" if isinstance(problem, KeyError) else str(problem)
    return f"{type(problem).__name__}: {text}"


def _played(case: Mapping[str, Any], compiled: dict[tuple[object, ...], Form]) -> Instance:
    form = _form(case, compiled)
    now = datetime.fromisoformat(case["now"]) if case.get("now") else CLOCK
    instance = open_instance(form, None, now if now.tzinfo else now.replace(tzinfo=UTC), random.Random(SEED))  # noqa: S311 - replays are to be the same each time
    for step in case.get("steps") or ():
        _step(instance, step)
    return instance


def _step(instance: Instance, step: object) -> None:
    match step:
        case [str(ref), value]:
            instance.commit(ref, _text(value))
        case {"op": "answer", "ref": str(ref), "value": value}:
            instance.commit(ref, _text(value))
        case {"op": "add_repeat", "ref": str(ref)}:
            instance.add_repeat(ref)
        case {"op": "remove_repeat", "ref": str(ref), "index": int(index)}:
            instance.remove_repeat(ref, index)
        case {"op": "language", "value": str(language)} | {"op": "language", "language": str(language)}:
            instance.use_language(language)
        case {"op": "snapshot"}:
            pass
        case _:
            raise BadCase(f"unknown step {msgspec.json.encode(step).decode()[:80]}")


def _text(value: object) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "true"
        case list():
            return " ".join(map(_text, value))
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _node(state: NodeState) -> dict[str, object]:
    node: dict[str, object] = {
        "ref": state.ref,
        "relevant": state.relevant,
        "value": state.value,
        "valid": state.valid,
        "required": state.required,
    }
    if state.label is not None:
        node["label"] = state.label
    if state.choices is not None:
        node["choices"] = state.choices
    return node


# ---------------------------------------------------------------- forms


def _form(case: Mapping[str, Any], compiled: dict[tuple[object, ...], Form]) -> Form:
    attachments = {str(name): _content(source) for name, source in (case.get("attachments") or {}).items()}
    xml, path = case.get("xml"), case.get("form")
    key = (xml, path, *sorted(attachments.items()))
    if key not in compiled:
        while len(compiled) >= FORMS_KEPT:
            del compiled[next(iter(compiled))]
        if isinstance(xml, str):
            compiled[key] = compile_form(xml, attachments)
        elif isinstance(path, str):
            compiled[key] = _read(Path(path), attachments)
        else:
            raise BadCase("a case names a “form” or holds “xml”")
    return compiled[key]


def _read(path: Path, attachments: Mapping[str, bytes]) -> Form:
    data = path.read_bytes()
    if path.suffix.lower() == ".xml":
        return compile_form(data, attachments)
    from dialogs.forms.xlsform import to_xform

    converted = to_xform(path.name, data)
    return compile_form(converted.xform, {**converted.attachments, **attachments})


def _content(source: object) -> bytes:
    match source:
        case {"text": str(text)}:
            return text.encode()
        case str(path):
            return Path(path).read_bytes()
        case _:
            raise BadCase("an attachment is a path or {“text”: …}")
