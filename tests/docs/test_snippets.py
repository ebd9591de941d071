"""What README.md and the pages of docs/ say is run or read: Python, commands, settings, JSON, links, pictures."""

import json
import re
import tomllib

import pytest

from docs.blocks import DOCS, PAGES, ROOT, SHELLS, Block, blocks, command_lines
from docs.calls import understood
from labtape.cli.examples import EXAMPLES

BLOCKS = [block for page in PAGES for block in blocks(page)]
PICTURE_BYTES = 300_000


def of(*languages, run=False):
    """The blocks of these languages, as cases; those that are run as a session are `test_sessions`'s."""
    return [
        pytest.param(b, id=b.name)
        for b in BLOCKS
        if b.language in languages and (run or not b.is_run) and not b.file
    ]


@pytest.mark.parametrize("block", of("python"))
def test_every_python_example_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block.body, block.name, "exec"), {"__name__": "example"})


def test_the_readme_has_examples():
    assert any(b.page.name == "README.md" for b in BLOCKS if b.language == "python")


def calls():
    for block in BLOCKS:
        if block.language in SHELLS:
            for words in command_lines(block, "labtape"):
                yield pytest.param(words, id=f"{block.name} {' '.join(words)[:50]}")
    for path, lines in EXAMPLES.items():
        for line in lines:
            block = Block(ROOT, 0, "sh", line, "")
            for words in command_lines(block, "labtape"):
                yield pytest.param(words, id=f"--help of {path}: {' '.join(words)[:50]}")


@pytest.mark.parametrize("words", list(calls()))
def test_every_command_is_understood(words):
    """Commands, options and the kinds of their values are those of the program."""
    understood(words)


def test_a_command_that_is_none_is_not_understood():
    for wrong in [
        "dijest",
        "digest --sins 7d",
        "digest --form pdf",
        "feeds add",
        "score a.csv --jobs many -o b.csv",
    ]:
        with pytest.raises(AssertionError):
            understood(wrong.split())


def test_examples_are_of_commands_that_exist():
    for path, lines in EXAMPLES.items():
        understood([*path.split(), "--help"])
        assert all(f" {path} " in f"{line} " for line in lines), path


def test_every_target_of_make_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for block in BLOCKS:
        if block.language in {*SHELLS, "text"}:
            for words in command_lines(block, "make"):
                assert {w for w in words if "=" not in w} <= targets, block.name


@pytest.mark.parametrize("block", of("json"))
def test_json_is_json(block):
    json.loads(block.body)


@pytest.mark.parametrize("block", [p for p in of("toml") if "entry-points" not in p.values[0].body])
def test_toml_is_toml(block):
    tomllib.loads(block.body)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.S | re.M)
    for target, anchor in re.findall(r"\]\(((?!https?:)[^)#\s]*)(?:#([^)\s]+))?\)", prose):
        file = page.parent / target if target else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file.read_text("utf-8")), f"{target}#{anchor}"
    for source in re.findall(r'(?:src|srcset)="((?!https?:)[^"]+)"', prose):
        assert (page.parent / source).exists(), source


def anchors(text):
    """What GitHub and the site call the headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", h.strip().casefold()).replace(" ", "-") for h in headings}


def test_every_page_has_its_line_in_the_site():
    site = (ROOT / "mkdocs.yml").read_text("utf-8")
    named = re.findall(r"^ +- .+: ([\w/-]+\.md)$", site, re.M)
    assert len(named) == len(set(named))
    missing = {str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md")} - set(named)
    assert not missing, f"add a line under nav in mkdocs.yml for {', '.join(sorted(missing))}"


def test_every_picture_is_shown_and_small():
    pages = "".join(page.read_text("utf-8") for page in PAGES)
    for picture in (DOCS / "pictures").iterdir():
        assert picture.stat().st_size <= PICTURE_BYTES, picture.name
        shown = picture.name.replace("-dark.png", "-light.png")  # the site shows both
        assert f"pictures/{shown}" in pages, picture.name
