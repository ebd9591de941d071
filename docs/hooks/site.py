"""What mkdocs does with the pages of docs/ beyond what it does by itself.

- README.md, CHANGELOG.md and the cards of the shipped models stand elsewhere, and are pages of the site as well.
- A link to a file of the repository that is no page leads to its page here, or is its name alone.
- A picture that comes light and dark is shown in the colours of the reader.

The pages stay what they are: they read on their own, without this.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
BROUGHT = {
    "README.md": "readme.md",
    "CHANGELOG.md": "changelog.md",
    "models/market3/card.md": "models/market3.md",
    "models/market3-fast/card.md": "models/market3-fast.md",
    "models/market3/reliability.svg": "models/market3-reliability.svg",
    "models/market3-fast/reliability.svg": "models/market3-fast-reliability.svg",
}
_LINK = re.compile(r"(?P<before>!?\[(?P<words>(?:`[^`\n]*`|[^\[\]`\n])*)\])\((?P<target>[^()\s]+)\)")
_LIGHT = re.compile(r"^!\[([^\]\n]*)\]\(([^()\s]*)-light\.png\)$", re.M)
_TAG = re.compile(r'\b(src|srcset)="((?!https?:|data:)[^"\n]+)"')
_FENCED = re.compile(r"(^ *```.*?^ *```[ \t]*$)", re.S | re.M)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what stands outside docs/."""
    for source, page in BROUGHT.items():
        if (ROOT / source).is_file():
            files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Mend links and pictures, not what stands in code."""
    parts = _FENCED.split(markdown)
    parts[::2] = [_mended(part, page.file.src_uri) for part in parts[::2]]
    return "".join(parts)


def _mended(text: str, uri: str) -> str:
    source = next((s for s, brought in BROUGHT.items() if brought == uri), f"docs/{uri}")
    text = _LINK.sub(lambda found: _linked(found, source, uri), text)
    text = _TAG.sub(lambda found: f'{found[1]}="{_beside(found[2], source, uri)}"', text)
    folder = ROOT / "docs" / posixpath.dirname(uri)

    def both(found: re.Match[str]) -> str:
        words, name = found.groups()
        if not (folder / f"{name}-dark.png").is_file():
            return found[0]
        return f"![{words}]({name}-light.png#only-light)![{words}]({name}-dark.png#only-dark)"

    return _LIGHT.sub(both, text)


def _beside(path: str, source: str, uri: str) -> str:
    """The path of a picture of a page, as it stands in the site."""
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(source), path)).removeprefix("docs/")
    return posixpath.relpath(inside, posixpath.dirname(uri) or ".")


def _linked(found: re.Match[str], source: str, uri: str) -> str:
    """The link as it stands in the site; the words alone where it leads to a file that the site has not."""
    path, sign, anchor = found["target"].partition("#")
    if not path or "://" in path or path.startswith("mailto:"):
        return found[0]
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    target = BROUGHT.get(inside)
    if target is None and not inside.startswith("docs/"):
        return found["words"]
    target = target or inside.removeprefix("docs/")
    relative = posixpath.relpath(target, posixpath.dirname(uri) or ".")
    return f"{found['before']}({relative}{sign}{anchor})"
