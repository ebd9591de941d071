"""Reads a command line as labtape does, without doing what it says."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import typer

from docs.blocks import DOCS
from labtape.cli import app

ROOT_COMMAND = typer.main.get_command(app)


def page_of_commands() -> Any:  # Any: a module
    """The script that writes docs/reference/commands.md, which is no part of a package."""
    spec = spec_from_file_location("page_of_commands", DOCS / "hooks" / "commands.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def understood(words: list[str]) -> None:
    """Assert that there is such a command, with such options and arguments, and values of their kinds."""
    asks_help = "--help" in words
    command, context, path = ROOT_COMMAND, None, "labtape"
    rest = [word for word in words if word != "--help"]
    while True:
        context = command.context_class(command, info_name=path, parent=context)
        context.allow_interspersed_args = not hasattr(command, "commands")
        try:
            values, rest, _ = command.make_parser(context).parse_args(args=rest)
            for parameter in command.params:
                if not asks_help and not parameter.is_eager:
                    parameter.handle_parse_result(context, values, [])
        except Exception as e:  # Typer exports no class of its errors
            raise AssertionError(f"labtape {' '.join(words)}: {e}") from e
        if not hasattr(command, "commands") or not rest:
            break
        assert rest[0] in command.commands, f"labtape {' '.join(words)}: no command {rest[0]!r}"
        path, command, rest = rest[0], command.commands[rest[0]], rest[1:]
    assert not rest, f"labtape {' '.join(words)}: {rest} is too much"
