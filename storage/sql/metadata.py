"""The two homes of tables, and how indexes and keys are named there. Not here: the tables (`tables.py`,
`news_tables.py`, `desk_tables.py`).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData

_NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

KEYRING_SCHEMA: Final = "keyring"

records: Final = MetaData(naming_convention=_NAMING)
keyring: Final = MetaData(naming_convention=_NAMING, schema=KEYRING_SCHEMA)
