"""The nouns of an explanation: sections with points and tables, which any renderer can show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One sentence, what kind of sentence it is, and the words it rests on."""

    text: str
    note: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Points, then a table, under one title; `rows` have as many cells as `head`."""

    title: str
    points: tuple[Point, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
