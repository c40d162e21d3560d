"""Functions on texts (XPath 1.0, 4.2; ODK XForms, "String Functions", "Selects", "Utility")."""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid as uuids

from dialogs.forms.errors import LimitExceeded
from dialogs.forms.limits import STRING_CHARACTERS
from dialogs.forms.xpath.coercion import Compiled, Kind, as_text
from dialogs.forms.xpath.compile import Compiler
from dialogs.forms.xpath.patterns import compile_pattern, matches
from dialogs.forms.xpath.registry import function, special
from dialogs.forms.xpath.scope import Scope
from dialogs.forms.xpath.syntax import ANY_NODE, Axis, Expression, Literal, Path, Step

HERE = Path((Step(Axis.SELF, ANY_NODE),))
"""The context node, which some functions take where their argument is left out."""


@function("concat", "string*", Kind.STRING)
def concat(parts: list[str]) -> str:
    return _bounded("".join(parts))


@function("join", "string string*", Kind.STRING)
def join(glue: str, parts: list[str]) -> str:
    return _bounded(glue.join(parts))


def _bounded(text: str) -> str:
    if len(text) > STRING_CHARACTERS:
        raise LimitExceeded(f"A calculation makes a text of more than {STRING_CHARACTERS} characters.")
    return text


@function("substr", "string number number?", Kind.STRING)
def substr(text: str, start: float, end: float = float("inf")) -> str:
    """ODK: from `start` up to before `end`, counted from 0; negative counts from the end."""
    if start != start or end != end:
        return ""
    size = len(text)
    return text[_bound(start, size) : _bound(end, size)]


def _bound(index: float, size: int) -> int:
    if index < 0:
        index += size
    return int(min(max(index, 0), size))


@function("substring", "string number number?", Kind.STRING)
def substring(text: str, start: float, length: float = float("inf")) -> str:
    """XPath 1.0: positions counted from 1, both numbers rounded."""
    if start != start or length != length:
        return ""
    first = _half_up(start)
    last = first + _half_up(length)
    return "".join(one for at, one in enumerate(text, 1) if first <= at < last)


def _half_up(number: float) -> float:
    return number if number in (float("inf"), float("-inf")) else float(int((number + 0.5) // 1))


@function("substring-before", "string string", Kind.STRING)
def substring_before(text: str, mark: str) -> str:
    before, found, _ = text.partition(mark) if mark else ("", "", text)
    return before if found else ""


@function("substring-after", "string string", Kind.STRING)
def substring_after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


@function("contains", "string string", Kind.BOOLEAN)
def contains(text: str, part: str) -> bool:
    return part in text


@function("starts-with", "string string", Kind.BOOLEAN)
def starts_with(text: str, part: str) -> bool:
    return text.startswith(part)


@function("ends-with", "string string", Kind.BOOLEAN)
def ends_with(text: str, part: str) -> bool:
    return text.endswith(part)


@function("translate", "string string string", Kind.STRING)
def translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for at, one in enumerate(old):
        table.setdefault(ord(one), new[at] if at < len(new) else None)
    return text.translate(table)


@function("upper-case", "string", Kind.STRING)
def upper_case(text: str) -> str:
    return text.upper()


@function("lower-case", "string", Kind.STRING)
def lower_case(text: str) -> str:
    return text.lower()


@function("boolean-from-string", "string", Kind.BOOLEAN)
def boolean_from_string(text: str) -> bool:
    return text in ("true", "1")


@function("base64-decode", "string", Kind.STRING)
def base64_decode(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


DIGESTS = {"md5": "md5", "sha-1": "sha1", "sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}


@function("digest", "string string string?", Kind.STRING)
def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """A checksum, not a protection: MD5 and SHA-1 are there because forms name them."""
    name = DIGESTS.get(algorithm.lower())
    if name is None:
        return ""
    checksum = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
    return checksum.hex() if encoding == "hex" else base64.b64encode(checksum).decode()


# ---------------------------------------------------------------- selects


@function("selected", "string string", Kind.BOOLEAN)
def selected(values: str, value: str) -> bool:
    return value.strip() in values.split()


@function("selected-at", "string number", Kind.STRING)
def selected_at(values: str, index: float) -> str:
    found = values.split()
    return found[int(index)] if index == index and 0 <= index < len(found) else ""


@function("count-selected", "string", Kind.NUMBER)
def count_selected(values: str) -> float:
    return float(len(values.split()))


# ---------------------------------------------------------------- the argument may be left out


@special("string", 0, 1)
def string(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    return Compiled(Kind.STRING, as_text(compiler.compile(arguments[0] if arguments else HERE)))


@special("string-length", 0, 1)
def string_length(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    text = as_text(compiler.compile(arguments[0] if arguments else HERE))
    return Compiled(Kind.NUMBER, lambda scope: float(len(text(scope))))


@special("normalize-space", 0, 1)
def normalize_space(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    text = as_text(compiler.compile(arguments[0] if arguments else HERE))
    return Compiled(Kind.STRING, lambda scope: " ".join(text(scope).split()))


# ---------------------------------------------------------------- patterns


@special("regex", 2, 2)
def regex(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: whether the whole text matches. A pattern in quotes is compiled with the form, any other when it runs."""
    text = as_text(compiler.compile(arguments[0]))
    if isinstance(arguments[1], Literal):
        pattern = compile_pattern(arguments[1].value, compiler.error)
        return Compiled(Kind.BOOLEAN, lambda scope: pattern(text(scope)))
    written = as_text(compiler.compile(arguments[1]))
    return Compiled(Kind.BOOLEAN, lambda scope: matches(written(scope), text(scope)))


# ---------------------------------------------------------------- chance


@special("uuid", 0, 1)
def uuid(compiler: Compiler, arguments: tuple[Expression, ...]) -> Compiled:
    """ODK: a random UUID, or a random text of the given length, from the instance's own source of chance."""
    compiler.facts.volatile = True
    if not arguments:
        return Compiled(Kind.STRING, random_uuid)
    length = compiler.compile(arguments[0])
    count = as_text(length)
    return Compiled(Kind.STRING, lambda scope: random_text(scope, count(scope)))


def random_uuid(scope: Scope) -> str:
    return str(uuids.UUID(int=scope.world.rng.getrandbits(128), version=4))


MAX_RANDOM_TEXT = 128
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def random_text(scope: Scope, length: str) -> str:
    count = min(int(length), MAX_RANDOM_TEXT) if length.isdecimal() else 0
    return "".join(scope.world.rng.choices(_LETTERS, k=count))
