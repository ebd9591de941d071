"""The help of every command, and the page that is made of it."""

import re

import pytest
from typer.testing import CliRunner

from docs.blocks import DOCS
from docs.calls import page_of_commands
from labtape.cli import app

PAGE_OF_COMMANDS = page_of_commands()
COMMANDS = [pytest.param(path, command, id=path) for path, command, _ in PAGE_OF_COMMANDS.commands()]
WIDTH = 100
_ENDS = (".", "…", "!", "?")


def help_of(path, *, columns):
    """What `--help` prints on a screen of so many columns."""
    answer = CliRunner().invoke(
        app, [*path.split()[1:], "--help"], env={"COLUMNS": str(columns), "TERMINAL_WIDTH": ""}
    )
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_every_command_explains_itself(path, command):
    printed = help_of(path, columns=WIDTH)
    usage, _, explained = printed.partition("\n\n")
    assert usage.startswith("Usage: ")
    first = " ".join(explained.split("\n\n")[0].split())
    assert first[0].isupper() or first.startswith("labtape")
    assert first.endswith(_ENDS)
    assert all(len(line) <= WIDTH for line in printed.splitlines())


@pytest.mark.parametrize(("path", "command"), COMMANDS)
def test_every_option_and_argument_has_a_help(path, command):
    for parameter in command.params:
        said = getattr(parameter, "help", None)
        assert said, f"{path}: {parameter.name} has no help"
        assert said.rstrip()[-1] in ".:)…", f"{path}: {parameter.name}: {said!r} is no sentence"


@pytest.mark.parametrize(("path", "command"), [c for c in COMMANDS if hasattr(c.values[1], "commands")])
def test_lists_of_commands_cut_no_sentence(path, command):
    """What a group says of its commands fits a screen of 80 columns."""
    printed = help_of(path, columns=80)
    listed = printed.partition("\nCommands:\n")[2]
    assert set(re.findall(r"^  ([a-z-]+)  ", listed, re.M)) >= set(command.commands)
    assert not re.search(r"\.\.\.$", listed, re.M), listed


def test_the_page_of_commands_is_what_they_say():
    """`make reference` writes it."""
    page = (DOCS / "reference" / "commands.md").read_text("utf-8")
    assert page == PAGE_OF_COMMANDS.page(), "run `make reference`"
