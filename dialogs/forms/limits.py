"""How much a form may ask of the engine. Authors are strangers: every limit is here, with its unit and
reason."""

from __future__ import annotations

XFORM_BYTES = 16 * 1024 * 1024
"""Size of an XForm document. The largest public form known to us has 3 MB."""

ATTACHMENT_BYTES = 16 * 1024 * 1024
"""Size of one external list (CSV, XML, GeoJSON) of a form."""

XML_DEPTH = 64
"""Nesting of elements. Groups within groups: real forms stay under 15."""

NODES = 100_000
"""Nodes in the primary instance, repeats included, of one form or one respondent."""

SECONDARY_NODES = 1_000_000
"""Elements in all secondary instances (lists of choices) of one form together."""

REPEATS = 1_000
"""Instances of one repeat that one respondent may have."""

EXPRESSION_CHARACTERS = 65_536
"""Length of one expression. Generated look-up chains reach 20,000."""

EXPRESSION_DEPTH = 80
"""Nesting within one expression: parentheses, arguments, predicates. `if(a, b, if(…` of real forms reaches
45."""

EXPRESSION_OPERANDS = 4_096
"""Operands of one chain such as `a or b or c …`; chains are flat and cost no depth."""

EVALUATION_STEPS = 5_000_000
"""Nodes that one instance may visit in paths and predicates before it gives up, about two seconds of work."""

DEEP_CHAIN = 60
"""Levels of nested calls up to which nodes that wait for each other are computed on demand; longer chains are
computed bottom up, so that no form reaches the interpreter's recursion limit."""

STRING_CHARACTERS = 1_000_000
"""Length of one computed text."""

ACTION_CASCADE = 1_000
"""Values that one answer may set through `setvalue` actions that trigger each other."""
