"""Reads README.md and the pages of docs/: their fenced blocks, with what the line before says is to be done with them.

    <!-- run -->            the block is typed into an empty folder, one after the other of its page, and what is printed compared
    <!-- run 100 -->        the same on a screen of 100 columns (else 80)
    <!-- file: NAME -->     the block is written there first

In what is expected `…` stands for anything within a line, and a line `…` for any number of lines.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
SHELLS = frozenset(["console", "sh", "bash"])
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^>\n]+) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.S | re.M
)


@dataclass(frozen=True, slots=True)
class Block:
    page: Path
    line: int
    language: str
    body: str
    mark: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def is_run(self) -> bool:
        return self.mark.split(" ")[0] == "run"

    @property
    def columns(self) -> int:
        return int(self.mark.removeprefix("run").strip() or 80)

    @property
    def file(self) -> str | None:
        return self.mark.removeprefix("file: ") if self.mark.startswith("file: ") else None


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("body"))
        yield Block(page, line, found["language"], found["body"], (found["mark"] or "").strip())


def typed(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it is said to print."""
    command, printed = None, list[str]()
    for line in block.body.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command, "\n".join(printed)
            command, printed = line[2:], []
        else:
            printed.append(line)
    if command is not None:
        yield command, "\n".join(printed)


def command_lines(block: Block, program: str) -> Iterator[list[str]]:
    """The words after `program` of every line that calls it, whatever stands around the call."""
    lines = block.body.replace("\\\n", " ").splitlines()
    has_prompt = any(line.startswith("$ ") for line in lines)
    for line in lines:
        if has_prompt and not line.startswith("$ "):
            continue  # what is printed
        if program not in line:
            continue
        filled = re.sub(r"\$\([^)]*\)", "X", line.removeprefix("$ "))  # what a shell puts in
        words = shlex.split(filled, comments=True)
        for call in _calls(words):
            while call and re.fullmatch(r"[A-Z_]+=.*", call[0]):
                call = call[1:]
            if call and call[0].removeprefix(".venv/bin/") == program:
                yield [word for word in call[1:] if not word.startswith(">")]


def _calls(words: list[str]) -> Iterator[list[str]]:
    call = list[str]()
    for word in words:
        if word in ("|", "&&", ";", "||", ">", "<", ">>"):
            yield call
            call = []
        else:
            call.append(word)
    yield call
