"""The ledger of a desk: joined when it is asked for, and kept until there is something new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from labtape.ports import Mark, Store
from labtape.types import Article, Record

if TYPE_CHECKING:
    from labtape.desk.reading import Reading
    from labtape.ledger import ShareRow


class LastLedger:
    """All rows as they were joined last. Who asks meanwhile waits for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: tuple[Mark, datetime | None] | None = None
        self._rows: tuple[ShareRow, ...] = ()

    def rows(self, desk: Reading, as_of: datetime | None) -> tuple[ShareRow, ...]:
        """Every row of the desk's ledger, joined again where the store has more than last time."""
        with self._lock:
            state = (desk.store.mark(), as_of)
            if state != self._state:
                self._rows, self._state = _joined(desk, as_of), state
            return self._rows


def _joined(desk: Reading, as_of: datetime | None) -> tuple[ShareRow, ...]:
    from labtape.ledger import share_rows

    def worded(records: Sequence[Record]) -> Mapping[str, Article]:
        return _worded(desk.store, records)

    figures = desk.store.records(as_of=as_of, with_figures=True)
    known = (record for record in figures if as_of is None or record.available_at <= as_of)
    stories = desk.store.stories(as_of=as_of)
    return share_rows(known, lexicon=desk.lexicon, stories=stories, articles=worded)


def _worded(store: Store, records: Sequence[Record]) -> Mapping[str, Article]:
    """The articles as these records saw them, by id."""
    found = store.worded((record.id, record.revision) for record in records)
    return {article_id: article for (article_id, _), article in found.items()}
