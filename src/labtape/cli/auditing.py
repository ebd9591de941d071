"""The command that audits: whether labtape judges by whose news it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labtape.cli.common import complain, console, progress, settings
from labtape.exceptions import ReadError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labtape.train.audit import Audit
    from labtape.types import Article

app = typer.Typer(help="What labtape's verdicts depend on and should not: audit them.", no_args_is_help=True)


@app.command()
def bias(
    context: typer.Context,
    articles: Annotated[
        Path | None,
        typer.Option(help="JSONL of articles, or a folder of them; without it the demo's."),
    ] = None,
    split: Annotated[str, typer.Option(help="Only articles with this `split`.")] = "",
    language: Annotated[str, typer.Option(help="Only articles with this `language`.")] = "",
    floors: Annotated[Path | None, typer.Option(help="Limits to compare with.")] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Whether a verdict follows the name of a lab or country.

    Makes twins of every article (labs of a pair change places, the US and China do, the headline is denied, figures are
    doubled), judges both, and prints the mean changes with intervals; exit 1 where a country's or a lab's is over its limit.
    """
    from labtape.batch import Tools, opened
    from labtape.train.audit import audit, measures
    from labtape.train.audit_table import audit_table, cause_lines
    from labtape.train.floors import check_floors

    found = _articles(articles, split, language)
    chosen = settings(context)
    lexicon, model = opened(Tools(bundle=chosen.bundle, lexicon=chosen.lexicon))
    with progress("judging twins") as bar:
        made = audit(found, lexicon=lexicon, model=model, seed=seed, progress=bar)
    told = measures(made)
    problems = check_floors("audit", told, floors)
    if json:
        _print_json(made, told, problems)
    else:
        screen = console()
        screen.print(audit_table(made))
        lines = cause_lines(made)
        if lines:
            screen.print("\nBeyond noise, and the parts that differ most (log-odds):")
        for line in lines:
            screen.print(f"  {line}", markup=False)
    for problem in problems:
        complain(f"labtape: {problem}")
    raise typer.Exit(1 if problems else 0)


def _print_json(made: Audit, told: Mapping[str, Any], problems: Sequence[str]) -> None:  # Any: nested numbers
    from labtape.plain import to_plain
    from labtape.report.record import dumps

    typer.echo(dumps({**to_plain(made), "measures": told, "over_limit": list(problems)}))


def _articles(path: Path | None, split: str, language: str) -> list[Article]:
    """The articles to audit, all of them readable; raises `ReadError` where there are none."""
    from labtape.demo import NOW, feeds_folder
    from labtape.read import Failure, article_from_row, read_articles
    from labtape.train.gold import rows_with_places

    if path is None:
        read = [a for file in sorted(feeds_folder().iterdir()) for a in read_articles(file, now=NOW)]
        return [a for a in read if not isinstance(a, Failure)]
    now = datetime.now(UTC)
    found = [
        article_from_row(row, place=place, now=now)
        for place, row in rows_with_places(path)
        if (not split or row.get("split") == split) and (not language or row.get("language") == language)
    ]
    if not found:
        raise ReadError(
            f"{path}: no article of this split and language; leave --split and --language out to see all"
        )
    return found
