"""`labtape corpus`: what labtape learns from: counted, proved, joined to its texts, labelled on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import complain, console, number_of, progress, settings
from labtape.exceptions import ReadError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

    from labtape.corpus import Stats
    from labtape.lexicon.entries import Lexicon
    from labtape.train.agreement import Agreement

app = typer.Typer(help="The learning set: prove it, count it, label on.", no_args_is_help=True)
Corpora = Annotated[Path, typer.Option(help="The folder that has labels/ and articles/.")]
Texts = Annotated[
    Path, typer.Option(help="JSONL with id, title and text of the labelled articles, or a folder.")
]
HERE = Path("corpora")
PUBLISHERS, MONTHS = 20, 24  # how many are shown


@app.command("check")
def check_corpus(
    context: typer.Context,
    corpora: Corpora = HERE,
    texts: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Texts, to prove every offset and value as well: a JSONL or a folder; repeatable.",
        ),
    ] = None,
) -> None:
    """Prove ids, values, splits and offsets.

    Without --texts: form, ids, splits, and our own articles to the letter. With --texts every offset and value as well, and that no
    label repeats its article's words. Exit 1 with one line a problem.
    """
    from labtape.corpus import check

    found = check(corpora, texts or (), _lexicon(context))
    for problem in found.problems:
        complain(problem)
    counts = ((found.n_labels, "label"), (found.n_articles, "article"), (found.n_spans, "span"))
    told = "{} of others' texts, {} of ours, {}".format(*(number_of(n, what) for n, what in counts))
    if texts:
        told += f"; {found.n_joined} texts joined, {found.n_missing} missing"
    typer.echo(
        f"{corpora}: {told}; {number_of(len(found.problems), 'problem') if found.problems else 'no problems'}"
    )
    raise typer.Exit(1 if found.problems else 0)


@app.command("stats")
def corpus_stats(
    context: typer.Context,
    corpora: Corpora = HERE,
    json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Count labels, balance, agreement, splits.

    Labels by kind, directions, events, draws, publishers, months, and how far second readings agree with first ones.
    """
    from labtape.corpus import stats

    found = stats(corpora, _lexicon(context))
    if json:
        import dataclasses
        from json import dumps

        typer.echo(dumps(dataclasses.asdict(found), ensure_ascii=False))
    else:
        _show(found)


@app.command("join")
def join_corpus(
    context: typer.Context,
    texts: Texts,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write into; outside the project.")],
    corpora: Corpora = HERE,
) -> None:
    """Join labels to their texts.

    Writes train, dev, test, apart and holdout as JSONL. A label whose text is missing or has changed is counted and left out.
    """
    from labtape.corpus import join

    made = join(corpora, texts, out, _lexicon(context))
    for name, n in made.files.items():
        typer.echo(f"{out / name}.jsonl\t{n}")
    if made.n_missing or made.n_changed:
        complain(f"labtape: {made.n_missing} texts missing, {made.n_changed} changed; left out")


@app.command("split")
def split_corpus(
    context: typer.Context,
    texts: Texts,
    gold: Annotated[
        list[Path],
        typer.Option(metavar="FILE", help="Annotated articles whose stories are kept apart; repeatable."),
    ],
    corpora: Corpora = HERE,
) -> None:
    """Write story and side into every label.

    All texts are grouped into stories; a story stands on one side: train, dev, test, or apart with gold.
    """
    from labtape.corpus import assign

    with progress("grouping") as bar:
        counts = assign(corpora, texts, gold, _lexicon(context), progress=bar)
    typer.echo(", ".join(f"{name} {n}" for name, n in sorted(counts.items())))


@app.command("agreement")
def agreement_of(
    context: typer.Context,
    first: Annotated[Path, typer.Argument(help="Labels: a JSONL or a folder of them.")],
    second: Annotated[Path, typer.Argument(help="Another reading of some of the same articles.")],
) -> None:
    """How far two readings agree.

    Cohen's kappa and the part that is equal, or F1, for each field that both have.
    """
    from labtape.corpus.check import right_rows, vocabulary_of
    from labtape.train.agreement import agreement

    lexicon = _lexicon(context)
    vocabulary = vocabulary_of(lexicon, HERE)
    found = agreement(right_rows(first, vocabulary), right_rows(second, vocabulary), lexicon)
    if not found:
        raise ReadError(f"{second}: no article of {first} is in it; ids (and sha256) must be the same")
    _show_agreement(f"{second.name} against {first.name}", found)


@app.command("sheet")
def reading_sheet(
    context: typer.Context,
    texts: Texts,
    ids: Annotated[Path, typer.Option(help="File with the ids to read, one a line.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write.")],
) -> None:
    """Write a reading sheet.

    The articles, with every number and name that a reader decides on marked; outside the project, for it holds texts. docs/annotation.md has the form of an answer; `labtape corpus take` reads it.
    """
    from labtape.corpus import sheets
    from labtape.corpus.files import must_be_outside, write_text

    must_be_outside(out)
    wanted = [line.strip() for line in _lines(ids) if line.strip()]
    with progress("sheets") as bar:
        made = sheets(texts, wanted, _lexicon(context), progress=bar)
    write_text(out, made)
    typer.echo(f"{out}: {number_of(len(set(wanted)), 'article')}")


@app.command("take")
def take_answers(
    context: typer.Context,
    answers: Annotated[Path, typer.Argument(help="A reader's answers to a sheet.")],
    texts: Texts,
    out: Annotated[Path, typer.Option("-o", "--out", help="JSONL of labels to write.")],
) -> None:
    """Turn a reader's answers into labels.

    Exit 1 with one line for each answer that cannot be right. Articles without a problem are written all the same.
    """
    from labtape.corpus import take

    if out.exists() and out.samefile(answers):
        raise SettingsError(f"{out}: holds the answers; name another file for the labels")
    found = take("\n".join(_lines(answers)), texts, out, _lexicon(context))
    for problem in found.problems:
        complain(f"{answers}:{problem.line}: {problem.what}")
    typer.echo(f"{out}: {number_of(found.n, 'article')}, {number_of(len(found.problems), 'problem')}")
    raise typer.Exit(1 if found.problems else 0)


def _lexicon(context: typer.Context) -> Lexicon:
    """The lexicon of the settings: a user's own organisations and events count here, too."""
    from labtape.batch import opened_lexicon

    return opened_lexicon(settings(context).lexicon)


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise ReadError(f"{path}: no such file")
    try:
        return path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as e:
        raise ReadError(f"{path}: not UTF-8 at byte {e.start}") from e


def _show(found: Stats) -> None:
    from rich.table import Table

    screen = console()
    table = Table(title="Articles, and what they were read for", title_justify="left")
    table.add_column("")
    for part in found.parts:
        table.add_column(part.name, justify="right")
    table.add_row("articles", *(f"{part.n:,}" for part in found.parts))
    _count_rows(table, [part.read_for for part in found.parts], "read for: ")
    _count_rows(table, [part.found for part in found.parts], "")
    for title, field in (
        ("relevant", "relevance"),
        ("verdict", "directions"),
        ("verdict of a subject", "entity_directions"),
        ("event", "events"),
        ("states", "geo"),
        ("draw", "draws"),
        ("split", "splits"),
        ("language", "languages"),
    ):
        table.add_section()
        _count_rows(table, [getattr(part, field) for part in found.parts], f"{title}: ")
    screen.print(table)
    for part in found.parts:
        publishers, months = list(part.publishers.items()), list(part.months.items())
        _list(screen, f"{part.name}, publishers", publishers[:PUBLISHERS], publishers[PUBLISHERS:], "others")
        _list(screen, f"{part.name}, months", months[-MONTHS:], months[:-MONTHS], "earlier")
    for name, fields in found.second.items():
        _show_agreement(f"second readings: {name}", fields)


def _list(
    screen: Console, title: str, shown: list[tuple[str, int]], rest: list[tuple[str, int]], name: str
) -> None:
    """Counts in a line; what is left out is one count."""
    if shown:
        told = ", ".join(f"{key} {n}" for key, n in shown)
        screen.print(f"{title}: {told}" + (f", {name} {sum(n for _, n in rest)}" if rest else "") + "\n")


def _count_rows(table: Table, columns: Sequence[Mapping[str, int]], prefix: str) -> None:
    for name in dict.fromkeys(name for counts in columns for name in counts):
        table.add_row(prefix + name, *(f"{counts[name]:,}" if name in counts else "" for counts in columns))


def _show_agreement(title: str, found: tuple[Agreement, ...]) -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    table.add_column("field")
    for column in ("equal or F1", "kappa", "n"):
        table.add_column(column, justify="right")
    for a in found:
        table.add_row(a.field, f"{a.value:.3f}", "" if a.kappa is None else f"{a.kappa:.2f}", f"{a.n:,}")
    console().print(table)
