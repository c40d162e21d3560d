"""Canary citizens: ids, names, words, places, photos and voices that exist nowhere else. Not here: the search for them
(`search.py`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from e2e.walking import ogg
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

FIRST_ID = 7_318_220_001
ID, FIRST, LAST, NICK, PHONE = "73182200", "Kanarifink", "Zaunschnabel", "kuckucksname", "+491512700"
IP, AGENT = "203.0.113.", "KanariAgent"
WORD, UMLAUT, LATITUDE = "Geheimwort", "Ünterwegß", "51.0473"
LENS, TONE, CAPTION, FILE, SLIP = "Linsenkanari", "Tonkanari", "Bildkanari", "Aktenkanari", "Fehlwortkanari"

OF_ADDRESSES = (ID, FIRST, LAST, NICK, PHONE, IP, AGENT)
"""Beginnings of what tells who somebody is. Citizens' own values add a number."""
OF_TEXTS = (WORD, UMLAUT, LATITUDE, LENS, TONE, CAPTION, FILE, SLIP)
"""Beginnings of what somebody said, showed or sent along."""


@dataclass(frozen=True)
class Person:
    """One citizen's canaries."""

    number: int

    @property
    def words(self) -> str:
        return f"{WORD}{self.number:03d} {UMLAUT}"

    @property
    def place(self) -> tuple[float, float]:
        return float(f"{LATITUDE}{self.number:03d}"), 13.7431

    @property
    def headers(self) -> dict[str, str]:
        ip = f"{IP}{self.number % 250 + 1}"
        agent = f"{AGENT}/{self.number}"
        return {"X_Forwarded_For": ip, "X_Real_IP": ip, "Forwarded": f"for={ip}", "User_Agent": agent}

    def photo(self) -> bytes:
        """A photo whose metadata tell everything."""
        file = io.BytesIO()
        picture = Image.new("RGB", (64, 48), (40, 120, 90 + self.number % 100))
        exif = Image.Exif()
        exif[0x010E] = exif[0x013B] = f"{LENS}{self.number}"
        degrees = self.place[0]
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (IFDRational(51), IFDRational(2), IFDRational(int(degrees % 1 * 1_000_000), 1000)), 29: LENS}
        )
        picture.save(file, "JPEG", exif=exif, comment=f"{LENS}{self.number}".encode())
        return file.getvalue()

    def voice(self) -> bytes:
        """A voice message whose comments tell who made it."""
        return ogg(f"{TONE}{self.number}".encode())
