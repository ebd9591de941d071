"""Writes a fitted encoder as two ONNX files: the network in eight-bit integers, and its tokenizer."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from labtape.exceptions import ReadError
from labtape.signal.encoder import NETWORK, TOKENIZER, Encoder, folded
from labtape.train.encoder_fit import LONGEST, State, network
from labtape.train.encoder_lessons import outputs
from labtape.train.vocabulary import Vocabulary

OPSET: Final = 17


def export_encoder(state: State, vocabulary: Vocabulary, out: Path, *, texts: Iterable[str] = ()) -> Encoder:
    """Write both files into `out` and open them; raises `ReadError` where the two tokenizers disagree on one of `texts`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        _network(state, vocabulary, plain)
        _small(plain, out / NETWORK)
        _tokenizer(vocabulary, Path(folder), out / TOKENIZER)
    encoder = Encoder(out, outputs(), LONGEST)
    for text in texts:
        wanted, found = vocabulary.ids(folded(text)), encoder._pieces(text)
        if text and wanted[: len(found)] != found[: len(wanted)]:
            raise ReadError(f"the tokenizers of training and of the bundle read {text[:80]!r} differently")
    return encoder


def _network(state: State, vocabulary: Vocabulary, path: Path) -> None:
    import torch

    net = network(vocabulary, state)
    net.eval()

    class Alone(torch.nn.Module):  # type: ignore[misc,unused-ignore]  # torch is skipped
        """One text at a time: nothing is padded, so nothing is masked."""

        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, ids: Any, kinds: Any) -> Any:  # Any: tensors
            return self.net(ids, kinds, torch.ones_like(ids))

    ids = torch.tensor([[2, 5, 6, 3]])
    with warnings.catch_warnings():
        # The older exporter on purpose: its graph is what the quantiser reads best; it says that it is older, and of shapes that are fixed here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Alone(),
            (ids, torch.zeros_like(ids)),
            str(path),
            input_names=["ids", "kinds"],
            output_names=["log_odds"],
            dynamic_axes={"ids": {1: "n"}, "kinds": {1: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )


def _small(plain: Path, path: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        plain,
        path,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather", "Gemm"],
    )


def _tokenizer(vocabulary: Vocabulary, folder: Path, path: Path) -> None:
    import onnx
    from onnxruntime_extensions import gen_processing_models
    from transformers import BertTokenizer

    (folder / "vocab.txt").write_text("\n".join(vocabulary.pieces) + "\n", "utf-8")
    graph = gen_processing_models(BertTokenizer(str(folder / "vocab.txt")), pre_kwargs={})[0]
    if graph is None:
        raise ReadError("onnxruntime-extensions made no tokenizer")
    onnx.save(graph, str(path))
