"""Links and QR codes of a survey, as files for posters and letters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import segno

from bot.links import Links
from dialogs.capabilities import TELEGRAM
from dialogs.world import Survey
from storage.acts.errors import ActError

PNG_SCALE = 12  # pixels a module: sharp in print at 4 cm
QUIET_ZONE = 4  # modules, as the standard wants


def channel_links(survey: Survey, links: Links) -> Sequence[tuple[str, str]]:
    """(channel's name, link), the survey's public page first; only where a link is known."""
    found = [("Web", links.page(survey.code))]
    found += [(channel.label, links.to(channel, survey.code)) for channel in (TELEGRAM,) if not survey.bars(channel)]
    return [(label, link) for label, link in found if link]


def write_codes(code: str, links: Sequence[tuple[str, str]], folder: Path) -> Sequence[Path]:
    """Write each link's QR code as SVG and PNG; returns the files. Raises `ActError` if they cannot be written."""
    written: list[Path] = []
    for label, link in links:
        qr = segno.make_qr(link, error="m")
        base = folder / f"{code}-{label.lower()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            qr.save(str(base.with_suffix(".svg")), scale=PNG_SCALE, border=QUIET_ZONE, xmldecl=False, title=link)
            qr.save(str(base.with_suffix(".png")), scale=PNG_SCALE, border=QUIET_ZONE)
        except OSError as error:
            raise ActError(f"{base}: {error.strerror}") from None
        written += [base.with_suffix(".svg"), base.with_suffix(".png")]
    return written
