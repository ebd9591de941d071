"""The measures on a screen, verdicts beside plain methods of the same run, and the mention errors by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from labtape.train.beside import LABTAPE
from labtape.train.mention_errors import MentionError, commonest, error_counts
from labtape.train.reliability import BINS

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

#: Counts, which the table leaves to --json; look-alikes have a row of their own.
_NO_ROW: Final = frozenset({"tp", "fp", "fn", "all", "linked"})
#: What the verdicts' own rows say better, and a list of words.
_NO_PART: Final = frozenset({"verdict", "verdicts", "worst_mentions"})
_VERDICTS: Final = {
    "acc": "accuracy",
    "macro_f1": "macro-F1",
    "direction_acc": "direction right",
    "acc_high_confidence": "clear cases right",
    "ece": f"ECE, {BINS} bins",
    "acc_top_25": "surest 25 % right",
    "acc_top_50": "surest 50 % right",
    "acc_top_75": "surest 75 % right",
    "conformal_coverage": "90 % set holds it",
    "conformal_size": "labels in a set",
}
_WITH_N: Final = frozenset({"acc", "direction_acc", "acc_high_confidence", "conformal_coverage"})
_CAPTION: Final = (
    "Of relevant articles (how many for labtape, in brackets), with 95 % intervals: bootstrap over stories. Clear cases are those "
    "whose annotator was sure. TF-IDF is the bundle's text model alone, on headlines. –: not claimed, or not here."
)

_CAPTION_HEADLINES: Final = "With 95 % intervals: bootstrap over headlines. TF-IDF is the bundle's text model alone. –: not claimed, or not here."
_CAPTION_STORIES: Final = (
    "BCubed, with 95 % intervals: bootstrap over true stories. At first: labtape's stories as each article was placed when it came. TF-IDF (single pass) and "
    "MinHash have the best threshold of their own set, ecb_dev that of ecb_train. labtape's constants were tuned on ecb_train, uci and the pairs."
)
_CAPTION_PAIRS: Final = (
    "Of pairs: told to be one story, with 95 % intervals: bootstrap over pairs; copy, event or neither right (levels). Thresholds are the best of these pairs. "
    "Speed is of the grouping alone: articles a CPU second."
)
_LEARNED: Final = "\nThe bundle was fitted on this very file: its verdicts are not held out."


def measures_table(name: str, measures: Mapping[str, Any], *, learned_from: bool = False) -> Group:
    """Verdicts first, each measure with its 95 % interval and beside the plain methods; then a line for each other part.

    It fits 80 columns. `learned_from` says above it that the bundle was fitted on these articles.
    """
    from rich.console import Group

    title = f"{name}: {measures['items']} articles, {measures['missing']} missing"
    title += _LEARNED * learned_from
    return Group(_verdicts_table(title, measures["verdicts"]), "", _parts_table(measures))


def headlines_table(
    title: str, columns: Mapping[str, Mapping[str, Any] | None], *, learned_from: bool
) -> Table:  # Any: JSON of measures
    """The measures of labelled headlines beside the plain methods, as `measures_table` shows those of articles."""
    return _verdicts_table(title + _LEARNED * learned_from, columns, _CAPTION_HEADLINES)


def stories_table(name: str, measures: Mapping[str, Any]) -> Table:  # Any: JSON of measures
    """What each method made of one set of stories, or of the pairs; it fits 80 columns."""
    from rich.table import Table

    of_pairs = "pairs" in measures
    what = f"{measures['pairs']} pairs" if of_pairs else f"{measures['stories']} stories"
    table = Table(
        title=f"{name}: {measures['articles']} articles, {what}",
        caption=_CAPTION_PAIRS if of_pairs else _CAPTION_STORIES,
        title_justify="left",
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("stories", no_wrap=True)
    columns = {"p": "precision", "r": "recall", "f1": "F1"} | ({"levels": "levels"} if of_pairs else {})
    for words in columns.values():
        table.add_column(words, no_wrap=True)
    table.add_column("tp fp fn" if of_pairs else "found", justify="right", no_wrap=True)
    table.add_column("per s", justify="right", no_wrap=True)
    for method, found in measures["methods"].items():
        n = f"{found['tp']} {found['fp']} {found['fn']}" if of_pairs else str(found["stories"])
        speed = f"{found['per_second']:,}" if (found["per_second"] or 10**5) < 10**5 else ">100k"
        table.add_row(method, *(_cell(key, found) for key in columns), n, speed)
    return table


def _verdicts_table(title: str, columns: Mapping[str, Mapping[str, Any] | None], caption: str = "") -> Table:
    from rich.table import Table

    table = Table(
        title=title,
        caption=caption or _CAPTION,
        title_justify="left",
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("verdicts", no_wrap=True)
    for column in columns:
        table.add_column(column.replace(" ", "\n"))
    for key, words in _VERDICTS.items():
        own = (columns[LABTAPE] or {}).get(key)
        if own:
            n = f" ({own['n']})" if key in _WITH_N else ""
            table.add_row(words + n, *(_cell(key, found) for found in columns.values()))
    return table


def _parts_table(measures: Mapping[str, Any]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("findings", no_wrap=True)
    table.add_column("")
    for part, value in measures.items():
        if isinstance(value, Mapping) and part not in _NO_PART:
            numbers = [
                f"{key} {number}"
                for key, number in value.items()
                if isinstance(number, int | float) and key not in _NO_ROW
            ]
            table.add_row(part, ", ".join(numbers))
        elif part in ("decoys_linked", "offset_errors"):
            table.add_row(part, str(value))
    return table


def _cell(key: str, found: Mapping[str, Any] | None) -> str:
    """A measure and its interval in twelve columns; a method that claims nothing of the kind, or is not here, has a dash."""
    m = found.get(key) if found else None
    if not m:
        return "–"
    if key == "conformal_size":
        return f"{m['value']:.2f} {m['low']:.2f}–{m['high']:.2f}"
    return f"{_part(m['value'], 3)} {_part(m['low'], 2)}–{_part(m['high'], 2)}"


def _part(value: float, digits: int) -> str:
    """A part of one without its leading zero.

    >>> _part(0.7865, 3), _part(1.0, 2)
    ('.786', '1.0')
    """
    return f"{value:.{digits}f}".removeprefix("0") if value < 1 else "1.0"


def errors_table(name: str, errors: Sequence[MentionError], n_cases: int) -> Table:
    """What was missed or wrongly linked, by kind: the commonest `n_cases` of each, the first place of each in its words."""
    from rich.table import Table
    from rich.text import Text

    counts = error_counts(errors)
    fn, fp = (sum(of_kind[side] for of_kind in counts.values()) for side in ("fn", "fp"))
    title = f"Mention errors by kind, {name}: {fn} missed, {fp} false"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("kind", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("surface → annotated / found (rule or reason)", overflow="fold")
    for kind, cases in commonest(errors).items():
        table.add_section()
        begin = (kind, str(counts[kind]["cases"]))
        for error, n in cases[:n_cases]:
            table.add_row(*begin, Text(_in_words(error, n)))
            table.add_row("", "", Text(f"  {error.context}", style="dim", no_wrap=True, overflow="ellipsis"))
            begin = ("", "")
        if (rest := len(cases) - n_cases) > 0:
            table.add_row("", "", Text(f"and {rest} more", style="dim"))
    return table


def _in_words(error: MentionError, n: int) -> str:
    why = "; ".join(part for part in (error.rule, error.reason) if part)
    times = f" ×{n}" if n > 1 else ""
    return (
        f"{error.surface} → {error.expected or '–'} / {error.found or '–'}{f' ({why})' if why else ''}{times}"
    )
