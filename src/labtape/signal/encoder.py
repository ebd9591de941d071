"""The encoder of a bundle: a small transformer in eight-bit integers that reads a headline and what follows.

    words ──tokenizer.onnx──> WordPiece ids ──encoder.onnx──> log-odds, one for each name in the manifest

Texts are read one at a time. The activations' scale of dynamic quantisation is that of the whole input, so in a batch a
text would be read a little differently beside other texts; alone it is the same bytes always.

On x86 processors without VNNI the fast product of eight-bit integers saturates at sixteen bits, and log-odds
would be others; there ONNX Runtime is told to take its exact one, which is slower.
"""

from __future__ import annotations

import importlib.util
import platform
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from labtape.exceptions import BundleError

NETWORK: Final = "encoder.onnx"
TOKENIZER: Final = "tokenizer.onnx"
OPERATORS: Final = "_extensions_pydll*"
#: Texts whose log-odds are kept: events and verdict of a chunk ask for the same ones.
KEPT: Final = 256
_DROPPED: Final = frozenset(["Mn", "Cf", "Cs"])


def folded(text: str) -> str:
    """Text as the vocabulary spells it: lower case, without accents and marks that nobody sees.

    >>> folded("Pokémon\\u200b GO"), folded("模型")
    ('pokemon go', '模型')
    """
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in parts if unicodedata.category(c) not in _DROPPED)


class Encoder:
    """Both graphs of a bundle, opened; `outputs` name the log-odds in the order the network gives them.

    `longest` is the number of pieces read, signs of beginning and end included.
    """

    def __init__(self, folder: Path, outputs: Sequence[str], longest: int) -> None:
        self.outputs = tuple(outputs)
        self.longest = longest
        self._tokenizer = _opened(folder / TOKENIZER)
        self._network = _opened(folder / NETWORK)
        self._kept = lru_cache(maxsize=KEPT)(self._values)

    def read(self, first: str, second: str) -> dict[str, float]:
        """Log-odds by name for a pair of texts: headline and opening, or an entity and what is said of it; even ones of nothing."""
        return dict(zip(self.outputs, self._kept(first, second), strict=True))

    def _values(self, first: str, second: str) -> tuple[float, ...]:
        import numpy as np

        ids, kinds = joined(self._pieces(first), self._pieces(second), self.longest)
        if not ids:
            return (0.0,) * len(self.outputs)
        fed = {"ids": np.array([ids], dtype=np.int64), "kinds": np.array([kinds], dtype=np.int64)}
        return tuple(float(value) for value in self._network.run(["log_odds"], fed)[0][0])

    def _pieces(self, text: str) -> list[int]:
        """WordPiece ids between the signs of beginning and end."""
        if not text:
            return []
        # A piece has at least one letter; what lies further on cannot be read.
        found = self._tokenizer.run(["input_ids"], {"text": [folded(text[: 16 * self.longest])]})[0]
        return [int(i) for i in found.ravel()]


def joined(first: Sequence[int], second: Sequence[int], longest: int) -> tuple[list[int], list[int]]:
    """Two tokenised texts as one input with the part that each piece belongs to; the second is cut to what room is left.

    Each begins and ends with its sign; the second's beginning is dropped. An empty first text is no part.

    >>> joined([101, 7, 8, 102], [101, 9, 10, 11, 102], 6)
    ([101, 7, 8, 102, 9, 102], [0, 0, 0, 0, 1, 1])
    """
    if not first:
        first, second = second, ()
    end = first[-1:]
    head = list(first) if len(first) <= longest else [*first[: longest - 1], *end]
    room = longest - len(head)
    tail = list(second[1:]) if len(second) else []
    if len(tail) > room:
        tail = [*tail[: room - 1], *end] if room > 1 else []
    return [*head, *tail], [0] * len(head) + [1] * len(tail)


def _opened(path: Path) -> Any:  # Any: onnxruntime has no types
    try:
        import onnxruntime as ort
    except ImportError as e:
        raise BundleError(
            f"{path}: reading it needs onnxruntime: {e}; install it, or take the bundle market3-fast"
        ) from e
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "0" if _is_exact() else "1")
    options.register_custom_ops_library(str(_operators(path)))
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _is_exact() -> bool:
    """Whether the fast product of this processor is the exact one, as far as can be told: on x86 where Linux names VNNI."""
    if platform.machine().lower() not in ("x86_64", "amd64", "i386", "i686", "x86"):
        return True
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return False


def _operators(path: Path) -> Path:
    """The library of onnxruntime-extensions. The package is not imported: beside `onnx` it brings PyTorch with it, seconds of it."""
    spec = importlib.util.find_spec("onnxruntime_extensions")
    folders = (spec.submodule_search_locations if spec else None) or ()
    found = [
        file for folder in folders for file in Path(folder).glob(OPERATORS) if file.suffix in (".so", ".pyd")
    ]
    if not found:
        raise BundleError(
            f"{path}: reading it needs onnxruntime-extensions, which is not here; install it, or take the bundle market3-fast"
        )
    return found[0]
