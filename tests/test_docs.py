"""What the documentation says is run."""

import re
import shlex
from pathlib import Path

import pytest

from labtape.cli import app

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PYTHON = [
    pytest.param(code, id=f"{page.name}-{n}")
    for page in PAGES
    for n, code in enumerate(re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.S | re.M), 1)
]


@pytest.mark.parametrize("code", PYTHON)
def test_every_python_example_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "example", "exec"), {"__name__": "example"})


def test_the_readme_has_examples():
    assert any("README" in str(p.id) for p in PYTHON)


def known_commands():
    """Every command line's first words: `score`, `feeds add`, …"""
    names = {c.name or c.callback.__name__ for c in app.registered_commands}
    for group in app.registered_groups:
        names.add(group.name)
        names |= {
            f"{group.name} {c.name or c.callback.__name__}" for c in group.typer_instance.registered_commands
        }
    return names


def written_commands():
    for page in PAGES:
        for block in re.findall(r"^```(?:console|sh|bash)\n(.*?)^```", page.read_text("utf-8"), re.S | re.M):
            for line in block.splitlines():
                if found := re.match(
                    r"(?:\$ )?(?:\.venv/bin/)?labtape (.+)", line.split(" #")[0].split(" | ")[0]
                ):
                    yield pytest.param(shlex.split(found[1]), id=f"{page.name}: {found[1][:50]}")


@pytest.mark.parametrize("words", list(written_commands()))
def test_every_command_in_the_docs_exists(words):
    while words and words[0].startswith("--"):  # global options and their values
        words = words[2:]
    assert words[0] in known_commands()
    groups = {group.name for group in app.registered_groups}
    alone = {g.name for g in app.registered_groups if g.typer_instance.info.invoke_without_command is True}
    is_group_itself = words[0] in alone and (len(words) == 1 or words[1].startswith("-"))
    if words[0] in groups and not is_group_itself:
        assert f"{words[0]} {words[1]}" in known_commands()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_inside_the_docs_leads_somewhere(page):
    prose = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(((?!https?:|#)[^)#]+)", prose):
        assert (page.parent / target).exists(), target
