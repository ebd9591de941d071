"""Multinomial logistic regression that starts from given log-odds.

    P(class | row) = softmax(offset + row · W + b)

What is learned (W) is drawn to 0 by its square, that is: to the offset. scikit-learn's own takes none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import logsumexp, softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# What the last step promised of the loss. Near the optimum a step that gains so little is about 1e-7 long, and what it leaves
# is a millionth of that: the answer does not depend on the way to it.
_GAIN: Final = 1e-15
_LEAST_RTOL: Final = 1e-6  # of conjugate gradients, which wander below what doubles resolve
_MOST_INNER: Final = 250
_LEAST_PART: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights (columns × classes), intercepts, how many steps it took, and whether they were enough."""

    coef: Floats
    intercept: Floats
    n_iter: int
    is_converged: bool


def fit(
    matrix: Any,  # Any: a dense array, or a CSR matrix of SciPy, which has no types
    classes: NDArray[np.intp],
    n_classes: int,
    *,
    weights: Floats,
    strength: float,
    offset: Floats | None = None,
    max_iter: int,
) -> Fit:
    """The weights at which the weighted log-loss plus |W|² / (2 · `strength`) is least.

    With an `offset` the intercepts are drawn to 0 as well, so that few rows leave it nearly as it was.
    """
    n, d = matrix.shape
    start = np.zeros((n, n_classes)) if offset is None else offset
    wanted = np.zeros((n, n_classes))
    wanted[np.arange(n), classes] = 1.0
    penalty = np.full((d + 1, n_classes), 1.0 / strength)
    if offset is None:
        penalty[d] = 0.0

    def logits(flat: Floats) -> Floats:
        w = flat.reshape(d + 1, n_classes)
        return np.asarray(start + matrix @ w[:d] + w[d])

    def back(of_rows: Floats, w: Floats) -> Floats:
        w = w.reshape(d + 1, n_classes)
        total = np.vstack([np.asarray(matrix.T @ of_rows), of_rows.sum(axis=0)]) + penalty * w
        total[d] += w[d].sum()
        return total.ravel()

    def loss(flat: Floats) -> float:
        z = logits(flat)
        own = weights * (logsumexp(z, axis=1) - z[np.arange(n), classes])
        # Intercepts that rise together change nothing; that their sum is 0 makes the optimum a single one.
        level = flat[-n_classes:].sum()
        return float(own.sum() + ((penalty.ravel() * flat**2).sum() + level**2) / 2)

    def slope(flat: Floats) -> Floats:
        return back(weights[:, None] * (softmax(logits(flat), axis=1) - wanted), flat)

    def curve(flat: Floats, along: Floats) -> Floats:
        p = softmax(logits(flat), axis=1)
        v = along.reshape(d + 1, n_classes)
        moved = matrix @ v[:d] + v[d]
        centred = p * (moved - (p * moved).sum(axis=1, keepdims=True))
        return back(weights[:, None] * centred, along)

    at = np.zeros((d + 1) * n_classes)
    gain = np.inf
    n_iter = 0
    while n_iter < max_iter and gain > _GAIN:
        n_iter += 1
        g = slope(at)
        step = _newton(partial(curve, at), g)
        gain = -float(g @ step)
        at = at + _damped(loss, at, step, gain) * step
    w = at.reshape(d + 1, n_classes)
    return Fit(w[:d], w[d], n_iter, is_converged=gain <= _GAIN)


def _newton(curve: Callable[[Floats], Floats], g: Floats) -> Floats:
    """The step to where the slope would be 0, the more exact the nearer it is."""
    size = float(np.linalg.norm(g))
    operator = LinearOperator((len(g), len(g)), matvec=curve, dtype=np.float64)
    found, _ = cg(operator, -g, rtol=max(_LEAST_RTOL, min(0.1, size)), atol=0.0, maxiter=_MOST_INNER)
    return np.asarray(found)


def _damped(loss: Callable[[Floats], float], at: Floats, step: Floats, gain: float) -> float:
    """The part of a step after which the loss is less, by at least a little of the `gain` that the slope promises."""
    here, part = loss(at), 1.0
    slack = 1e-12 * abs(here)  # below it two losses cannot be told apart, and the step is good by itself
    while loss(at + part * step) > here - 1e-4 * part * gain + slack and part > _LEAST_PART:
        part /= 2
    return part
