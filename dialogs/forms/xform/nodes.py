"""The primary instance: definitions of all nodes, and the seeds that instances are grown from.

ODK XForms, "Primary Instance" and "Default Values in Repeats": what `jr:template` holds is the template of a repeat;
other elements of its name are instances that the form itself begins with. Without a template the first one is it.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from dialogs.forms.cells import stored
from dialogs.forms.definition import Definition, Seed
from dialogs.forms.errors import LimitExceeded, UnreadableForm
from dialogs.forms.limits import NODES
from dialogs.forms.xform.document import JR, children, local


class Nodes:
    """Definitions in document order, found by path."""

    def __init__(self, root: Element, repeats: frozenset[str]) -> None:
        self.element = root
        self.definitions: list[Definition] = []
        self.by_path: dict[str, Definition] = {}
        self.templates: dict[int, Seed] = {}
        self.root = self._define(root, None, repeats)
        self._number()

    def sow(self) -> Seed:
        """The seed of the whole instance. Types must be known: defaults are brought into canonical form."""
        return self._seed(self.element, self.root)

    def find(self, path: str) -> Definition | None:
        """The definition at an absolute path; prefixes of names and predicates are ignored."""
        return self.by_path.get(plain_path(path))

    def at(self, path: str, what: str) -> Definition:
        """The definition at an absolute path. Raises UnreadableForm if there is none."""
        found = self.find(path)
        if found is None:
            raise UnreadableForm(f"{what} names {path.strip()}, which is no node of the primary instance.")
        return found

    def _define(self, element: Element, parent: Definition | None, repeats: frozenset[str]) -> Definition:
        name = local(element)
        path = f"{parent.path if parent else ''}/{name}"
        definition = Definition(0, name, parent, path, repeats=path in repeats)
        self.by_path[path] = definition
        if len(self.by_path) > NODES:
            raise LimitExceeded(f"The form has more than {NODES} nodes.")
        if parent is not None:
            parent.adopt(definition)
        self._merge(element, definition, repeats)
        return definition

    def _merge(self, element: Element, definition: Definition, repeats: frozenset[str]) -> None:
        """What one element of a definition shows; instances of a repeat may each show more of it."""
        definition.attributes.update({key.rpartition("}")[2]: value for key, value in element.attrib.items()})
        for one in children(element):
            known = definition.child(local(one))
            if known is None:
                self._define(one, definition, repeats)
            else:
                self._merge(one, known, repeats)

    def _number(self) -> None:
        waiting = [self.root]
        while waiting:
            definition = waiting.pop()
            definition.number = len(self.definitions)
            self.definitions.append(definition)
            waiting.extend(reversed(definition.children))

    def _seed(self, element: Element | None, definition: Definition) -> Seed:
        """The seed of one element; None stands for an element that an instance of a repeat leaves out."""
        text = "" if element is None or definition.children else "".join(element.itertext()).strip()
        parts: list[Seed | tuple[Seed, ...]] = []
        named: dict[str, list[Element]] = {}
        for one in () if element is None else children(element):
            named.setdefault(local(one), []).append(one)
        for below in definition.children:
            same = named.get(below.name, [])
            if below.repeats:
                parts.append(self._instances(same, below))
            else:
                parts.append(self._seed(same[0] if same else None, below))
        return Seed(definition, stored(definition.type, text), tuple(parts))

    def _instances(self, elements: list[Element], definition: Definition) -> tuple[Seed, ...]:
        template = next((one for one in elements if one.get(JR + "template") is not None), None)
        seeds = tuple(self._seed(one, definition) for one in elements if one is not template)
        if definition.number not in self.templates or template is not None:
            source = template if template is not None else elements[0] if elements else None
            seed = self._seed(source, definition)
            self.templates[definition.number] = seed
        return seeds


def plain_path(path: str) -> str:
    """`/data/orx:meta/q[1]` as `/data/meta/q`."""
    steps = path.strip().split("/")
    return "/".join(step.partition("[")[0].strip().rpartition(":")[2] for step in steps)
