"""The body of a form: its questions in order (ODK XForms, "Body Elements")."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from dialogs.forms.choices import Choices, ListedChoices, WrittenChoices
from dialogs.forms.controls import Control, Item, RepeatSection, Section
from dialogs.forms.definition import Definition
from dialogs.forms.errors import UnreadableForm
from dialogs.forms.questions import Bounds, QuestionType
from dialogs.forms.texts import SILENT, Wording
from dialogs.forms.values import DataType
from dialogs.forms.xform.binds import Binds
from dialogs.forms.xform.bounds import bounds_of
from dialogs.forms.xform.document import attribute, child, children, local
from dialogs.forms.xform.expressions import Expressions
from dialogs.forms.xform.nodes import Nodes, plain_path
from dialogs.forms.xform.wording import Texts
from dialogs.forms.xpath.coercion import TextRun, as_nodes, as_text
from dialogs.forms.xpath.elements import Element as ListElement
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.syntax import Call, Path

INPUTS: dict[DataType, QuestionType] = {
    DataType.INT: QuestionType.INTEGER,
    DataType.DECIMAL: QuestionType.DECIMAL,
    DataType.DATE: QuestionType.DATE,
    DataType.TIME: QuestionType.TIME,
    DataType.DATETIME: QuestionType.DATETIME,
    DataType.GEOPOINT: QuestionType.GEOPOINT,
    DataType.GEOTRACE: QuestionType.GEOTRACE,
    DataType.GEOSHAPE: QuestionType.GEOSHAPE,
    DataType.BINARY: QuestionType.FILE,
}
CONTROLS: dict[str, QuestionType] = {
    "input": QuestionType.TEXT,
    "secret": QuestionType.TEXT,
    "textarea": QuestionType.TEXT,
    "select1": QuestionType.SELECT_ONE,
    "select": QuestionType.SELECT_MULTIPLE,
    "rank": QuestionType.RANK,
    "range": QuestionType.RANGE,
    "trigger": QuestionType.ACKNOWLEDGE,
    "upload": QuestionType.FILE,
}
UPLOADS = {"image": QuestionType.IMAGE, "audio": QuestionType.AUDIO, "video": QuestionType.VIDEO}
SELECTS = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK})

Around = tuple[Section | RepeatSection, ...]


class Body:
    """Reads the body, compiling labels, choices and counts in their places."""

    def __init__(self, nodes: Nodes, binds: Binds, expressions: Expressions, texts: Texts) -> None:
        self.nodes = nodes
        self.binds = binds
        self.expressions = expressions
        self.texts = texts

    def read(self, body: Element) -> tuple[Item, ...]:
        return self.items(body, self.nodes.root, ())

    def items(self, element: Element, place: Definition, around: Around) -> tuple[Item, ...]:
        found: list[Item] = []
        for one in children(element):
            name = local(one)
            if name == "group":
                found.append(self.group(one, place, around))
            elif name == "repeat":
                found.append(self.repeat(one, place, around, SILENT))
            elif name in CONTROLS:
                found.append(self.control(one, CONTROLS[name], place, around))
        return tuple(found)

    def node_of(self, element: Element, place: Definition) -> Definition | None:
        """The node that an element of the body is about; None if it names none."""
        if (bind := element.get("bind")) is not None:
            found = self.binds.by_id.get(bind)
            if found is None:
                raise UnreadableForm(f"<{local(element)}> names the bind “{bind}”, which does not exist.")
            return found
        path = element.get("ref") or element.get("nodeset")
        if not path or not path.strip():
            return None
        return self.nodes.at(_resolved(path, place), f"<{local(element)}> in the body")

    # ------------------------------------------------------------ groups and repeats

    def group(self, element: Element, place: Definition, around: Around) -> Item:
        definition = self.node_of(element, place)
        label = self.texts.of(child(element, "label"), definition or place)
        inner = child(element, "repeat")
        if inner is not None and definition is not None and definition.repeats:
            return self.repeat(inner, place, around, label)
        shell = Section(definition or place, label, _words(element), ())
        items = self.items(element, definition or place, (*around, shell))
        return Section(shell.definition, label, shell.appearance, items)

    def repeat(self, element: Element, place: Definition, around: Around, label: Wording) -> RepeatSection:
        definition = self.node_of(element, place)
        if definition is None:
            raise UnreadableForm("A <repeat> in the body names no node (nodeset).")
        own = self.texts.of(child(element, "label"), definition)
        label = own if own.versions else label
        count = attribute(element, "count")
        fixed = (attribute(element, "noAddRemove") or "").strip() == "true()"
        if count:
            definition.count = self.expressions.count(count, definition)
        open_ended = not count and not fixed
        shell = RepeatSection(definition, label, (), open_ended)
        items = self.items(element, definition, (*around, shell))
        return RepeatSection(definition, label, items, open_ended)

    # ------------------------------------------------------------ questions

    def control(self, element: Element, kind: QuestionType, place: Definition, around: Around) -> Control:
        definition = self.node_of(element, place)
        if definition is None:
            raise UnreadableForm(f"A <{local(element)}> in the body names no node (ref).")
        kind = self.type_of(element, kind, definition)
        choices = self.choices(element, definition, kind) if kind in SELECTS else None
        if choices is not None:
            definition.choices = choices
        label = self.texts.of(child(element, "label"), definition)
        bounds = _range(element) if kind is QuestionType.RANGE else Bounds()
        if kind in (QuestionType.INTEGER, QuestionType.DECIMAL):
            bounds = bounds_of(self.binds.constraints.get(definition, ""), whole=kind is QuestionType.INTEGER)
        return Control(
            ref=definition.path,
            type=kind,
            labels=label.by_language(),
            choices=None if choices is None else choices.known(),
            in_repeat=definition.in_repeat(),
            definition=definition,
            label=label,
            hint=self.texts.of(child(element, "hint"), definition),
            appearance=_words(element),
            bounds=bounds,
            decimals=_decimals(kind, definition, bounds),
            sections=around,
        )

    def type_of(self, element: Element, kind: QuestionType, definition: Definition) -> QuestionType:
        if kind is QuestionType.FILE:
            return UPLOADS.get((element.get("mediatype") or "").partition("/")[0], QuestionType.FILE)
        if kind is not QuestionType.TEXT:
            return kind
        if definition in self.binds.fixed:
            return QuestionType.NOTE
        if self.binds.type_names.get(definition) == "barcode":
            return QuestionType.BARCODE
        return INPUTS.get(definition.type, QuestionType.TEXT)

    # ------------------------------------------------------------ choices

    def choices(self, element: Element, definition: Definition, kind: QuestionType) -> Choices:
        itemset = child(element, "itemset")
        if itemset is not None:
            return self.listed(itemset, definition, kind)
        items: list[tuple[str, Wording]] = []
        for one in children(element):
            if local(one) == "item":
                value = child(one, "value")
                items.append(
                    (
                        "" if value is None else "".join(value.itertext()).strip(),
                        self.texts.of(child(one, "label"), definition),
                    )
                )
        return WrittenChoices(tuple(items))

    def listed(self, itemset: Element, definition: Definition, kind: QuestionType) -> ListedChoices:
        nodeset = itemset.get("nodeset") or ""
        compiled, facts = self.expressions.compile(nodeset, definition, "choices")
        self.expressions.filter(facts, definition)
        value = self.item_path(child(itemset, "value"), "name")
        label, wording_of = self.item_label(child(itemset, "label"), definition)
        return ListedChoices(
            nodes=as_nodes(compiled),
            value=value,
            label_of=label,
            wording_of=wording_of,
            texts=self.texts.shared,
            filtered=bool(facts.references),
            kind=kind,
            missing=_named_instance(nodeset) in self.expressions.lists.absent,
            listing=self.listing(itemset, nodeset),
        )

    def item_path(self, element: Element | None, fallback: str) -> TextRun:
        ref = fallback if element is None else element.get("ref") or fallback
        return as_text(self.expressions.compile_item(ref))

    def item_label(self, element: Element | None, definition: Definition) -> tuple[TextRun, TextRun | None]:
        ref = "label" if element is None else element.get("ref") or "label"
        tree = parse(ref)
        if isinstance(tree, Call) and tree.name == "jr:itext":
            inner = re.sub(r"^\s*jr:itext\(|\)\s*$", "", ref)
            text_id = as_text(self.expressions.compile_item(inner))
            return as_text(self.expressions.compile_item(ref)), text_id
        return as_text(self.expressions.compile_item(ref)), None

    def listing(self, itemset: Element, nodeset: str) -> tuple[tuple[str, dict[str, str]], ...] | None:
        """All choices of a list whose items hold value and label as plain columns, whatever the filter."""
        source = _listed_items(self.expressions, nodeset)
        if source is None:
            return None
        value, label = (_column(child(itemset, name)) for name in ("value", "label"))
        if value is None:
            return None
        found: dict[str, dict[str, str]] = {}
        for item in source:
            cell = item.first(value)
            if cell is not None:
                found.setdefault(cell.text(), self.labels(item, child(itemset, "label"), label))
        return tuple(found.items())

    def labels(self, item: ListElement, element: Element | None, column: str | None) -> dict[str, str]:
        if column is not None:
            cell = item.first(column)
            return {"": "" if cell is None else cell.text()}
        ref = "" if element is None else element.get("ref") or ""
        match = re.fullmatch(r"\s*jr:itext\(\s*([\w.-]+)\s*\)\s*", ref)
        cell = None if match is None else item.first(match[1])
        wording = None if cell is None else self.texts.shared.get(cell.text())
        return {} if wording is None else wording.by_language()


def _listed_items(expressions: Expressions, nodeset: str) -> list[ListElement] | None:
    """The items of `instance('x')/root/item[…]`, also inside randomize()."""
    tree = parse(nodeset)
    if isinstance(tree, Call) and tree.name == "randomize":
        tree = tree.arguments[0]
    if not isinstance(tree, Path) or not isinstance(tree.head, Call) or tree.head.name != "instance":
        return None
    name = _named_instance(nodeset)
    level = [expressions.lists.documents[name]] if name in expressions.lists.documents else []
    for step in tree.steps:
        level = [one for above in level for one in above.children if one.name == step.test]
    return level


def _named_instance(nodeset: str) -> str:
    match = re.search(r"instance\(\s*['\"]([^'\"]*)", nodeset)
    return "" if match is None else match[1]


def _column(element: Element | None) -> str | None:
    ref = "" if element is None else (element.get("ref") or "").strip()
    return ref if re.fullmatch(r"[\w.-]+", ref) else None


def _words(element: Element) -> frozenset[str]:
    return frozenset((element.get("appearance") or "").split())


def _resolved(path: str, place: Definition) -> str:
    """A path of the body as an absolute one: relative paths start at the group around."""
    path = path.strip()
    if path.startswith("/"):
        return plain_path(path)
    steps = place.path.split("/")
    for step in path.split("/"):
        if step == "..":
            steps.pop()
        elif step not in (".", "current()"):
            steps.append(step)
    return plain_path("/".join(steps))


def _range(element: Element) -> Bounds:
    return Bounds(element.get("start"), element.get("end"), element.get("step"))


def _decimals(kind: QuestionType, definition: Definition, bounds: Bounds) -> int | None:
    if kind is QuestionType.INTEGER or (kind is QuestionType.RANGE and definition.type is DataType.INT):
        return 0
    if kind is QuestionType.RANGE and bounds.step is not None:
        return len(bounds.step.partition(".")[2].rstrip("0"))
    return None
