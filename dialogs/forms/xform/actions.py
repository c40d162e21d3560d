"""What events set: `<setvalue>` in the model and in the body (ODK XForms, "Actions" and "Events")."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from dialogs.forms.actions import Action, Event
from dialogs.forms.definition import Definition
from dialogs.forms.errors import UnreadableForm
from dialogs.forms.xform.body import CONTROLS, Body
from dialogs.forms.xform.document import children, local
from dialogs.forms.xform.expressions import Expressions
from dialogs.forms.xform.nodes import Nodes, plain_path
from dialogs.forms.xpath.coercion import as_nodes


class Actions:
    """Collects the actions of a form, those of the model first."""

    def __init__(self, nodes: Nodes, body: Body, expressions: Expressions) -> None:
        self.nodes = nodes
        self.body = body
        self.expressions = expressions
        self.found: list[Action] = []

    def read(self, model: Element, body: Element) -> tuple[Action, ...]:
        self.inside(model, None)
        self.below(body, self.nodes.root)
        return tuple(self.found)

    def below(self, element: Element, place: Definition) -> None:
        """The actions in the body belong to the control or repeat around them."""
        for one in children(element):
            if local(one) in CONTROLS or local(one) in ("group", "repeat"):
                definition = self.body.node_of(one, place) or place
                self.inside(one, definition)
                self.below(one, definition)

    def inside(self, element: Element, source: Definition | None) -> None:
        for one in children(element):
            if local(one) == "setvalue" and "@" not in (one.get("ref") or ""):  # attributes are entities' business
                self.found.append(self.action(one, source))

    def action(self, element: Element, source: Definition | None) -> Action:
        names = (element.get("event") or "").split()
        unknown = [name for name in names if name not in set(Event)]
        if unknown:
            raise UnreadableForm(f"A setvalue action waits for {', '.join(unknown)}, which is no event of ODK XForms.")
        ref = (element.get("ref") or element.get("bind") or "").strip()
        target = self.nodes.find(ref) or self.body.binds.by_id.get(ref)
        if target is None and source is not None:
            target = self.nodes.find(f"{source.path}/{plain_path(ref)}")
        if target is None:
            raise UnreadableForm(f"A setvalue action names {ref}, which is no node of the form.")
        path = ref if ref.startswith("/") and "[" in ref else target.path
        compiled, _ = self.expressions.compile(path, source, "setvalue")
        value = element.get("value")
        written = "".join(element.itertext())
        return Action(
            events=frozenset(map(Event, names)),
            source=source,
            targets=as_nodes(compiled),
            value=self.expressions.text(value, target, "setvalue") if value else lambda scope: written,
        )
