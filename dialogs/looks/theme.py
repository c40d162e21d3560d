"""A town's one colour, made readable: the accent for light and for dark, with 4.5:1 on the paper and under its text.

Pure. The other tokens stand in `static/tokens.css`.
"""

from __future__ import annotations

import re

DEFAULT_ACCENT = "#0b6b4f"
PAPER_LIGHT = "#fbfaf6"
PAPER_DARK = "#161a19"
INK_ON_LIGHT = "#ffffff"
INK_ON_DARK = "#101413"
CONTRAST = 5.0  # to one: WCAG asks 4.5; the rest is for tinted grounds
_STEPS = 50

Rgb = tuple[float, float, float]


def stylesheet(accent: str) -> str:
    """The accent as CSS custom properties, for light and dark. What is no "#rrggbb" becomes our own colour."""
    colour = _read(accent) or _read(DEFAULT_ACCENT) or (0.0, 0.0, 0.0)
    light = _towards(colour, (0.0, 0.0, 0.0), PAPER_LIGHT, INK_ON_LIGHT)
    dark = _towards(colour, (1.0, 1.0, 1.0), PAPER_DARK, INK_ON_DARK)
    return (
        f":root{{--accent:{light};--on-accent:{INK_ON_LIGHT}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{INK_ON_DARK}}}}}\n"
    )


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two "#rrggbb" colours, from 1 to 21."""
    first, second = sorted((_luminance(_must(one)), _luminance(_must(other))), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _towards(colour: Rgb, end: Rgb, paper: str, ink: str) -> str:
    """The colour nearest to this one, on the way to `end`, that reads well on the paper and under its own text."""
    for step in range(_STEPS + 1):
        share = step / _STEPS
        mixed = _write((
            colour[0] + (end[0] - colour[0]) * share,
            colour[1] + (end[1] - colour[1]) * share,
            colour[2] + (end[2] - colour[2]) * share,
        ))  # fmt: skip
        if contrast(mixed, paper) >= CONTRAST and contrast(mixed, ink) >= CONTRAST:
            return mixed
    return _write(end)


def _read(text: str) -> Rgb | None:
    match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", text)
    return (int(match[1], 16) / 255, int(match[2], 16) / 255, int(match[3], 16) / 255) if match else None


def _must(text: str) -> Rgb:
    colour = _read(text)
    assert colour is not None, "our own colours are well written"
    return colour


def _write(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
