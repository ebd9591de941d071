"""What stands behind a lab, and the forest of all owners, as trees on a terminal; plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from labtape.foreign import clean
from labtape.lexicon.forest import n_asked
from labtape.report.labs import grouped, period_words, source_words, version_words
from labtape.report.terminal import COLOURS, WIDEST, facts
from labtape.report.wording import ARROWS, counted

if TYPE_CHECKING:
    from labtape.lexicon.chain import Chain, Exposed, Owner, Place
    from labtape.lexicon.entries import Lexicon
    from labtape.lexicon.forest import Branch

_DIM = "bright_black"
_MOST_NAMES = 24


def chain_terminal(chain: Chain, lexicon: Lexicon, console: Console, *, why: str = "") -> None:
    """Print the chain of a lab: its models, owners, listings and what moves with it; then names and people."""
    width = min(console.width, WIDEST)
    tree = Tree(_head(chain, why), guide_style=_DIM)
    _models(tree, chain, lexicon)
    _owners(tree, chain)
    _exposures(tree, chain, lexicon)
    console.print(tree, width=width)
    console.print(facts(_facts(chain)), width=width)


def forest_terminal(branches: Sequence[Branch], console: Console) -> None:
    """Print every owner with what it owns, and how many organisations that are."""
    width = min(console.width, WIDEST)
    for branch in branches:
        tree = Tree(_branch(branch), guide_style=_DIM)
        _grow(tree, branch)
        console.print(tree, width=width)
    told = f"{counted(n_asked(tuple(branches)), 'organisation')} in {counted(len(branches), 'tree')}"
    console.print(Text(told, style="bold"), width=width)


# ---------------------------------------------------------------- the chain


def _head(chain: Chain, why: str) -> Text:
    text = Text(chain.lab.name, style="bold")
    text.append(f"  {chain.lab.country}", style="not bold yellow")
    text.append(f"  {chain.lab.entity}", style=f"not bold {_DIM}")
    if chain.family:
        text.append(f"  asked for as {chain.family.name}", style="not bold magenta")
    if chain.at:
        text.append(f"  as of {chain.at:%Y-%m-%d}", style="not bold yellow")
    return text.append(f"  ({why})", style=f"not bold {_DIM}") if why else text


def _models(tree: Tree, chain: Chain, lexicon: Lexicon) -> None:
    if not chain.families:
        return
    node = tree.add(Text(counted(len(chain.families), "model family", "model families")))
    rows = []
    for family in sorted(chain.families, key=lambda f: (f.released or "9", f.name)):
        is_asked = chain.family is not None and family.id == chain.family.id
        notes = [version_words(family)]
        notes += [f"with {_name(former.lab, lexicon)} until {former.until}" for former in family.former_labs]
        rows.append((
            Text(family.name, style="bold magenta" if is_asked else ""),
            Text(period_words(family.released, None)),
            Text(clean("; ".join(note for note in notes if note)), style=_DIM),
        ))  # fmt: skip
    _leaves(node, rows)


def _owners(tree: Tree, chain: Chain) -> None:
    """The owners upwards, each below the one it owns; a listing stands with the one whose shares it is."""
    node, source = tree, chain.lab.source
    _listings(node, chain, chain.lab.id)
    for owner in chain.owners:
        node = node.add(_owner("owned by", owner, source))
        source = owner.parent.source
        _listings(node, chain, owner.parent.id)
    if not chain.listings:
        words = "not listed, nor is an owner" if chain.owners else "not listed, no owner known"
        node.add(Text(words, style=_DIM))
    for token in chain.tokens:
        tree.add(
            Text("token ").append(token.ticker, style="cyan").append(f"  {clean(token.name)}", style=_DIM)
        )
    for owner in chain.former_owners:
        tree.add(_owner("formerly owned by", owner, chain.lab.source))


def _owner(words: str, owner: Owner, own_source: str) -> Text:
    text = Text(f"{words} ").append(owner.parent.name, style="bold")
    text.append(f"  {owner.parent.country}", style="yellow")
    period = period_words(owner.since, owner.until)
    text.append(f"  {period}") if period else text.append("  date unknown", style=_DIM)
    return text if owner.source == own_source else text.append(f"  {source_words(owner.source)}", style=_DIM)


def _listings(node: Tree, chain: Chain, lab_id: str) -> None:
    for place in chain.listings:
        if place.lab == lab_id:
            node.add(_listing(place))


def _listing(place: Place) -> Text:
    text = Text("listed as ").append(place.ticker, style="cyan")
    text.append(f"  {place.country or '—'}", style="yellow")
    text.append(f"  {place.exchange}", style=_DIM)
    period = period_words(place.since, place.until)
    return text.append(f"  {period}") if period else text


def _exposures(tree: Tree, chain: Chain, lexicon: Lexicon) -> None:
    if not chain.is_exposed:
        tree.add(Text("no listed exposure known", style="bold"))
    nodes: dict[str | None, Tree] = {}
    for (through, via, sign), rows in grouped(chain.exposures).items():
        if through not in nodes:
            nodes[through] = tree.add(_moves(through, lexicon))
        words = Text(f"{ARROWS[sign]} ", style=COLOURS[sign]).append(via, style="default")
        _leaves(nodes[through].add(words.append(f" {sign:+d}")), [_exposed(row) for row in rows])


def _moves(through: str | None, lexicon: Lexicon) -> Text:
    text = Text("what moves with it ▲ or against it ▼")
    if through is not None:
        text.append(", through ").append(_name(through, lexicon), style="bold")
    return text


def _exposed(row: Exposed) -> tuple[Text, ...]:
    period = period_words(row.since, row.until)
    return (
        Text(row.asset, style="cyan"),
        Text(clean(row.name)),
        Text(period or "date unknown", style="" if period else _DIM),
        Text(source_words(row.source), style=_DIM),
    )


def _leaves(node: Tree, rows: Sequence[tuple[Text, ...]]) -> None:
    """One leaf a row, its cells in line with those of the other rows; only the last cell may be broken."""
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        grid = Table.grid(padding=(0, 2))
        for width in widths[:-1]:
            grid.add_column(width=width, no_wrap=True, overflow="ellipsis")
        grid.add_column(overflow="fold")
        grid.add_row(*row)
        node.add(grid)


def _facts(chain: Chain) -> Iterator[tuple[str, Text | str]]:
    lab = chain.lab
    listed = ", ".join(chain.listing_countries) or "none"
    yield "Country", f"lab {chain.country} · top owner {chain.top_country} · listing {listed}"
    today = "today " if chain.at else ""
    yield "Is a", f"{lab.kind}{f' in {lab.city}' if lab.city else ''}, {today}{clean(lab.status)}"
    names = list(dict.fromkeys(clean(alias.surface) for alias in lab.names))
    if names:
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        yield "Names", ", ".join(names[:_MOST_NAMES]) + more
    people = list(dict.fromkeys(clean(alias.surface) for alias in lab.people))
    if people:
        yield "People", ", ".join(people)
    yield "Source", source_words(lab.source)


def _name(lab_id: str, lexicon: Lexicon) -> str:
    return lexicon.labs[lab_id].name.partition(" (")[0] if lab_id in lexicon.labs else lab_id


# ---------------------------------------------------------------- the forest


def _grow(node: Tree, branch: Branch) -> None:
    for child in branch.below:
        _grow(node.add(_branch(child)), child)


def _branch(branch: Branch) -> Text:
    text = Text(branch.lab.name, style="bold" if branch.is_asked else _DIM)
    text.append(f"  {branch.lab.country}", style="not bold yellow")
    text.append(f"  {branch.lab.kind}", style=f"not bold {_DIM}")
    if branch.listings:
        text.append(f"  {', '.join(place.ticker for place in branch.listings)}", style="not bold cyan")
    if branch.n_families:
        text.append(f"  {counted(branch.n_families, 'model family', 'model families')}", style="not bold")
    if branch.since:
        text.append(f"  since {branch.since}", style=f"not bold {_DIM}")
    return text
