"""A model's card for people: Markdown of a bundle, which may be anybody's, as clean HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.signal.bundle import CARD, RELIABILITY, find_bundle

if TYPE_CHECKING:
    from markupsafe import Markup

_PICTURE = "/model/reliability.svg"
# A wide table scrolls by keys, too. Only the reader's own tables hold these words: text is escaped.
_SCROLLED = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'
_MOST = 1024 * 1024  # bytes of a card or picture that are shown


@dataclass(frozen=True, slots=True)
class Card:
    """A card, cleaned, and whether a picture of the reliability stands beside it."""

    html: Markup
    has_picture: bool


def card_of(bundle: str) -> Card | None:
    """The card of a bundle; None where it has none. Raises `BundleError` where there is no such bundle."""
    folder = find_bundle(bundle)
    path = folder / CARD
    if not path.is_file():
        return None
    text = path.read_bytes()[:_MOST].decode("utf-8", "replace")
    return Card(rendered(text), (folder / RELIABILITY).is_file())


def picture_of(bundle: str) -> bytes | None:
    """The picture of a bundle's reliability as SVG; raises `BundleError` where there is no such bundle."""
    path = find_bundle(bundle) / RELIABILITY
    return path.read_bytes() if path.is_file() and path.stat().st_size <= _MOST else None


def rendered(markdown: str) -> Markup:
    """Markdown as HTML that holds no script, no style and no address but http(s); headings one level lower.

    >>> str(rendered("# A\\n[x](javascript:alert(1)) <script>alert(1)</script>"))
    '<h2>A</h2>\\n<p>[x](javascript:alert(1)) &lt;script&gt;alert(1)&lt;/script&gt;</p>\\n'
    """
    import nh3
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 1, 6)}"
        for child in token.children or ():
            if child.type == "image" and child.attrs.get("src") == RELIABILITY:
                child.attrs["src"] = _PICTURE
    html: str = reader.renderer.render(tokens, reader.options, {})
    html = html.replace("<table>", _SCROLLED).replace("</table>", "</table></div>")
    clean = nh3.clean(
        html,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
        attributes={
            "a": {"href", "title"},
            "img": {"src", "alt", "title"},
            "div": {"class", "tabindex", "role", "aria-label"},
        },
    )
    return Markup(clean)  # noqa: S704 - cleaned above
