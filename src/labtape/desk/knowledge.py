"""What records are made with, in a form that is kept beside them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from labtape.batch.core import Tools, opened, opened_content, opened_lexicon
from labtape.plain import to_plain
from labtape.ports import Knowledge, Model, Store
from labtape.version import __version__

if TYPE_CHECKING:
    from labtape.lexicon import Lexicon


def knowledge_of(tools: Tools, model: Model | None) -> tuple[Knowledge, ...]:
    """The engine, the lexicon with all it says, the model and its label set, as they are in this process."""
    from labtape.report.record import dumps

    lexicon, content = opened_lexicon(tools.lexicon), opened_content(tools.lexicon)
    judge = model or opened(tools)[1]
    ref = judge.ref
    label_set = lexicon.label_sets.get(judge.label_set_id)
    found = [
        Knowledge("engine", __version__, f"labtape {__version__}"),
        Knowledge("lexicon", content.digest, f"lexicon {content.version}", content.packed()),
        Knowledge("model", ref.digest, f"{ref.bundle} {ref.version}", dumps(to_plain(ref)).encode()),
    ]
    if label_set is not None:
        body = dumps(to_plain(label_set)).encode()
        digest = f"sha256:{sha256(body).hexdigest()}"
        found.append(Knowledge("label_set", digest, judge.label_set_id, body))
    return tuple(found)


def kept_lexicon(store: Store) -> Lexicon | None:
    """The lexicon that was in use when the store last heard of one; None where it never did.

    Raises `LexiconError` where what is kept cannot be read.
    """
    kept = store.knowledge().get("lexicon")
    return None if kept is None else _made(kept.body)


@lru_cache(maxsize=4)
def _made(body: bytes) -> Lexicon:
    from labtape.lexicon import from_content, unpacked

    return from_content(unpacked(body))


def missing(store: Store, tools: Tools, model: Model | None) -> tuple[str, ...]:
    """What was in use by the store's time and is another here, by name, so that it can be had; empty where all is the same."""
    here = {one.kind: one for one in knowledge_of(tools, model)}
    return tuple(
        f"{kind}: {then.name} ({then.digest}) is needed, here is {here[kind].name} ({here[kind].digest})"
        for kind, then in store.knowledge().items()
        if kind in here and here[kind].digest != then.digest
    )
