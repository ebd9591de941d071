"""The commands that show: label, digest, explain."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtape.cli.common import complain, console, known_by, moment, open_desk, settings
from labtape.exceptions import ReadError, SettingsError

if TYPE_CHECKING:
    from labtape.batch import Tools
    from labtape.lexicon import Lexicon
    from labtape.ports import Account
    from labtape.report import Digest
    from labtape.settings import Settings
    from labtape.types import Article, Record


class DigestFormat(StrEnum):
    terminal = "terminal"
    markdown = "markdown"
    html = "html"
    mail = "mail"
    json = "json"
    rss = "rss"
    atom = "atom"
    jsonfeed = "jsonfeed"


_FORMS = {
    ".md": "markdown", ".html": "html", ".json": "json", ".rss": "rss", ".xml": "rss", ".atom": "atom",
}  # fmt: skip


def register(app: typer.Typer) -> None:
    for command in (label, digest, explain):
        app.command()(command)


def label(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(help="A text, an address, a file (.txt, .html, .jsonl …), - for stdin.")
    ],
    title: Annotated[str, typer.Option(help="Headline, where WHAT is a text.")] = "",
    published: Annotated[str | None, typer.Option(help="When it was published, as 2026-06-01.")] = None,
    any_topic: Annotated[bool, typer.Option(help="Judge it, AI or not.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
    why: Annotated[
        bool,
        typer.Option("--why", help="Show what moved the probabilities: every head in parts that add up."),
    ] = False,
    html: Annotated[bool, typer.Option("--html", help="Print a page with every finding marked.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="FILE.html to write that page to.")] = None,
) -> None:
    """Label one text or file and say why."""
    from labtape.batch import Tools, opened_lexicon, score
    from labtape.report import explained_json, label_terminal, moved_terminal, record_json

    html = html or _is_page(out)
    if html and json:
        raise SettingsError("--json prints records and --html a page of them; give one of the two")
    if html and why:
        raise SettingsError("--why is for the screen and --json; the page of --html has no place for it")
    now = datetime.now(UTC)
    chosen = settings(context)
    articles = _articles(what, title, moment(published, now=now), chosen, now)
    screen = console()
    tools = Tools(chosen.bundle, chosen.lexicon, chosen.bundle_digest)
    lexicon = opened_lexicon(tools.lexicon)
    records = score(articles, tools=tools, now=now, any_topic=any_topic)
    if html:
        _show_page(zip(records, articles, strict=True), lexicon, out=out)
        return
    accounts = _accounts(articles, tools) if why else [None] * len(articles)
    for record, account in zip(records, accounts, strict=True):
        if json:
            typer.echo(explained_json(record, account) if why else record_json(record))
            continue
        label_terminal(record, screen, lexicon=lexicon)
        if account:
            moved_terminal(account, record, screen, lexicon=lexicon)


def _accounts(articles: Sequence[Article], tools: Tools) -> Sequence[Account | None]:
    """What moved the probabilities of each; None for all, with a word, where the model cannot say."""
    from labtape.annotate import annotate_many
    from labtape.batch import opened
    from labtape.signal import accounts

    lexicon, model = opened(tools)
    found = accounts(model, list(annotate_many(articles, lexicon)))
    if found is None:
        complain(f"labtape: model {model.ref.bundle} does not say what moved it")
    return found or [None] * len(articles)


def _is_page(out: Path | None) -> bool:
    """Whether a page is asked for by the name of its file; any other name is wrong use."""
    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise SettingsError(f"{out}: label writes a page, its name ends in .html")
    return out is not None


def _show_page(pairs: Iterable[tuple[Record, Article]], lexicon: Lexicon, *, out: Path | None) -> None:
    from labtape.report import linked_html, write_text

    page = linked_html(pairs, lexicon=lexicon)
    if out is None:
        typer.echo(page, nl=False)
    else:
        write_text(out, page)


def digest(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(help="From when: 36h, 7d, 2026-06-01.")] = None,
    until: Annotated[
        str | None, typer.Option(help="To when, a date with the whole of that day; now.")
    ] = None,
    watchlist: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Entity, ticker or event to put first; repeatable."),
    ] = None,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Only count stories whose verdict is less likely, as 0.6; the watchlist is shown anyway.",
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL", help="Show stories of this label only, as Bearish; repeatable."),
    ] = None,
    form: Annotated[
        DigestFormat, typer.Option("--format", "--form", help="How to print it.")
    ] = DigestFormat.terminal,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="File to write instead of the screen.")
    ] = None,
) -> None:
    """What is new, what changed since, and what it means.

    Stories with verdicts and reasons, share figures with their denominators, and which of them do not compare.
    """
    now = datetime.now(UTC)
    chosen = settings(context)
    first, last = moment(since, now=now), known_by(until, now=now) if until else None
    if first and first > (last or now):
        raise SettingsError(f"--since {since} is after --until {until or 'now'}; give the earlier time first")
    with open_desk(context, write=False) as desk:
        made = desk.digest(
            since=first,
            until=last,
            hours=chosen.digest.hours,
            watchlist=watchlist or chosen.digest.watchlist,
            min_confidence=chosen.digest.min_confidence if min_confidence is None else min_confidence,
            labels=label or chosen.digest.labels,
        )
    show_digest(made, form.value, out=out)


def show_digest(made: Digest, form: str, *, out: Path | None) -> None:
    """Print a digest, or write it to a file."""
    from labtape.report import digest_terminal, write_text

    if form == "terminal" and out is not None:
        form = _FORMS.get(out.suffix.lower(), form)
    if form == "terminal" and out is None:
        digest_terminal(made, console())
        return
    text = _in_form(made, form)
    if text is None:
        raise SettingsError(f"{out}: a file ends in {', '.join(_FORMS)}, or add --format")
    if out is None:
        typer.echo(text)
    else:
        write_text(out, text)


def _in_form(made: Digest, form: str) -> str | None:
    """The digest as text; None for a form that is none."""
    from labtape import report

    if form == "html":
        return report.digest_html(made, charts=report.charts(made))
    renders: dict[str, Callable[[Digest], str]] = {
        "markdown": report.digest_markdown,
        "mail": report.digest_mail,
        "json": report.digest_json,
        "rss": report.digest_rss,
        "atom": report.digest_atom,
        "jsonfeed": report.digest_jsonfeed,
    }
    return renders[form](made) if form in renders else None


def explain(
    context: typer.Context,
    article: Annotated[
        str, typer.Argument(help="An article's id or address, as digests and records show it.")
    ],
    json: Annotated[
        bool, typer.Option("--json", help="Print the record as JSON, with what moved it as `account`.")
    ] = False,
) -> None:
    """Why an article was labelled as it was.

    Every finding, driver and sentence with its evidence; what moved its probabilities, in parts that add up.
    """
    from labtape.batch import opened_lexicon
    from labtape.report import explain_terminal, explained_json

    with open_desk(context, write=False) as desk:
        record = desk.explain(article)
        kept = desk.store.article(record.id) if record else None
        account = desk.account(record, kept) if record and kept else None
        lexicon = opened_lexicon(desk.tools.lexicon)
    if record is None or kept is None:
        raise ReadError(
            f"no record of article '{article}' in {settings(context).database}; digests show ids and addresses"
        )
    if account is None:
        complain(
            f"labtape: what moved it is not shown: scored by {record.model.bundle} {record.model.version}, which is not "
            "the model here or cannot say, or its words have changed"
        )
    if json:
        typer.echo(explained_json(record, account))
    else:
        explain_terminal(record, kept, console(), lexicon=lexicon, account=account)


def _articles(
    what: str, title: str, published: datetime | None, chosen: Settings, now: datetime
) -> list[Article]:
    """The articles WHAT names: a page's, a file's, stdin's, or the text itself."""
    from labtape.cli.inputs import page_at
    from labtape.read import Failure, article_from_row, read_articles, read_articles_stream

    if what == "-":
        found = list(read_articles_stream(sys.stdin.buffer, name="stdin", now=now))
    elif what.startswith(("http://", "https://")) and not any(c.isspace() for c in what):
        found = [page_at(what, chosen, now=now)]
    elif _is_path(what):
        found = list(read_articles(Path(what), now=now))
    else:
        row = {"title": title, "text": what, "published_at": published}
        return [article_from_row(row, place="argument", now=now)]
    for item in found:
        if isinstance(item, Failure):
            raise ReadError(f"{item.place}: {item.error}")
    return [item for item in found if not isinstance(item, Failure)]


def _is_path(what: str) -> bool:
    """Whether WHAT is meant as a file: it exists, or it is one word that ends like one."""
    fits = (
        what.strip() and "\n" not in what and all(len(part.encode()) <= 255 for part in Path(what).parts)
    )  # the file systems' limit
    if fits and len(what) < 4096 and Path(what).exists():
        return True
    return " " not in what and Path(what).suffix.lower() in {
        ".txt",
        ".md",
        ".html",
        ".htm",
        ".jsonl",
        ".json",
        ".xml",
        ".csv",
    }
