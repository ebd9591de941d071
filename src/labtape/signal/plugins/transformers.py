"""A sequence classifier of transformers (FinBERT and its kind) from a local folder, as a `Model`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from labtape.exceptions import BundleError
from labtape.ports import Model
from labtape.signal.bundle import checked_digest
from labtape.signal.plugins.own import OwnModel, TextView

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

CONFIG: Final = "config.json"
SAFE: Final = ".safetensors"
# Texts that go through the network together; on two cores more gained nothing and padding costs.
BATCH: Final = 16
# Tokens where neither tokenizer nor network names a limit: that of BERT and its kind.
MOST_TOKENS: Final = 512
# Above this a tokenizer's limit is its way of saying that it has none.
NO_LIMIT: Final = 1_000_000
OFFLINE: Final = "HF_HUB_OFFLINE"


class TransformersModel(OwnModel):
    """A network that classifies sequences, with its tokenizer, as the model that judges; `from_folder` makes one.

    It runs on the processor, in 32-bit floats, without dropout, on as many threads as torch is set to.
    """

    def __init__(
        self,
        network: Any,  # Any: torch and transformers are an extra, and their interface is by shape
        tokenizer: Any,  # Any: as the network
        *,
        name: str,
        digest: str,
        labels: Mapping[object, str] | None = None,
        text: TextView = "title",
        relevance: Model | str = "market3",
        lexicon: Lexicon | None = None,
        batch_size: int = BATCH,
    ) -> None:
        if batch_size < 1:
            raise BundleError(f"{name}: batch_size={batch_size}; it is a whole number from 1 up")
        super().__init__(
            _classes(network.config, name),
            place=name,
            labels=labels,
            text=text,
            relevance=relevance,
            lexicon=lexicon,
        )
        self._network = network
        self._tokenizer = tokenizer
        self._called = name
        self._known_digest = digest
        self._limit = _limit(network, tokenizer)
        self._batch_size = batch_size

    @classmethod
    def from_folder(
        cls,
        path: str | Path,
        *,
        digest: str = "",
        labels: Mapping[object, str] | None = None,
        text: TextView = "title",
        relevance: Model | str = "market3",
        lexicon: Lexicon | None = None,
        batch_size: int = BATCH,
    ) -> Self:
        """The model that `save_pretrained` wrote into a folder: config.json, *.safetensors and the tokenizer's files.

        Nothing is downloaded, no code of the folder runs, no pickle is opened. `labels` says what the names of `id2label`
        mean where it is not plain: {"LABEL_0": "Bearish", …}. With a `digest` only the folder that has it (as records show
        it: of every file's name and digest). Raises `BundleError`, also where the extra is not installed.
        """
        folder = Path(path)
        wanted = checked_digest(digest) if digest else ""
        _check_folder(folder)
        found = digest_of(folder)
        if wanted and found != wanted:
            raise BundleError(f"{folder}: its digest is {found}, not {wanted}; not opened")
        network, tokenizer = _opened(folder)
        return cls(
            network,
            tokenizer,
            name=f"transformers:{folder.resolve().name}",
            digest=found,
            labels=labels,
            text=text,
            relevance=relevance,
            lexicon=lexicon,
            batch_size=batch_size,
        )

    @property
    def _name(self) -> str:
        return self._called

    @property
    def _libraries(self) -> str:
        return f"transformers {metadata.version('transformers')}, torch {metadata.version('torch')}"

    @property
    def _digest(self) -> str:
        return self._known_digest

    def _rows(self, texts: list[str]) -> list[list[float]]:
        """Texts of like length go together, so that little is padded; the answers come in the order of the texts."""
        import torch

        order = sorted(range(len(texts)), key=lambda n: (len(texts[n]), n))
        can_pad = self._tokenizer.pad_token is not None
        size = self._batch_size if can_pad else 1
        rows: dict[int, list[float]] = {}
        with torch.inference_mode():
            for start in range(0, len(order), size):
                batch = order[start : start + size]
                tokens = self._tokenizer(
                    [texts[n] for n in batch],
                    truncation=True,
                    max_length=self._limit,
                    padding=can_pad,
                    return_tensors="pt",
                )
                logits = self._network(**tokens).logits.double()
                rows.update(zip(batch, torch.softmax(logits, dim=-1).tolist(), strict=True))
        return [rows[n] for n in range(len(texts))]


def digest_of(folder: Path) -> str:
    """One digest of the names and digests of all files below a folder, hidden ones left out; raises `BundleError`."""
    files = [
        file
        for file in sorted(folder.rglob("*"), key=lambda file: file.relative_to(folder).as_posix())
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]
    whole = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as body:
                one = hashlib.file_digest(body, "sha256").hexdigest()
        except OSError as e:
            raise BundleError(f"{file}: cannot be read ({e.strerror})") from e
        whole.update(f"{one}  {file.relative_to(folder).as_posix()}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def _check_folder(folder: Path) -> None:
    """Refuse what cannot be a safe folder, before any library of the extra sees it."""
    if not folder.is_dir():
        raise BundleError(
            f"{folder}: no such folder; transformers: takes one on this machine, not a name on a hub"
        )
    config = _json(folder / CONFIG, "save_pretrained writes one")
    if (folder / "adapter_config.json").exists():
        raise BundleError(f"{folder}: holds an adapter, not a model; merge it into its model and save that")
    weights = sorted(file.name for file in folder.glob(f"*{SAFE}"))
    if not weights:
        others = sorted(
            file.name for file in folder.iterdir() if file.suffix in (".bin", ".pt", ".pth", ".ckpt")
        )
        said = (
            f"only {', '.join(others)}, pickles, which run code when they are opened"
            if others
            else "no weights"
        )
        raise BundleError(
            f"{folder}: {said}; needed is model.safetensors, as save_pretrained of transformers writes it"
        )
    listed = [str(config.get("transformers_weights") or weights[0])]
    for index in sorted(folder.glob(f"*{SAFE}.index.json")):
        table = _json(index, "save_pretrained writes it").get("weight_map")
        listed += map(str, table.values()) if isinstance(table, dict) else [str(table)]
    strays = sorted({name for name in listed if not name.endswith((SAFE, f"{SAFE}.index.json"))})
    if strays:
        raise BundleError(
            f"{folder}: its weights are said to lie in {strays[0]}; only {SAFE} files are opened"
        )


def _json(file: Path, hint: str) -> dict[str, Any]:  # Any: JSON
    try:
        data = json.loads(file.read_bytes())
    except OSError as e:
        raise BundleError(f"{file}: cannot be read ({e.strerror}); {hint}") from e
    except ValueError as e:
        raise BundleError(f"{file}: not JSON ({e}); {hint}") from e
    if not isinstance(data, dict):
        raise BundleError(f"{file}: not a JSON object; {hint}")
    return data


def _classes(config: Any, place: str) -> tuple[str, ...]:  # Any: as the network
    """The names of a network's outputs, which must exclude each other."""
    kind = config.problem_type
    names = tuple(str(config.id2label[n]) for n in range(config.num_labels))
    if kind not in (None, "single_label_classification") or len(names) < 2:
        raise BundleError(
            f"{place}: made for {kind or 'regression'}, with {len(names)} outputs; needed is a classifier of exclusive classes "
            "(problem_type single_label_classification)"
        )
    return names


def _limit(network: Any, tokenizer: Any) -> int:  # Any: as the network and the tokenizer
    """How many tokens are read at most, so that every one has a position."""
    limits = [MOST_TOKENS]
    if 0 < tokenizer.model_max_length < NO_LIMIT:
        limits = [int(tokenizer.model_max_length)]
    positions = getattr(network.config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        # RoBERTa and its kind count from behind the padding's own number.
        tables = (module for name, module in network.named_modules() if name.endswith("position_embeddings"))
        skipped = max((table.padding_idx + 1 for table in tables if _has_padding(table)), default=0)
        limits.append(positions - skipped)
    return min(limits)


def _has_padding(table: Any) -> bool:  # Any: a module of torch
    return getattr(table, "padding_idx", None) is not None


def _opened(folder: Path) -> tuple[Any, Any]:  # Any: as the network and the tokenizer
    try:
        import torch
        from huggingface_hub import constants
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging
    except ImportError as e:
        raise BundleError(
            f"{folder}: models of transformers need an extra: pip install 'labtape[transformers]' ({e})"
        ) from e
    local = {"local_files_only": True, "trust_remote_code": False}
    with _offline(constants), _quiet(logging):
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **local)
            network, report = AutoModelForSequenceClassification.from_pretrained(
                folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **local
            )
        except Exception as e:  # the libraries raise what they like for a folder that is wrong
            said = f"{type(e).__name__}: {e}".splitlines()[0]
            raise BundleError(f"{folder}: transformers cannot open it ({said})") from e
    missing = sorted(report["missing_keys"])
    if missing:
        raise BundleError(
            f"{folder}: has no weights for {', '.join(missing[:3])}; a network that was trained to classify is needed, "
            "not one that would be filled with random numbers"
        )
    return network.eval(), tokenizer


@contextmanager
def _offline(constants: Any) -> Iterator[None]:  # Any: a module of huggingface_hub
    """Without a hub while a folder is opened: the switch was read at import, so both it and its variable are turned."""
    before, was = os.environ.get(OFFLINE), constants.HF_HUB_OFFLINE
    os.environ[OFFLINE], constants.HF_HUB_OFFLINE = "1", True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = was
        if before is None:
            del os.environ[OFFLINE]
        else:
            os.environ[OFFLINE] = before


@contextmanager
def _quiet(logging: Any) -> Iterator[None]:  # Any: a module of transformers
    """Without progress bars and reports on stderr; what matters of them becomes an error of ours."""
    level, has_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if has_bars:
            logging.enable_progress_bar()
