"""A smaller WordPiece vocabulary: the pieces that training texts use, and every single letter, so that any word can be spelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

UNKNOWN: Final = "[UNK]"
SIGNS: Final = ("[PAD]", UNKNOWN, "[CLS]", "[SEP]", "[MASK]")
_LONGEST_WORD: Final = 100


@dataclass(frozen=True)
class Vocabulary:
    """Pieces in order, and the row of the full vocabulary that each one was."""

    pieces: tuple[str, ...]
    rows: tuple[int, ...]

    @cached_property
    def _tokenizer(self) -> Any:  # Any: tokenizers has no types
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

        ids = {piece: k for k, piece in enumerate(self.pieces)}
        made = Tokenizer(models.WordPiece(ids, unk_token=UNKNOWN, max_input_chars_per_word=_LONGEST_WORD))
        made.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        made.post_processor = processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
        return made

    def ids(self, text: str) -> list[int]:
        """Ids of a text between the signs of beginning and end."""
        return list(self._tokenizer.encode(text).ids)


def read_vocabulary(folder: Path) -> Vocabulary:
    """The full vocabulary of a model's folder."""
    pieces = tuple((folder / "vocab.txt").read_text("utf-8").splitlines())
    return Vocabulary(pieces, tuple(range(len(pieces))))


def pruned(full: Vocabulary, texts: Iterable[str], *, least: int) -> Vocabulary:
    """The pieces that occur at least `least` times in `texts`, signs, and single letters and digits, in the old order."""
    counts = Counter(i for text in texts for i in full.ids(text))
    kept = [
        (row, piece)
        for row, piece in zip(full.rows, full.pieces, strict=True)
        if piece in SIGNS or len(piece.removeprefix("##")) == 1 or counts[row] >= least
    ]
    return Vocabulary(tuple(piece for _, piece in kept), tuple(row for row, _ in kept))
