"""Writes docs/reference/commands.md from the application itself: `make reference`; a test says when it must be run again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from labtape.cli import app

PAGE = Path(__file__).parents[1] / "reference" / "commands.md"
HEAD = """# Commands

What `labtape COMMAND --help` says (`-h` for short), for every command. Written by `make reference`; do not edit.

The options of `labtape` itself stand before the command: `labtape --database sqlite:///tape.db digest`. Settings may come from a file or the
environment as well ([settings](../settings.md)). Answers go to stdout, progress and complaints to stderr. Exit codes: 0 done, 1 some sources or
rows failed (each is listed) or a check said no, 2 wrong use.
"""


def commands() -> Iterator[tuple[str, Any, Any]]:
    """Every command with its words and context, groups before what is in them. Any: commands and contexts of Typer."""
    root = typer.main.get_command(app)
    yield from _below(root, root.context_class(root, info_name="labtape"))


def _below(command: Any, context: Any) -> Iterator[tuple[str, Any, Any]]:
    yield context.command_path, command, context
    for name, inner in getattr(command, "commands", {}).items():
        yield from _below(inner, inner.context_class(inner, info_name=name, parent=context))


def page() -> str:
    """The whole page."""
    found = list(commands())
    index = [
        f"| [`{path}`](#{path.replace(' ', '-')}) | {_cell(_first(command))} |"
        for path, command, _ in found
        if path != "labtape"
    ]
    parts = [HEAD, "\n".join(["| command | in a sentence |", "| --- | --- |", *index]) + "\n"]
    parts += [_section(path, command, context) for path, command, context in found]
    return "\n".join(parts)


def _section(path: str, command: Any, context: Any) -> str:
    words = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [f"## {path}", "", *_prose(command.help or ""), "```text", words, "```", ""]
    records = [p.get_help_record(context) for p in command.get_params(context) if p.name != "help"]
    rows = [_row(*record) for record in records if record]
    if rows:
        lines += ["| argument or option | what it is |", "| --- | --- |", *rows, ""]
    if command.epilog:
        lines += ["```console", *(f"$ {line}" for line in examples(command.epilog)), "```", ""]
    return "\n".join(lines)


def examples(epilog: str) -> tuple[str, ...]:
    """The command lines of the examples below a help."""
    return tuple(line.strip() for line in epilog.splitlines() if line.strip().startswith("labtape "))


def _first(command: Any) -> str:
    """The first paragraph of the help, as one line."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def _row(names: str, said: str) -> str:
    """A line of the table; what may be chosen stands in words, as a bar would end the cell."""
    if choices := re.search(r" <([^<>]*\|[^<>]*)>", names):
        names = names.replace(choices[0], "")
        said = f"{said} One of: {', '.join(choices[1].split('|'))}."
    return f"| `{names.replace('|', ' or ')}` | {_cell(said)} |"


def _prose(text: str) -> list[str]:
    return [line for part in text.strip().split("\n\n") for line in (" ".join(part.split()), "")]


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
