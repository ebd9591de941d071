"""What a row of a lexicon file may hold: reads fields one by one and writes down what is wrong.

A `Row` never raises. A wrong field becomes a problem in the shared list (`file: row: field: what is wrong;
what would be right`) and a harmless value, so that one pass over a folder finds every problem in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from labtape.lexicon.periods import is_backward

ID = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
COUNTRY = re.compile(r"[A-Z]{2}\Z")
TICKER = re.compile(r"(?:[A-Z]+:[A-Z0-9.]+|crypto:[A-Z0-9]+)\Z")
PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z")


@dataclass(slots=True)
class Row:
    """One table of a TOML file or one line of a CSV file, where it stands, and what it has been asked for."""

    place: str
    values: Mapping[str, object]
    problems: list[str]
    thorough: bool = True
    seen: set[str] = field(default_factory=set)

    def wrong(self, name: str, what: str) -> None:
        """Note a problem of the field `name`."""
        self.problems.append(f"{self.place}: {name}: {what}")

    def has(self, name: str) -> bool:
        """Whether the field is there and not empty; an empty CSV cell is an absent field."""
        self.seen.add(name)
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str | None = None) -> str:
        """A non-empty string; `default` where it may be left out."""
        if not self.has(name):
            if default is None:
                self.wrong(name, "missing; give a text")
            return default or ""
        value = self.values[name]
        if isinstance(value, str):
            return value
        self.wrong(name, f"{value!r} is no text; put it in quotes")
        return default or ""

    def optional(self, name: str) -> str | None:
        """A string, or None where it is left out."""
        return self.text(name) if self.has(name) else None

    def identifier(self, name: str) -> str:
        """An id: small letters, digits and hyphens."""
        value = self.text(name)
        if value and not ID.match(value):
            self.wrong(name, f"{value!r} is no id; use a-z, 0-9 and '-'")
        return value

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of a fixed set of words."""
        value = self.text(name, default)
        if value and value not in allowed:
            self.wrong(name, f"{value!r} is unknown; have: {', '.join(sorted(allowed))}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; in a CSV cell they are parted by `;`."""
        if not self.has(name):
            return ()
        value = self.values[name]
        if isinstance(value, str) and isinstance(self.values, CsvValues):
            return tuple(part.strip() for part in value.split(";") if part.strip())
        if isinstance(value, list) and all(isinstance(part, str) and part for part in value):
            return tuple(value)
        self.wrong(name, f'{value!r} is no list of texts; write ["…", "…"]')
        return ()

    def number(self, name: str, low: float, high: float) -> float:
        """A number between `low` and `high`, both allowed."""
        value = self.values.get(name)
        self.seen.add(name)
        try:
            number = float(value) if isinstance(value, int | float | str) else None
        except ValueError:
            number = None
        if number is None:
            self.wrong(name, "missing; give a number" if value is None else f"{value!r} is no number")
            return low
        if not low <= number <= high:
            self.wrong(name, f"{number:g} is out of range; give {low:g} to {high:g}")
        return number

    def flag(self, name: str) -> bool:
        """`true` or `false`."""
        value = self.values.get(name)
        self.seen.add(name)
        truth = (
            {True: True, False: False, "true": True, "false": False}.get(value) if _is_plain(value) else None
        )
        if truth is None:
            self.wrong(name, f"{value!r} is no truth value; write true or false")
        return bool(truth)

    def when(self, name: str) -> str | None:
        """A date as `2026`, `2026-10` or `2026-10-10`; None where it is left out."""
        value = self.optional(name)
        if value is not None and not is_date(value):
            self.wrong(name, f"{value!r} is no date; write YYYY, YYYY-MM or YYYY-MM-DD")
        return value

    def period(self) -> tuple[str | None, str | None]:
        """The fields `since` and `until`, either of which may be left out; the second is the later one."""
        since, until = self.when("since"), self.when("until")
        if is_backward(since, until):
            self.wrong(
                "until", f"{until!r} is not after since {since!r}; give a later date, or leave one out"
            )
        return since, until

    def country(self, name: str) -> str:
        """An ISO 3166 code of two capitals; `XX` for what belongs to no country."""
        value = self.text(name)
        if value and not COUNTRY.match(value):
            self.wrong(name, f"{value!r} is no country; write its ISO 3166 code of two capitals, or XX")
        return value

    def ticker(self, name: str) -> str:
        """`EXCHANGE:CODE` or `crypto:CODE`."""
        value = self.text(name)
        if value and not TICKER.match(value):
            self.wrong(name, f"{value!r} is no ticker; write EXCHANGE:CODE or crypto:CODE")
        return value

    def pattern(self, name: str) -> str:
        """A regular expression, as text; compiled here only to see that it can be."""
        value = self.text(name, "")
        if value and self.thorough:
            self._compile(name, value)
        return value

    def patterns(self, name: str) -> tuple[str, ...]:
        """A list of regular expressions, as texts."""
        values = self.texts(name)
        if self.thorough:
            for value in values:
                self._compile(name, value)
        return values

    def _compile(self, name: str, value: str) -> None:
        try:
            re.compile(value)
        except re.error as e:
            self.wrong(name, f"{value!r} is no regular expression ({e}); mend it")

    def rows(self, name: str, key: str) -> tuple[Row, ...]:
        """The tables of a TOML array of tables, each placed by the value of its field `key`."""
        if not self.has(name):
            return ()
        value = self.values[name]
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self.wrong(name, f"is no list of tables; write [[{name}]]")
            return ()
        return tuple(
            Row(f"{self.place}: {name} {part.get(key, n)}", part, self.problems, self.thorough)
            for n, part in enumerate(value, 1)
        )

    def done(self) -> None:
        """Note every field that nobody asked for."""
        for name in self.values:
            if name not in self.seen:
                self.wrong(name, f"unknown field; have: {', '.join(sorted(self.seen))}")


class CsvValues(dict[str, object]):
    """The cells of a CSV line, where lists are written with `;`."""


def is_date(value: str) -> bool:
    """Whether `value` is a year, a month or a day that exists.

    >>> [is_date(v) for v in ("2026", "2026-02", "2026-02-29", "soon")]
    [True, True, False, False]
    """
    match = PARTIAL_DATE.match(value)
    if not match:
        return False
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def repeated(values: Iterable[str]) -> tuple[str, ...]:
    """The values that occur more than once, each once, in order."""
    return tuple(value for value, times in Counter(values).items() if times > 1)


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | str)
