"""The commented sample that clerks write their own questions over: German and English, with an explanation a column.

`python -m desk.samples` writes it from `__main__.py`; a test keeps both equal.
"""

from __future__ import annotations

from pathlib import Path

SAMPLE = Path(__file__).with_name("umfrage-muster.xlsx")
