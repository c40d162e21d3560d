"""Tables of what is released to the public of results, and of outcomes that are still being written."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text

from storage.sql.metadata import records

outcome_drafts = Table(
    "outcome_drafts",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("card", Text, nullable=False),
    Column("day", Date, nullable=False),
)
"""Outcomes that are still being written."""

public_results = Table(
    "public_results",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("day", Date, nullable=False),
    Column("numbers", Text, nullable=False),
)
"""The numbers of a closed survey as the public may see them, made once: two of them would tell who erased between."""

releases = Table(
    "releases",
    records,
    Column("survey", ForeignKey("surveys.code"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("licence", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("pages", Text, nullable=False),
)
"""What was published of a survey's results. `pages`: by language, as they were shown. `reason`: why a version corrects
the one before."""

release_files = Table(
    "release_files",
    records,
    Column("survey", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
