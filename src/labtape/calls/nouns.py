"""Which nouns the ledger of calls has: a call, a seal, and a call as it lies in a day's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from labtape.types import ModelRef, State

CALL: Final = "labtape.call/1"
SEAL: Final = "labtape.seal/1"
Class = Literal["Bullish", "Neutral", "Bearish"]
CLASSES: Final[tuple[Class, ...]] = ("Bullish", "Neutral", "Bearish")


@dataclass(frozen=True, slots=True)
class Prediction:
    """A label and the probabilities of the three classes, which add up to 1."""

    label: Class
    p: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Call:
    """One verdict about one listed thing, as it was made; what a seal holds fast.

    `record` and `revision` say of which article, `content_hash` is the digest of its words. `short` and `long` are what is scored over 5 and 60 sessions.
    """

    record: str
    revision: int
    scored_at: datetime
    available_at: datetime
    target: str
    label: Class
    p: Mapping[str, float]
    short: Prediction
    long: Prediction
    state: State
    title: str
    url: str | None
    story: str
    engine: str
    kb: str
    model: ModelRef
    content_hash: str
    schema: str = field(default=CALL)

    @property
    def key(self) -> tuple[str, int, datetime, str]:
        """What tells it from every other call, and what calls of a day are ordered by."""
        return (self.record, self.revision, self.scored_at, self.target)

    @property
    def day(self) -> str:
        """The UTC day it was made."""
        return f"{self.scored_at:%Y-%m-%d}"

    @property
    def ticker(self) -> str:
        """`NASDAQ:NVDA` of the target `ticker:NASDAQ:NVDA`."""
        return self.target.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Seal:
    """That the calls of a day were these, said at `sealed_at`; a line of `chain.jsonl`.

    `n` counts from 1, `previous` is the hash of the seal before. `last` is the link of the last call in `file`, or `previous` where there
    is none. `early` says that the day was not over: more of it may follow. `late` of the `count` calls are of days that were
    sealed before they came. `hash` is over all the other fields.
    """

    n: int
    day: str
    file: str | None
    count: int
    late: int
    early: bool
    last: str
    previous: str
    sealed_at: datetime
    engine: str
    hash: str
    schema: str = field(default=SEAL)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A call with the seal that holds it, and whether it came after its day was sealed."""

    call: Call
    seal: Seal
    late: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A seal that is to be kept, and the lines of its file."""

    seal: Seal
    lines: tuple[str, ...]
