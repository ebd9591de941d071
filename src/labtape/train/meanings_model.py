"""Makes the table of `story/meanings`: for each word a direction, such that their weighed sum is near what MiniLM says of a whole headline.

    python -m labtape.train.meanings_model OUT.npz SHARED

Words and sentences are those of the pool, of the public headline sets and of two categories of the UCI headlines that nothing is measured
on. Where a word lies by itself comes from MiniLM; how far the words of a sentence are to be moved is a ridge regression towards
MiniLM's sentence (the steps of Model2Vec and Tokenlearn, by MinishLab, 2024). Needs the extra `train`; some twenty minutes.
"""

from __future__ import annotations

import csv
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.exceptions import SettingsError
from labtape.story.tokens import tokens
from labtape.story.vectors import names, weigh, words
from labtape.train.encoder_fit import base_folder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

#: A word is kept from so many occurrences on, and sentences are sampled; WIDTH directions are enough (256 gained nothing).
LEAST: Final = 4
SENTENCES: Final = 45_000
WIDTH: Final = 128
#: How strongly a word is held where it lies by itself.
HELD: Final = 5.0
STEPS: Final = 40
SEED: Final = 0
_WORD: Final = re.compile(r"[^\W_]+")
_END: Final = re.compile(r"(?<=[.!?])\s+")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
#: Categories of the UCI headlines that are learned from; b and t are measured.
_LEARNED: Final = "em"


def texts(shared: Path) -> tuple[list[str], list[str]]:
    """All texts for their words, and the sentences that are learned from. Raises `SettingsError` where they are missing."""
    pool, sets, stories = shared / "pool" / "pool.jsonl", shared / "data" / "train", shared / "stories"
    for path in (pool, sets, stories):
        if not path.exists():
            raise SettingsError(
                f"{path}: the table of meanings is learned from the articles beside the project"
            )
    whole: list[str] = []
    sentences: set[str] = set()
    for row in _lines(pool):
        title, text = row.get("title") or "", row.get("text") or ""
        whole.append(f"{title} {text[:3000]}")
        if not _HAN.search(title):
            sentences |= {title, *(piece[:250] for piece in _END.split(text[:1500])[:3])}
    for name in ("tfns", "tfn_topic", "sentfin_headline"):
        found = [row["text"] for row in _table(sets / f"{name}.csv")]
        whole += found
        sentences |= {text[:250] for text in found}
    headlines = _table(stories / "uci_news_stories.csv")
    sentences |= {row["text"] for row in headlines if row["category"] in _LEARNED}
    whole += [row["text"] for row in headlines] + [
        row["text"] for row in _table(stories / "ecbplus_train_dev.csv")
    ]
    kept = sorted(text for text in sentences if len(text) > 15)
    random.Random(SEED).shuffle(kept)  # noqa: S311 - a sample, no secret
    return whole, kept[:SENTENCES]


def frequent(whole: Sequence[str]) -> dict[str, str]:
    """Comparable word -> its commonest form, of the words that occur often enough."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for text in whole:
        for form in _WORD.findall(text.lower()):
            for word in tokens(form):
                forms[word][form] += 1
    return {
        word: counts.most_common(1)[0][0]
        for word, counts in forms.items()
        if counts.total() >= LEAST and word.isascii() and not word.isdigit()
    }


def fit(vocabulary: Sequence[str], alone: Rows, sentences: Sequence[str], read: Rows) -> Rows:
    """A direction for each word, so that the weighed sums come near the sentences; `alone` and `read` are MiniLM's."""
    import numpy as np
    from scipy.sparse import csr_matrix

    rows = {word: row for row, word in enumerate(vocabulary)}
    starts, columns, weights = [0], [], []
    for text in sentences:
        vector = weigh(words(text, ""), names(text), seen={}, n_seen=0)
        known = [(rows[word], weight) for word, weight in vector.items() if word in rows]
        columns += [column for column, _ in known]
        weights += [weight for _, weight in known]
        starts.append(len(columns))
    matrix = csr_matrix((weights, columns, starts), shape=(len(sentences), len(rows)), dtype=np.float32)
    centred = read - read.mean(0)
    _, _, axes = np.linalg.svd(centred[: SENTENCES // 2], full_matrices=False)
    wanted, lone = centred @ axes[:WIDTH].T, (alone - alone.mean(0)) @ axes[:WIDTH].T
    summed = matrix @ lone
    scale = float((summed * wanted).sum() / (summed * summed).sum())
    moved = _ridge(matrix.T @ matrix, matrix.T @ (wanted - scale * summed))
    directions: Rows = scale * lone + moved
    return directions


def _ridge(gram: Any, right: Rows) -> Rows:  # Any: a sparse matrix
    """What solves (gram + HELD) x = right, by conjugate gradients on all columns at once."""
    import numpy as np

    found, left = np.zeros_like(right), right.copy()
    way = left.copy()
    size = (left * left).sum(0)
    for _ in range(STEPS):
        onto = gram @ way + HELD * way
        far = size / ((way * onto).sum(0) + 1e-12)
        found, left = found + far * way, left - far * onto
        now = (left * left).sum(0)
        way, size = left + now / (size + 1e-12) * way, now
    return found


def write(path: Path, vocabulary: Sequence[str], directions: Rows) -> None:
    """The table as `story/meanings` reads it: eight bits a number."""
    import numpy as np

    scale = float(np.abs(directions).max()) / 127
    small = np.clip(np.round(directions / scale), -127, 127).astype(np.int8)
    listed = np.frombuffer("\n".join(vocabulary).encode(), np.uint8)
    np.savez_compressed(path, words=listed, directions=small, scale=np.float32(scale))


def read_by_minilm(listed: Sequence[str], *, longest: int, batch: int = 64) -> Rows:
    """What MiniLM says of each text, as a unit vector."""
    import numpy as np
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = base_folder()
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    order = sorted(range(len(listed)), key=lambda i: len(listed[i]))
    out = np.zeros((len(listed), model.config.hidden_size), np.float32)
    with torch.no_grad():
        for start in range(0, len(order), batch):
            some = order[start : start + batch]
            fed = tokenizer(
                [listed[i] for i in some],
                padding=True,
                truncation=True,
                max_length=longest,
                return_tensors="pt",
            )
            mask = fed["attention_mask"][..., None]
            mean = (model(**fed).last_hidden_state * mask).sum(1) / mask.sum(1)
            out[some] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return out


def _lines(path: Path) -> Iterator[dict[str, Any]]:  # Any: a row of the pool
    # Not splitlines: other line ends stand inside the texts.
    return (json.loads(line) for line in path.read_text("utf-8").split("\n") if line)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def main(out: str, shared: str) -> None:
    whole, sentences = texts(Path(shared))
    forms = frequent(whole)
    alone = read_by_minilm(list(forms.values()), longest=8, batch=256)
    read = read_by_minilm(sentences, longest=40)
    write(Path(out), list(forms), fit(list(forms), alone, sentences, read))
    sys.stdout.write(f"{out}: {len(forms)} words\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
