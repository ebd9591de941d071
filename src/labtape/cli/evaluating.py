"""What `labtape evaluate` does with one file, annotated articles or labelled headlines, and with the stories: measure, print, compare."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from labtape.batch import Tools, annotate_articles, opened
from labtape.batch import score as score_articles
from labtape.cli.common import complain, progress
from labtape.exceptions import SettingsError
from labtape.read import article_from_row
from labtape.report import record_to_dict, write_records, write_text
from labtape.signal import learned_digests, load_text_model, toward
from labtape.train import (
    PAIRS,
    Headlines,
    MentionError,
    check_floors,
    check_shared,
    conflicting,
    digest_of_files,
    error_counts,
    error_row,
    errors_table,
    evaluate,
    find_mention_errors,
    headline_columns,
    headlines_table,
    measure_pairs,
    measure_sets,
    measures_table,
    read_gold,
    read_headlines,
    read_pair_set,
    read_story_sets,
    stories_table,
    verdict_columns,
)
from labtape.train.story_sets import POOL, shipped_pairs
from labtape.types import Article

if TYPE_CHECKING:
    from rich.console import Console

    from labtape.settings import Settings


ERROR_FORMATS = (".csv", ".jsonl")
#: What stands for a file where the stories are measured.
STORIES = "stories"
#: Processes that annotate the pool.
_JOBS = 2


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What one gold file gave: whether a measure is under its floor, and every mention error."""

    failed: bool
    errors: tuple[MentionError, ...]


def evaluated(
    path: Path,
    settings: Settings,
    *,
    texts: Path | None,
    now: datetime,
    as_json: bool,
    floors: Path | None,
    records: Path | None,
    n_cases: int,
    screen: Console,
) -> Evaluated:
    """Measure one gold file, and show at most `n_cases` mention errors of a kind."""
    found = read_gold(path, texts)
    gold = found.rows
    if found.n_missing or found.n_changed:
        complain(
            f"labtape: {path.name}: {found.n_missing} texts missing, {found.n_changed} changed; left out"
        )
    with progress(f"scoring {path.name}") as bar:
        made = []
        tools = Tools(settings.bundle, settings.lexicon, settings.bundle_digest)
        articles = (article_from_row(row, place=f"{path}:{n}", now=now) for n, row in enumerate(gold, 1))
        for record in score_articles(articles, tools=tools, now=now):
            made.append(record)
            bar(len(made), len(gold))
    if records:
        write_records(made, records)
    rows = [record_to_dict(r) for r in made]
    measures = evaluate(gold, rows)
    measures["verdicts"] = verdict_columns(gold, rows, text_model=load_text_model(settings.bundle))
    errors = find_mention_errors(gold, rows)
    problems = check_floors(path.stem, measures, floors)
    learned_from = digest_of_files(path) in learned_digests(settings.bundle)
    if as_json:
        told = {"counts": error_counts(errors), "rows": [error_row(e) for e in errors]}
        answer = {
            "gold": path.name,
            "learned_from": learned_from,
            "measures": measures,
            "mention_errors": told,
            "under_floor": list(problems),
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        screen.print(measures_table(path.name, measures, learned_from=learned_from))
        if n_cases and errors:
            screen.print(errors_table(path.name, errors, n_cases))
    for problem in problems:
        complain(f"labtape: {path.name}: {problem}")
    return Evaluated(bool(problems), errors)


def evaluated_headlines(
    path: Path, settings: Settings, *, now: datetime, as_json: bool, screen: Console
) -> None:
    """Measure a CSV of labelled headlines: each as a text of any topic, or for the name its row has."""
    found = read_headlines(path)
    tools = Tools(settings.bundle, settings.lexicon, settings.bundle_digest)
    made: list[Mapping[str, float]] = []
    with progress(f"scoring {path.name}") as bar:
        for p in _read_for_names(found, tools) if found.has_names else _read_whole(found, tools, now):
            made.append(p)
            bar(len(made), len(found.rows))
    text_model = load_text_model(settings.bundle)
    measures = {"all": headline_columns(found.rows, made, text_model)}
    apart = conflicting(found.rows)
    if found.has_names and apart:
        own = [found.rows[k] for k in apart]
        measures["conflicting"] = headline_columns(own, [made[k] for k in apart], text_model)
    learned_from = digest_of_files(path) in learned_digests(settings.bundle)
    if as_json:
        answer = {
            "headlines": path.name,
            "learned_from": learned_from,
            "mixed": found.n_mixed,
            "measures": measures,
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    what = "names in headlines" if found.has_names else "headlines"
    left = f", {found.n_mixed} mixed left out" if found.n_mixed else ""
    title = f"{path.name}: {len(found.rows)} {what}{left}"
    screen.print(headlines_table(title, measures["all"], learned_from=learned_from))
    if "conflicting" in measures:
        title = f"{path.name}: {len(apart)} names of headlines whose names differ"
        screen.print(headlines_table(title, measures["conflicting"], learned_from=learned_from))


def evaluated_stories(
    shared: Path, settings: Settings, *, as_json: bool, floors: Path | None, screen: Console
) -> bool:
    """Measure the stories of the public sets and of the own pairs in `shared`; say whether a measure is under its floor."""
    check_shared(shared)
    pair_set = read_pair_set(shipped_pairs(), shared / POOL)
    if pair_set.n_lost:
        complain(f"labtape: {pair_set.n_lost} pairs left out: their texts are missing or have changed")
    with progress("grouping the public sets") as bar:
        measures = measure_sets(read_story_sets(shared), bar)
    tools = Tools(lexicon=settings.lexicon)
    with progress("annotating the pool") as bar:
        annotated = []
        for a in annotate_articles(pair_set.articles, tools=tools, jobs=_JOBS):
            annotated.append(a)
            bar(len(annotated), len(pair_set.articles))
    with progress("grouping the pool") as bar:
        measures[PAIRS] = measure_pairs(pair_set, annotated, bar)
    problems = check_floors(STORIES, measures, floors)
    if as_json:
        answer = {"stories": str(shared), "measures": measures, "under_floor": list(problems)}
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for name, found in measures.items():
            screen.print(stories_table(name, found))
            screen.print()
    for problem in problems:
        complain(f"labtape: {STORIES}: {problem}")
    return bool(problems)


def _read_whole(found: Headlines, tools: Tools, now: datetime) -> Iterator[Mapping[str, float]]:
    articles = (Article(f"headline:{n}", row.text, "") for n, row in enumerate(found.rows, 1))
    for record in score_articles(articles, tools=tools, now=now, any_topic=True):
        yield record.verdict.p


def _read_for_names(found: Headlines, tools: Tools) -> Iterator[Mapping[str, float]]:
    _, model = opened(tools)
    for row in found.rows:
        yield from toward(model, row.text, [row.entity]).values()


def check_errors_name(path: Path) -> None:
    """Refuse a name that no errors can be written under, before anything is scored."""
    if path.suffix not in ERROR_FORMATS:
        raise SettingsError(f"{path}: no format has this ending; have: {', '.join(ERROR_FORMATS)}")


def write_errors(path: Path, errors: Mapping[str, Sequence[MentionError]]) -> None:
    """Write every mention error by the name of its gold file, as CSV or JSON Lines; no words of the texts but names."""
    from labtape.train.mention_errors import errors_csv, errors_jsonl

    write_text(path, errors_csv(errors) if path.suffix == ".csv" else errors_jsonl(errors))
