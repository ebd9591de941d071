"""The digest as HTML for mail: tables and styles on the elements, no pictures, no scripts, less than what Gmail cuts.

Mail clients drop SVG and style sheets, and hide pictures until asked; so bars are cells of tables, every element has its
style on it, and the one style sheet only adds dark colours and narrow screens for those who read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from labtape.report.digest_charts import time_words
from labtape.report.digest_nouns import FULL_STORIES, Digest, TimeCount
from labtape.report.page import environment, segments, style
from labtape.report.wording import polarity

#: Gmail cuts a message at 102 kB; some of it is for what servers add.
MOST_BYTES: Final = 96_000
# Stories in full and by headline, most first, until the mail fits.
_SIZES: Final = ((FULL_STORIES, 40), (FULL_STORIES, 15), (6, 15), (4, 8), (2, 4), (1, 0), (0, 0))
_BARS: Final = 14
_BAR_WIDTH: Final = 240


def digest_mail(digest: Digest) -> str:
    """The digest as one HTML document for mail clients, at most `MOST_BYTES` of UTF-8; the rest is counted in a line."""
    made = ""
    for full, short in _SIZES:
        made = _rendered(digest, full, short)
        if len(made.encode("utf-8", "replace")) <= MOST_BYTES:
            break
    return made


def _rendered(digest: Digest, full: int, short: int) -> str:
    rest = digest.stories[full : full + short]
    times = told_times(digest.over_time)
    made: str = (
        environment()
        .get_template("mail.html.jinja")
        .render(
            d=digest,
            full=digest.stories[:full],
            rest=rest,
            n_left_out=digest.counts.n_stories
            - digest.counts.n_below
            - min(full, len(digest.stories))
            - len(rest),
            n_lines=max(full, 3),
            times=times,
            most=max((sum(one.labels.values()) for one in times), default=1),
            time_words=time_words,
            widths=_widths,
            bar_width=_BAR_WIDTH,
            labels=sorted(digest.counts.labels, key=polarity),
            style=Markup(style("mail.css")),  # noqa: S704 - our own file, no text of a feed
        )
    )
    return made


def told_times(counts: Sequence[TimeCount]) -> tuple[TimeCount, ...]:
    """The last times in which something was told, as many as a mail has room for; none where there is but one."""
    told = [one for one in counts if one.labels]
    return tuple(told[-_BARS:]) if len(told) > 1 else ()


def _widths(counts: TimeCount, most: int) -> tuple[tuple[str, int, int], ...]:
    """The cells of a bar: side, pixels, stories; most bearish first, `most` stories fill the width."""
    total = sum(counts.labels.values())
    parts = {label: n / most for label, n in counts.labels.items()}
    pieces = segments(parts, _BAR_WIDTH)
    numbers = sorted(counts.labels.items(), key=lambda item: polarity(item[0]))
    return tuple(
        (piece.side, max(round(piece.width), 14), n) for piece, (_, n) in zip(pieces, numbers, strict=True)
    ) if total else ()  # fmt: skip
