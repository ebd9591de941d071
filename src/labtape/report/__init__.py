"""What people see and what machines read: records, tables, digests, explanations, the share ledger.

    Annotated + Signal + Placement ──to_record→ Record ─┬─ record_json, write_records, to_frame     machines
                                                        ├─ digest ──→ Digest ─┬─ digest_terminal    people
                                                        │                     ├─ digest_markdown
                                                        │                     ├─ digest_html (with `charts`), digest_mail
                                                        │                     └─ digest_json, digest_rss, digest_atom, digest_jsonfeed
                                                        ├─ label_terminal, explain_terminal, explain_markdown
                                                        ├─ linked_html
                                                        └─ ledger ──→ shares_terminal, shares_csv, shares_json,
                                                                         write_shares, shares_chart
    StoryRecord (story_record) ──→ story_terminal, stories_terminal, story_record_json
    Chain, Branch (lexicon) ──→ chain_terminal, forest_terminal, chain_dict, branch_dict

Design notes

- One converter between nouns and JSON (`labtape/plain.py`), driven by the type hints. The record, its schema, the digest and
  the stores use it, so a field added in `types.py` is written, read, checked and described without another line.
  Tried and left: a schema library (validates, but a second description of the same fields) and
  `dataclasses.asdict` (copies deep, three times slower, and does not know times).
- A digest is decided as values (`compose.py`, `story_items.py`) and shown elsewhere; no renderer decides anything,
  so Markdown, HTML, JSON, RSS and the terminal cannot disagree.
- Whatever came from a feed is cleaned where it is put into words (`wording.clean`) and addresses pass `web_link`;
  the page names the hash of its own style sheet in its Content-Security-Policy and allows nothing else.
- A mail has no pictures: clients drop SVG, hide attachments and linked pictures until asked, and some drop style sheets.
  Bars of its charts are cells of tables, styles stand on the elements, and it stays below what Gmail cuts (102 kB).
- Charts are drawn when a caller asks (`charts`), not by the page: the libraries take two seconds and 130 MB of a process.
- Tables have flat columns for what people filter by and JSON columns for findings that repeat. Nested Parquet
  columns were tried: pandas hands them back as arrays of dictionaries, and CSV has none, so the three tables would differ.
- A share is never shown without its denominator; where the text gives none the ledger says so. Only rows with equal
  comparability keys share a line of a chart.
- Rich, Jinja2, pandas and pyarrow are imported when a function that needs them is first asked for (PEP 562 below),
  so that `import labtape.report` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from labtape.plain import from_plain, to_plain
from labtape.report.compose import digest
from labtape.report.digest_nouns import Digest
from labtape.report.feed import digest_atom, digest_json, digest_jsonfeed, digest_rss
from labtape.report.labs import branch_dict, chain_dict
from labtape.report.markdown import digest_markdown
from labtape.report.record import (
    explained_json,
    record_from_dict,
    record_from_json,
    record_json,
    record_to_dict,
    to_record,
)
from labtape.report.shares import shares_csv, shares_json, write_shares
from labtape.report.stories import story_record_json
from labtape.report.write import write_records, write_text

if TYPE_CHECKING:
    from labtape.report.chart import shares_chart
    from labtape.report.digest_charts import charts
    from labtape.report.explain import explain_markdown
    from labtape.report.frame import to_frame
    from labtape.report.linked import linked_html
    from labtape.report.mail import digest_mail
    from labtape.report.page import digest_html
    from labtape.report.schema import record_schema, story_schema
    from labtape.report.terminal import digest_terminal
    from labtape.report.terminal_article import explain_terminal, label_terminal, moved_terminal
    from labtape.report.terminal_labs import chain_terminal, forest_terminal
    from labtape.report.terminal_shares import shares_terminal
    from labtape.report.terminal_story import stories_terminal, story_terminal

__all__ = [
    "Digest",
    "branch_dict",
    "chain_dict",
    "chain_terminal",
    "charts",
    "digest",
    "digest_atom",
    "digest_html",
    "digest_json",
    "digest_jsonfeed",
    "digest_mail",
    "digest_markdown",
    "digest_rss",
    "digest_terminal",
    "explain_markdown",
    "explain_terminal",
    "explained_json",
    "forest_terminal",
    "from_plain",
    "label_terminal",
    "linked_html",
    "moved_terminal",
    "record_from_dict",
    "record_from_json",
    "record_json",
    "record_schema",
    "record_to_dict",
    "shares_chart",
    "shares_csv",
    "shares_json",
    "shares_terminal",
    "stories_terminal",
    "story_record_json",
    "story_schema",
    "story_terminal",
    "to_frame",
    "to_plain",
    "to_record",
    "write_records",
    "write_shares",
    "write_text",
]

_LATER = {
    "chain_terminal": "terminal_labs",
    "charts": "digest_charts",
    "digest_html": "page",
    "digest_mail": "mail",
    "digest_terminal": "terminal",
    "explain_markdown": "explain",
    "explain_terminal": "terminal_article",
    "forest_terminal": "terminal_labs",
    "label_terminal": "terminal_article",
    "linked_html": "linked",
    "moved_terminal": "terminal_article",
    "record_schema": "schema",
    "shares_chart": "chart",
    "shares_terminal": "terminal_shares",
    "stories_terminal": "terminal_story",
    "story_schema": "schema",
    "story_terminal": "terminal_story",
    "to_frame": "frame",
}


def __getattr__(name: str) -> Any:  # Any: a function of any of the modules above
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
