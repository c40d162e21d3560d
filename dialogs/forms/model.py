"""The compiled form: immutable, shared by all respondents of a survey, the same for the same bytes.

Not here: anything of a respondent (`instance.py`), how spreadsheets become XForms (`xlsform.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dialogs.forms.actions import Action, Event, Preload
from dialogs.forms.controls import Control, Item, controls_of
from dialogs.forms.definition import Definition, Seed
from dialogs.forms.graph import Dependents, computation_order, with_parents
from dialogs.forms.limits import DEEP_CHAIN
from dialogs.forms.texts import Wording
from dialogs.forms.xform.actions import Actions
from dialogs.forms.xform.binds import compile_binds, read_binds
from dialogs.forms.xform.body import Body
from dialogs.forms.xform.document import Document, children, local, parse_document
from dialogs.forms.xform.expressions import Expressions
from dialogs.forms.xform.lists import Lists
from dialogs.forms.xform.nodes import Nodes, plain_path
from dialogs.forms.xform.wording import Texts
from dialogs.forms.xpath.elements import Element

NO_ATTACHMENTS: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A survey form, ready to be asked."""

    title: str
    form_id: str
    version: str
    languages: tuple[str, ...]
    """As the form names them, in its order; () if it has only one and does not name it."""
    default_language: str
    """One of `languages`, or ''."""
    hash: str
    """SHA-256 of the XForm and its attachments, the first 32 hexadecimal digits."""
    missing_attachments: tuple[str, ...]
    """Names of lists that the form uses and that were not given; their questions have no choices."""
    warnings: tuple[str, ...]
    controls: tuple[Control, ...]
    """All questions in the order of the form."""
    items: tuple[Item, ...]
    """The same with the groups and repeats around them."""

    definitions: tuple[Definition, ...]
    """All nodes by number, which is document order."""
    paths: Mapping[str, Definition]
    seed: Seed
    templates: Mapping[int, Seed]
    """What an added instance of a repeat begins as, by number of the repeat."""
    secondary: Mapping[str, Element]
    texts: Mapping[str, Wording]
    actions: tuple[Action, ...]
    triggers: Mapping[int, tuple[Action, ...]]
    """Actions by number of the node whose change runs them."""
    preloads: tuple[Preload, ...]
    order: tuple[int, ...]
    """Numbers of the nodes that are computed, each behind what it is computed from."""
    deep: bool
    """Whether nodes wait for each other in chains too long to be computed on demand."""
    counted: frozenset[int]
    """Numbers of the repeats whose count is computed."""
    shuffles: bool
    """Whether a respondent's record needs a seed for orders by chance."""
    lingual: tuple[Definition, ...]
    """Nodes whose calculation changes with the language."""
    by_number: Mapping[int, Control]
    """The control of a node by its number."""
    _dependents: Dependents = field(repr=False)

    def dependents(self, number: int) -> tuple[int, ...]:
        """Numbers of all nodes that a change of this one makes stale."""
        return self._dependents.of(number)

    @property
    def question_count(self) -> int:
        """Questions that can be answered; notes do not count."""
        return sum(control.askable for control in self.controls)

    def control(self, ref: str) -> Control | None:
        """The control of a path, with or without positions of repeats."""
        definition = self.paths.get(plain_path(ref))
        return None if definition is None else self.by_number.get(definition.number)


def compile_form(xform: str | bytes, attachments: Mapping[str, bytes] = NO_ATTACHMENTS) -> Form:
    """Compile an ODK XForm. `attachments` are its lists by file name or `jr://` URL.

    Raises FormError with a message for the author: which node or expression, and what to do.
    """
    document = parse_document(xform)
    nodes = Nodes(document.primary, _repeats(document))
    lists = Lists(document.secondary, attachments)
    expressions = Expressions(nodes, lists)
    texts = Texts(document.model, expressions.text)
    binds, bound = read_binds(document.model, nodes, expressions)
    texts.share()
    body = Body(nodes, binds, expressions, texts)
    items = body.read(document.body)
    compile_binds(bound, binds, expressions, texts)
    seed = nodes.sow()
    actions = Actions(nodes, body, expressions).read(document.model, document.body)
    strict = with_parents(nodes.definitions, expressions.strict)
    waits = with_parents(nodes.definitions, expressions.waits)
    order, heaviest = computation_order(nodes.definitions, strict, expressions.depths)
    for definition in waits:
        definition.depends = True
    controls = tuple(controls_of(items))
    _mark_computed(nodes)
    return Form(
        title=document.title,
        form_id=document.primary.get("id") or local(document.primary),
        version=document.primary.get("version") or "",
        languages=tuple(language for language in texts.languages if language),
        default_language=texts.default,
        hash=_hash(xform, attachments),
        missing_attachments=tuple(dict.fromkeys(lists.missing)),
        warnings=tuple(expressions.warnings),
        controls=controls,
        items=items,
        definitions=tuple(nodes.definitions),
        paths=nodes.by_path,
        seed=seed,
        templates=nodes.templates,
        secondary=lists.documents,
        texts=texts.shared,
        actions=actions,
        triggers=_triggers(actions),
        preloads=tuple(Preload(*preload) for preload in binds.preloads),
        order=tuple(order),
        deep=heaviest > DEEP_CHAIN,
        counted=frozenset(one.number for one in nodes.definitions if one.count is not None),
        shuffles=expressions.shuffles,
        lingual=tuple(sorted(expressions.lingual, key=lambda one: one.number)),
        by_number={control.definition.number: control for control in reversed(controls)},
        _dependents=Dependents(waits),
    )


def _repeats(document: Document) -> frozenset[str]:
    """Paths of all repeats, which decide how the primary instance is read."""
    found: set[str] = set()
    waiting = [(document.body, "/" + local(document.primary))]
    while waiting:
        element, place = waiting.pop()
        for one in children(element):
            path = one.get("nodeset") or one.get("ref") or "" if local(one) in ("group", "repeat") else ""
            inner = place
            if path.strip():
                inner = plain_path(path if path.strip().startswith("/") else f"{place}/{path.strip()}")
            if local(one) == "repeat":
                found.add(inner)
            waiting.append((one, inner))
    return frozenset(found)


def _mark_computed(nodes: Nodes) -> None:
    """Calculations without references are still to be computed once, and so is what is below them."""
    for definition in nodes.definitions:
        above = definition.parent is not None and definition.parent.depends
        if definition.calculate is not None or definition.relevant is not None or above:
            definition.depends = True


def _triggers(actions: tuple[Action, ...]) -> dict[int, tuple[Action, ...]]:
    found: dict[int, tuple[Action, ...]] = {}
    for action in actions:
        if Event.VALUE_CHANGED in action.events and action.source is not None:
            number = action.source.number
            found[number] = (*found.get(number, ()), action)
    return found


def _hash(xform: str | bytes, attachments: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256(xform.encode("utf-8", "surrogatepass") if isinstance(xform, str) else xform)
    for name in sorted(attachments):
        digest.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(attachments[name]).digest())
    return digest.hexdigest()[:32]
