"""What each node does: the `<bind>` elements (ODK XForms, "Bindings")."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from dialogs.forms.definition import Definition
from dialogs.forms.values import DataType
from dialogs.forms.xform.document import attribute, children, local
from dialogs.forms.xform.expressions import Expressions
from dialogs.forms.xform.nodes import Nodes
from dialogs.forms.xform.wording import Texts

TYPES: dict[str, DataType] = {
    "int": DataType.INT,
    "integer": DataType.INT,
    "long": DataType.INT,
    "decimal": DataType.DECIMAL,
    "float": DataType.DECIMAL,
    "double": DataType.DECIMAL,
    "boolean": DataType.BOOLEAN,
    "date": DataType.DATE,
    "time": DataType.TIME,
    "dateTime": DataType.DATETIME,
    "datetime": DataType.DATETIME,
    "geopoint": DataType.GEOPOINT,
    "geotrace": DataType.GEOTRACE,
    "geoshape": DataType.GEOSHAPE,
    "binary": DataType.BINARY,
    "base64Binary": DataType.BINARY,
}
"""Names of types that are not text; prefixes such as `xsd:` are dropped."""

ALWAYS = "true()"


@dataclass(slots=True)
class Binds:
    """What the binds say beyond what is in the definitions."""

    by_id: dict[str, Definition] = field(default_factory=dict)
    """Nodes that controls name by the id of their bind."""
    type_names: dict[Definition, str] = field(default_factory=dict)
    constraints: dict[Definition, str] = field(default_factory=dict)
    fixed: set[Definition] = field(default_factory=set)
    """Nodes that are always read-only."""
    preloads: list[tuple[Definition, str, str]] = field(default_factory=list)
    """Node, `jr:preload`, `jr:preloadParams`."""


def read_binds(
    model: Element, nodes: Nodes, expressions: Expressions
) -> tuple[Binds, list[tuple[Definition, Element]]]:
    """Types and names first, so that expressions know the types of all nodes when they are compiled."""
    binds = Binds()
    bound: list[tuple[Definition, Element]] = []
    for bind in children(model):
        path = bind.get("nodeset") or bind.get("ref")
        if local(bind) != "bind" or not path or "@" in path:  # attributes are entities' business
            continue
        definition = nodes.find(path if path.startswith("/") else f"{nodes.root.path}/{path}")
        if definition is None:
            expressions.warnings.append(f"A bind names {path.strip()}, which is no node of the form; it does nothing.")
            continue
        name = (bind.get("type") or "string").rpartition(":")[2]
        definition.type = TYPES.get(name, DataType.STRING)
        binds.type_names[definition] = name
        if (bind_id := bind.get("id")) is not None:
            binds.by_id[bind_id] = definition
        if _boolean(_written(bind, "readonly")) == ALWAYS:
            binds.fixed.add(definition)
        if constraint := _written(bind, "constraint"):
            binds.constraints[definition] = constraint
        bound.append((definition, bind))
    return binds, bound


def compile_binds(
    bound: list[tuple[Definition, Element]], binds: Binds, expressions: Expressions, texts: Texts
) -> None:
    """Compile the expressions of all binds into their definitions."""
    for definition, bind in bound:
        if relevant := _written(bind, "relevant"):
            definition.relevant = expressions.relevance(relevant, definition)
        if calculate := _written(bind, "calculate"):
            definition.calculate, definition.volatile = expressions.calculation(calculate, definition)
        if required := _written(bind, "required"):
            definition.required = expressions.truth(_boolean(required), definition, "required")
        if readonly := _written(bind, "readonly"):
            definition.readonly = expressions.truth(_boolean(readonly), definition, "readonly")
        if constraint := _written(bind, "constraint"):
            definition.constraint = expressions.truth(constraint, definition, "constraint")
        definition.constraint_message = texts.message(attribute(bind, "constraintMsg"), definition)
        definition.required_message = texts.message(attribute(bind, "requiredMsg"), definition)
        if preload := attribute(bind, "preload"):
            binds.preloads.append((definition, preload, attribute(bind, "preloadParams") or ""))


def _written(bind: Element, name: str) -> str:
    return (bind.get(name) or "").strip()


def _boolean(expression: str) -> str:
    """Authors write `true` and `yes` for `true()`; as paths these would lead nowhere."""
    word = expression.lower()
    if word in ("true", "yes"):
        return ALWAYS
    return "false()" if word in ("false", "no") else expression
