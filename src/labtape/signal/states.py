"""The geopolitical line of a note: which state acts on which, how far it has gone, and whether that reaches an asset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from labtape.types import Sentence

if TYPE_CHECKING:
    from labtape.signal.target import Target
    from labtape.types import Annotated, Geopolitics

RULE: Final = "states"
_MEASURES: Final = {"tightening": "Restriction", "easing": "Easing"}
_HOW_FAR: Final = {
    "act": "decided or in force",
    "threat": "threatened, not in force",
    "talk": "under discussion, not decided",
    "none": "at an unknown stage",
}
_ACTS: Final = (
    r"(?: [a-z’'-]+){0,2}? (?:tightens?|tightened|places?|placed|bans?|banned|blocks?|blocked|bars?|barred|restricts?|restricted|imposes?|imposed|curbs?|"
    r"curbed|adds?|added|sanctions|sanctioned|widens?|widened|expands?|expanded|weighs?|eyes?|threatens?|threatened|orders?|ordered|tells?|told|lifts?|lifted|"
    r"eases?|eased|allows?|allowed|approves?|approved|clears?|cleared|considers?|plans?|prepares?|halts?|halted|requires?|required|probes?|opens|opened)\b"
)
"""What a state does, up to three words behind its name: "the US commerce department adds"."""


def states_line(annotated: Annotated, target: Target, countries: Mapping[str, str]) -> tuple[Sentence, ...]:
    """One sentence where states act or are aimed at; none elsewhere. `countries` has the code of each word for a state."""
    geo = annotated.geopolitics
    if not geo.relevant or not geo.evidence:
        return ()
    reach = (
        f"the text ties {target.name} to it"
        if target.is_listed
        else "the text ties no listed company or token to it"
    )
    if geo.direction in _MEASURES:
        what = f"{_MEASURES[geo.direction]} {_by_whom(annotated, geo, countries)}, {_HOW_FAR[geo.stage]}"
    elif len(geo.actors) > 1:
        what = f"Contest between {_named(geo.actors)}, no measure so far"
    else:
        return ()
    text = f"{what}; {reach}."
    ties = target.evidence if target.is_listed else ()
    spans = tuple(sorted({*geo.evidence, *ties}))
    return (Sentence(text, spans, "derived", RULE),)


def _by_whom(annotated: Annotated, geo: Geopolitics, countries: Mapping[str, str]) -> str:
    """Whose measure, by code: "by US on CN" where the words say that the US acts, as its name stands before a verb of doing so."""
    full = annotated.article.full
    if len(geo.actors) == 2:
        words = "|".join(re.escape(word) for word, code in countries.items() if code in geo.actors)
        acts = re.compile(rf"(?<!\w)(?P<state>{words}){_ACTS}")
        for span in geo.evidence:
            found = acts.search(full, span.start, span.end)
            if found:
                code = countries[found["state"]]
                return f"by {code} on {next(a for a in geo.actors if a != code)}"
    return f"between {_named(geo.actors)}" if len(geo.actors) > 1 else f"by {_named(geo.actors)}"


def _named(actors: Sequence[str]) -> str:
    """`CN, EU and US`."""
    *first, last = actors or ("a state that is not named",)
    return f"{', '.join(first)} and {last}" if first else last
