"""What a user would type, below the help of each command; a test reads every line of it against the commands."""

from __future__ import annotations

import typer

EXAMPLES: dict[str, tuple[str, ...]] = {
    "audit bias": (
        "labtape audit bias",
        "labtape audit bias --articles corpora/articles --split test --json",
    ),
    "corrections": ("labtape corrections --since 7d",),
    "crawl": ("labtape crawl --dry-run", "labtape crawl --feeds feeds.opml"),
    "db backup": ("labtape db backup copy.db",),
    "db prune": ("labtape db prune --polls 90d --articles 400d --dry-run",),
    "deliver dead": ("labtape deliver dead", "labtape deliver dead --resend all"),
    "deliver test": ("labtape deliver test phone",),
    "demo": ("labtape demo --out digest.html",),
    "digest": (
        "labtape digest --since 7d",
        "labtape digest --watchlist lab:deepseek --watchlist NASDAQ:NVDA -o digest.html",
        "labtape digest --label Bearish --min-confidence 0.6 --format markdown",
    ),
    "evaluate": (
        "labtape evaluate corpora/labels/holdout.jsonl --texts pool.jsonl",
        "labtape evaluate headlines.csv",
        "labtape evaluate stories",
    ),
    "explain": ("labtape explain https://news.example/1", "labtape explain 0f3a9b --json"),
    "feeds add": ('labtape feeds add https://news.example/rss.xml --publisher "Example News"',),
    "feeds discover": ("labtape feeds discover https://news.example --add",),
    "feeds export": ("labtape feeds export -o feeds.opml",),
    "feeds import": ("labtape feeds import feeds.opml more/",),
    "label": (
        'labtape label "Qwen now handles 18% of tokens on OpenRouter." --published 2026-06-03',
        "labtape label article.txt --why",
        "labtape label news.jsonl -o page.html",
    ),
    "labs show": ("labtape labs show deepseek", "labtape labs show Windsurf --as-of 2025-07-01"),
    "labs tree": ("labtape labs tree --country CN --private",),
    "mcp": ("labtape --database sqlite:///tape.db mcp",),
    "replay": (
        "labtape replay --as-of 2026-06-10T09:30Z",
        "labtape replay --as-of 2026-06-10 --rescore",
    ),
    "retract": ('labtape retract 0f3a9b --why "the figures were made up"',),
    "run": ("labtape run", "labtape run --feeds feeds.opml"),
    "score": (
        "labtape score archive/ news.jsonl.gz -o records.parquet --jobs 2",
        "labtape --bundle market3-fast score 2025.jsonl.gz -o records-2025.jsonl.gz",
    ),
    "serve": ("labtape serve", "labtape serve --workers 2 --allow-host desk.local"),
    "shares": (
        "labtape shares --platform OpenRouter",
        "labtape shares --status contradicted --json",
        "labtape shares --holder CN --metric tokens --chart shares.svg",
    ),
    "shares verify": ("labtape shares verify --rankings rankings.json",),
    "stories": ("labtape stories --since 48h",),
    "story": ("labtape story 0f3a9b --since 36h",),
    "train": ("labtape train --labels corpora/articles -o out/own",),
    "watch": ("labtape watch --metrics-port 9464", "labtape watch --feeds feeds.opml --for 10m"),
}


def with_examples(app: typer.Typer, path: tuple[str, ...] = ()) -> None:
    """Put the examples below the help of the commands they are of."""
    for command in app.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        if lines := EXAMPLES.get(" ".join((*path, name))):
            command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
    for group in app.registered_groups:
        if group.typer_instance is None or not group.name:
            continue
        words = (*path, group.name)
        if lines := EXAMPLES.get(" ".join(words)):
            group.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
        with_examples(group.typer_instance, words)
