"""The transcripts of the pages: what is marked is typed into an empty folder, and what is printed compared."""

import os
import re
import stat
import subprocess
import sys

import pytest

from docs.blocks import PAGES, ROOT, Block, blocks, typed
from labtape.demo import demo_desk
from labtape.settings import Settings

pytestmark = pytest.mark.slow

SESSIONS = [page for page in PAGES if any(block.is_run for block in blocks(page))]
SECONDS = 300


@pytest.fixture
def home(tmp_path):
    """An empty folder with the checkout's corpora in it, and labtape on the path."""
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    for name, words in {
        "bin/labtape": f'#!/bin/sh\nexec {sys.executable} -m labtape "$@"\n',
        ".venv/bin/activate": "",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(words)
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return tmp_path


@pytest.mark.parametrize("page", SESSIONS, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_is_typed_prints_what_the_page_shows(page, home):
    for block in blocks(page):
        if block.file:
            (home / block.file).write_text(block.body, "utf-8")
        elif block.is_run and block.language == "console":
            for command, expected in typed(block):
                printed = shell(command, home, block)
                assert fits(expected, printed), (
                    f"{block.name}: $ {command}\n--- the page has\n{expected}\n--- it printed\n{printed}"
                )
        elif block.is_run and block.language == "python":
            shell([sys.executable, "-c", block.body], home, block)
        elif block.is_run:
            shell(block.body, home, block)


def shell(command, home, block):
    """What is printed, both streams in their order. A command that fails is one whose page does not say so."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LABTAPE_")}
    environment = kept | {
        "COLUMNS": str(block.columns),
        "HOME": str(home),
        "NO_COLOR": "1",
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
    }
    done = subprocess.run(
        command if isinstance(command, list) else ["bash", "-e", "-c", command],
        cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{block.name}: {command}\n{done.stdout}"
    return done.stdout


def fits(expected, printed):
    """Whether lines are those expected, where `…` is anything and a line of it any lines; nothing expected fits all.

    A page is Markdown, whose lines have no blanks at their ends. A verdict's probability may be a point off: processors add in
    different orders.
    """
    if not expected.strip():
        return True
    given = [line.rstrip() for line in printed.strip("\n").splitlines()]
    wanted = [line.rstrip() for line in expected.strip("\n").splitlines()]
    reached = {0}  # how many lines may be behind us
    for line in wanted:
        if line == "…":
            reached = set(range(min(reached, default=0), len(given) + 1)) if reached else set()
        else:
            pattern = re.compile(".*".join(_about(re.escape(part)) for part in line.split("…")))
            reached = {n + 1 for n in reached if n < len(given) and pattern.fullmatch(given[n])}
    return len(given) in reached


def _about(line):
    return re.sub(
        r"((?:Bullish|Neutral|Bearish)\\ )(\d+)(?=%)",
        lambda m: m[1] + f"(?:{'|'.join(str(int(m[2]) + d) for d in (-1, 0, 1))})",
        line,
    )


@pytest.mark.parametrize(
    ("expected", "printed", "fit"),
    [
        ("a\nb", "a \nb\n", True),
        ("a\nb", "a\nc", False),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\n…", "a", True),
        ("…\nb", "a\nc", False),
        ("at … o'clock", "at 12 o'clock", True),
        ("at … o'clock", "at 12", False),
        ("a", "a\nb", False),
        ("", "anything", True),
        ("■ Neutral 73% · up 4%", "■ Neutral 72% · up 4%", True),
        ("■ Neutral 73% · up 4%", "■ Neutral 71% · up 4%", False),
        ("■ Neutral 73% · up 4%", "■ Neutral 73% · up 5%", False),
    ],
)
def test_a_transcript_fits_or_not(expected, printed, fit):
    assert fits(expected, printed) is fit


def test_the_notes_of_the_readme_are_those_of_the_demo():
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(r"^\*\*(.+)\*\* · (.+), short (.+), long (.+)\n((?:> .+\n)+)", readme, re.M)
    assert len(shown) == 5
    with demo_desk(Settings()) as desk:
        desk.run()
        records = {record.title: record for record in desk.records()}
    for title, *labels, quoted in shown:
        verdict = records[title].verdict
        judged = (verdict, verdict.horizons["short"], verdict.horizons["long"])
        assert fits(", ".join(labels), ", ".join(f"{v.label} {v.p[v.label]:.0%}" for v in judged)), title
        note = " ".join(sentence.text for sentence in (verdict.takeaway, *verdict.rationale))
        assert " ".join(re.sub(r"^> ", "", quoted, flags=re.M).split()) == note, title


def test_marks_are_known():
    for page in PAGES:
        for block in blocks(page):
            assert not block.mark or block.is_run or block.file, block.name


def test_a_block_is_read_with_its_mark(tmp_path):
    page = ROOT / "docs" / "tutorial.md"
    assert {b.language for b in blocks(page) if b.is_run} == {"console", "sh", "python"}
    assert all(isinstance(b, Block) and b.line > 0 for b in blocks(page))
