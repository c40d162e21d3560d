"""The sample survey that `make demo` publishes, and the outline of the town it is about.

`rufbus.md` is the source; `rufbus.xlsx` is the same for people who work in Excel (`python -m bot.samples` writes
it). `districts.geojson` holds the eight districts of Musterstadt, a town that does not exist, in WGS 84.
"""

from __future__ import annotations

from pathlib import Path

SAMPLE_SURVEY = Path(__file__).with_name("rufbus.xlsx")
SAMPLE_SOURCE = Path(__file__).with_name("rufbus.md")
DISTRICTS = Path(__file__).with_name("districts.geojson")
