"""What `labtape evaluate` does with one file: score it, measure, print, compare."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from labtape.batch import Tools
from labtape.batch import score as score_articles
from labtape.cli.common import complain, progress
from labtape.read import article_from_row
from labtape.report import record_to_dict, write_records
from labtape.train import check_floors, evaluate, measures_table, read_gold

if TYPE_CHECKING:
    from rich.console import Console

    from labtape.settings import Settings


def evaluated(
    path: Path,
    settings: Settings,
    *,
    texts: Path | None,
    now: datetime,
    as_json: bool,
    floors: Path | None,
    records: Path | None,
    screen: Console,
) -> bool:
    """Measure one gold file; True when a measure is under its floor."""
    found = read_gold(path, texts)
    gold = found.rows
    if found.n_missing or found.n_changed:
        complain(
            f"labtape: {path.name}: {found.n_missing} texts missing, {found.n_changed} changed; left out"
        )
    with progress(f"scoring {path.name}") as bar:
        made = []
        tools = Tools(bundle=settings.bundle, lexicon=settings.lexicon)
        articles = (article_from_row(row, place=f"{path}:{n}", now=now) for n, row in enumerate(gold, 1))
        for record in score_articles(articles, tools=tools, now=now):
            made.append(record)
            bar(len(made), len(gold))
    if records:
        write_records(made, records)
    measures = evaluate(gold, [record_to_dict(r) for r in made])
    problems = check_floors(path.stem, measures, floors)
    if as_json:
        typer.echo(
            json.dumps(
                {"gold": path.name, "measures": measures, "under_floor": list(problems)}, ensure_ascii=False
            )
        )
    else:
        screen.print(measures_table(path.name, measures, gold))
    for problem in problems:
        complain(f"labtape: {path.name}: {problem}")
    return bool(problems)
