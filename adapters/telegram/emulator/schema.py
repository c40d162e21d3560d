"""A second opinion on every call: aiogram's pydantic models of the Bot API, made independently of our codec.

aiogram is a dependency of the tests only, so it is imported when a schema is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

from adapters.telegram.emulator.problems import BadRequest

if TYPE_CHECKING:
    from pydantic import BaseModel


class Schema(Protocol):
    """Checks one call. `files` are the names of parameters that came as files. Raises `BadRequest`."""

    def __call__(self, method: str, params: Mapping[str, object], files: frozenset[str]) -> None: ...


def aiogram_schema() -> Schema:
    """Raises `ImportError` if aiogram is not installed."""
    from aiogram import methods
    from aiogram.types import BufferedInputFile
    from pydantic import ValidationError

    @cache
    def model_of(method: str) -> type[BaseModel] | None:
        model: type[BaseModel] | None = getattr(methods, method[:1].upper() + method[1:], None)
        return model

    def check(method: str, params: Mapping[str, object], files: frozenset[str]) -> None:
        model = model_of(method)
        if model is None:
            raise BadRequest(f"schema: aiogram knows no method {method}")
        values = dict(params) | {name: BufferedInputFile(b"", "file") for name in files}
        try:
            parsed = model.model_validate(values)
        except ValidationError as error:
            places = sorted({".".join(map(str, problem["loc"])) for problem in error.errors()})
            raise BadRequest(f"schema: {method}: {', '.join(places)}") from None
        unknown = sorted(_unknown_fields(parsed))
        if unknown:
            raise BadRequest(f"schema: {method} has no {', '.join(unknown)}")

    return check


def _unknown_fields(value: object, path: str = "") -> list[str]:
    """Fields that no model names; aiogram lets them pass for the sake of newer versions of the Bot API."""
    from pydantic import BaseModel

    if isinstance(value, list | tuple):
        return [name for item in value for name in _unknown_fields(item, path)]
    if not isinstance(value, BaseModel):
        return []
    found = [f"{path}{name}" for name in (value.model_extra or {})]
    for name in value.model_fields_set & set(type(value).model_fields):
        found += _unknown_fields(getattr(value, name), f"{path}{name}.")
    return found
