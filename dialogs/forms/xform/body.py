"""The body of a form: its questions in order (ODK XForms, "Body Elements")."""

from __future__ import annotations

from xml.etree.ElementTree import Element

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
from dialogs.forms.xform.itemsets import Itemsets
from dialogs.forms.xform.nodes import Nodes, plain_path
from dialogs.forms.xform.wording import Texts

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
        self.itemsets = Itemsets(expressions, texts)

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
        choices = self.itemsets.read(element, definition, kind) if kind in SELECTS else None
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
            in_repeat=definition.in_repeat,
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
