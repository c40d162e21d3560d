"""The nodes of a form as its author declared them: what every respondent's instance is grown from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dialogs.forms.values import DataType

if TYPE_CHECKING:
    from dialogs.forms.choices import Choices
    from dialogs.forms.texts import Wording
    from dialogs.forms.xpath.coercion import Run, TextRun, TruthRun


@dataclass(slots=True, eq=False)
class Definition:
    """One node of the primary instance, with what its bind says (ODK XForms, "Bindings").

    Filled while a form is compiled and not changed afterwards. `number` counts in document order.
    """

    number: int
    name: str
    parent: Definition | None
    path: str
    children: list[Definition] = field(default_factory=list)
    by_name: dict[str, Definition] = field(default_factory=dict)
    slot: int = 0
    """Index among the children of the parent."""
    attributes: dict[str, str] = field(default_factory=dict)
    type: DataType = DataType.STRING
    repeats: bool = False
    count: Run | None = None
    """`jr:count` of a repeat: a number."""
    relevant: TruthRun | None = None
    calculate: TextRun | None = None
    volatile: bool = False
    """The calculation cannot be done again with the same result: it uses the clock, chance or its own past."""
    required: TruthRun | None = None
    readonly: TruthRun | None = None
    constraint: TruthRun | None = None
    constraint_message: Wording | None = None
    required_message: Wording | None = None
    choices: Choices | None = None
    """The choices of the select or rank control that asks for this node."""
    depends: bool = False
    """Whether the node, or one above it, has a relevant, calculate or choice filter: whether it can go stale."""
    in_repeat: bool = field(init=False)
    """Whether there may be several nodes of this definition: it, or one above it, repeats."""

    def __post_init__(self) -> None:
        self.in_repeat = self.repeats or (self.parent is not None and self.parent.in_repeat)

    def child(self, name: str) -> Definition | None:
        return self.by_name.get(name)

    def adopt(self, child: Definition) -> None:
        """Take a node in as the last child."""
        child.slot = len(self.children)
        self.children.append(child)
        self.by_name[child.name] = child

    def lineage(self) -> list[Definition]:
        """The definitions from the root down to this one."""
        line = [self]
        while (above := line[-1].parent) is not None:
            line.append(above)
        line.reverse()
        return line


@dataclass(frozen=True, slots=True)
class Seed:
    """What a node begins as: its default text, and the seeds of its children, several where they repeat."""

    definition: Definition
    text: str
    children: tuple[Seed | tuple[Seed, ...], ...]
