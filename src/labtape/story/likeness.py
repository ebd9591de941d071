"""How alike an article and a story are: a decision from plain values, so that each case can be tested.

Words first (cosine against the story's centre and its nearest article), then what the slots say about it.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtape.story.slots import Slots

# Where these come from: ECB+ train, the UCI headlines and the pairs (`labtape evaluate stories`); rerun it when tokens, weights or the
# table of meanings change.
#: The cosine from which two full texts tell one event …
JOIN = 0.38
#: … and how much less is asked of a headline alone, which has few words to share; texts of FULL words get no
#: discount, and LEAST is always asked.
SHORT_DISCOUNT = 0.30
FULL = 20
LEAST = 0.10
#: Weight of the meaning against the words.
MEANT = 0.2
#: The likeness of two stories' centres from which they are one.
MERGE = 0.5
#: Added for an article that comes right behind the last: news breaks in bursts. It falls by two thirds with every hour.
BURST = 0.10
#: Added for a copy: a wire story under another headline, a guide that is printed again.
SAME_TEXT = 0.30
#: Taken off where both are of one outlet: it seldom tells an event twice, but its next piece is often on the same matter.
SAME_OUTLET = 0.15
#: Weight of the nearest article against the story's centre.
NEAREST = 0.3
#: Added when lab and a telling figure agree, when the titles name one lab, when the figures of two languages agree; taken off when figures or dates differ.
SAME_FIGURE = 0.12
SAME_LAB = 0.05
ACROSS_LANGUAGES = 0.40
OTHER_ISSUE = 0.60
#: Taken off for each day behind the first half day from the nearest article: later ones tell the next step of a matter oftener
#: than the same event (tests/story/test_sets.py, the pairs).
LATE = 0.12
IN_TIME = 12.0


def joint(cosine: float, kinship: float | None) -> float:
    """The likeness in words and in meaning together; in words alone where one side has no meaning."""
    if kinship is None:
        return cosine
    return (1 - MEANT) * cosine + (MEANT * kinship if kinship > 0.0 else 0.0)


def needed(n_words: int) -> float:
    """The likeness from which an article of so many different words joins."""
    return max(LEAST, JOIN - SHORT_DISCOUNT * max(0.0, (FULL - n_words) / FULL))


def blend(centre: float, nearest: float) -> float:
    """The cosine with a story, from those with its centre and with its nearest article."""
    return NEAREST * nearest + (1 - NEAREST) * centre


def is_one(alike: float) -> bool:
    """Whether two stories, that one article belongs to both of, are one: from the likeness of their centres."""
    return round(alike, 6) >= MERGE


def adjustment(
    new: Slots,
    old: Slots,
    *,
    hours: float,
    same_language: bool,
    is_timed: bool = False,
    same_outlet: bool = False,
    same_text: bool = False,
) -> float:
    """What the slots of an article and of its nearest relative in a story add to their cosine.

    Titles about different labs, or a recurring report of another day, are never one event. What comes days later needs to be
    more alike.
    """
    late = LATE * max(0.0, hours - IN_TIME) / 24 - (BURST * exp(-hours) if is_timed and hours else 0.0)
    late += -SAME_TEXT if same_text else SAME_OUTLET if same_outlet else 0.0
    if _about_others(new, old):
        return -OTHER_ISSUE
    if is_other_issue(new, old, hours=hours):
        return -OTHER_ISSUE
    shared = new.figures & old.figures
    labs = new.labs & old.labs
    if not same_language:
        return (
            ACROSS_LANGUAGES
            if labs and (len(shared) >= 2 or (shared and new.title_labs == old.title_labs))
            else 0.0
        ) - late
    about = SAME_LAB if new.title_labs & old.title_labs else 0.0
    return about + (SAME_FIGURE if labs and shared else 0.0) - late


def _about_others(new: Slots, old: Slots) -> bool:
    """Whether the titles name labs, no lab twice, and neither text names the other's."""
    if not new.title_labs or not old.title_labs or new.title_labs & old.title_labs:
        return False
    return not (new.labs & old.title_labs and old.labs & new.title_labs)


def is_other_issue(new: Slots, old: Slots, *, hours: float) -> bool:
    """Whether two alike texts are two issues of one recurring report: other dates, or none of the figures the same."""
    if new.dates and old.dates and not new.dates & old.dates and not new.figures & old.figures:
        return True
    return hours >= 20 and len(new.figures) >= 2 and len(old.figures) >= 2 and not new.figures & old.figures
