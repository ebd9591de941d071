"""All organisations below their owners on a day, as trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.lexicon.chain import Place, places

if TYPE_CHECKING:
    from datetime import date

    from labtape.lexicon.entries import Lab, Lexicon


@dataclass(frozen=True, slots=True)
class Branch:
    """An organisation with what it owns. `since` is when its owner got it; `listings` are its own.

    `is_asked` is False where it stands there only because something below it was asked for.
    """

    lab: Lab
    since: str | None
    n_families: int
    listings: tuple[Place, ...]
    is_asked: bool
    below: tuple[Branch, ...]


def forest(
    lexicon: Lexicon, at: date | None = None, *, keep: Callable[[Lab], bool] = lambda lab: True
) -> tuple[Branch, ...]:
    """Those at the top with everything below them, by name; only branches that hold a lab to `keep`."""
    below: dict[str | None, list[Lab]] = defaultdict(list)
    for lab in sorted(lexicon.labs.values(), key=lambda lab: lab.name.casefold()):
        owner = lab.parent_at(at)
        below[owner.parent if owner and owner.parent in lexicon.labs else None].append(lab)

    def branches(parent: str | None) -> Iterator[Branch]:
        for lab in below[parent]:
            children = tuple(branches(lab.id))
            if not children and not keep(lab):
                continue
            owner = lab.parent_at(at)
            yield Branch(
                lab=lab,
                since=owner.since if owner else None,
                n_families=len(lexicon.families_of(lab.id, at)),
                listings=tuple(place for place in places(lexicon, lab.id, at) if place.lab == lab.id),
                is_asked=keep(lab),
                below=children,
            )

    return tuple(branches(None))


def n_asked(branches: tuple[Branch, ...]) -> int:
    """How many organisations of the trees were asked for."""
    return sum(branch.is_asked + n_asked(branch.below) for branch in branches)
