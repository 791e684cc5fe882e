"""The models of two arms' events, each as rows, designs and loadings.

Names as in Stijnen, Hamza & Ozdemir (2010) and Jackson et al. (2018): unconditional with fixed
(UM.FS) or random (UM.RS) study effects; conditional on the events of both arms, exact (CM.EL) or
approximated by a binomial (CM.AL).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.sparse.kernels import Kernel, binomial, hypergeometric, poisson
from equipoise.synthesis.sparse.mixed_likelihood import MixedModel
from equipoise.synthesis.sparse.tables import PersonTime, TwoByTwo

FloatArray = NDArray[np.float64]
ModelName = Literal["UM.FS", "UM.RS", "CM.EL", "CM.AL"]
MODELS: tuple[ModelName, ...] = ("UM.FS", "UM.RS", "CM.EL", "CM.AL")
CODINGS = {0.5: (0.5, -0.5), 1.0: (1.0, 0.0), 0.0: (0.0, 1.0)}
"""How the arms share a study's deviation in effect: halves, all in the first, all in the second."""


def two_arm_model(
    kernel: Kernel,
    X: FloatArray,
    *,
    study: Literal["fixed", "random"],
    heterogeneous: bool,
    coding: float = 0.5,
    correlated: bool = False,
) -> MixedModel:
    """Return a model of both arms; the first p parameters are those of the effect.

    Parameters
    ----------
    X : shape (k, p)
        Design of the effect, which stands in the first arm's predictor.
    """
    k, p = X.shape
    effect = np.zeros((k, 2, p))
    effect[:, 0] = X
    D = np.concatenate([effect, np.ones((k, 2, 1))], axis=2)
    own = np.arange(k) if study == "fixed" else np.zeros(k)
    index = np.hstack([np.tile(np.arange(p), (k, 1)), (p + own)[:, None]]).astype(np.intp)
    loadings = []
    if study == "random":
        loadings.append((1.0, 1.0))
    if heterogeneous:
        loadings.append(CODINGS[coding])
    Z = np.tile(np.array(loadings).reshape(len(loadings), 2).T, (k, 1, 1))
    entries = [(j, j) for j in range(len(loadings))]
    if correlated and len(loadings) == 2:
        entries.insert(1, (1, 0))
    return MixedModel(kernel, np.zeros((k, 2)), D, index, Z, tuple(entries))


def one_row_model(
    kernel: Kernel, X: FloatArray, *, heterogeneous: bool, offset: FloatArray | None = None
) -> MixedModel:
    """Return a model with one row a study: conditional, or of one arm."""
    k, p = X.shape
    shift = np.zeros(k) if offset is None else offset
    index = np.tile(np.arange(p), (k, 1)).astype(np.intp)
    Z = np.ones((k, 1, int(heterogeneous)))
    entries = ((0, 0),) if heterogeneous else ()
    return MixedModel(kernel, shift[:, None], X[:, None, :], index, Z, entries)


def odds_ratio_model(
    t: TwoByTwo,
    X: FloatArray,
    model: ModelName,
    *,
    heterogeneous: bool = True,
    coding: float = 0.5,
    correlated: bool = False,
) -> MixedModel:
    """Return the model of tables; tables where nobody or everybody had an event are left out."""
    if model == "CM.EL":
        return one_row_model(hypergeometric(t.a, t.n1, t.c, t.n2), X, heterogeneous=heterogeneous)
    if model == "CM.AL":
        kernel = binomial(t.a[:, None], (t.a + t.c)[:, None])
        return one_row_model(kernel, X, heterogeneous=heterogeneous, offset=np.log(t.n1 / t.n2))
    kernel = binomial(np.stack([t.a, t.c], axis=1), np.stack([t.n1, t.n2], axis=1))
    return two_arm_model(
        kernel, X, study="fixed" if model == "UM.FS" else "random",
        heterogeneous=heterogeneous, coding=coding, correlated=correlated,
    )  # fmt: skip


def rate_ratio_model(
    t: PersonTime,
    X: FloatArray,
    model: ModelName,
    *,
    heterogeneous: bool = True,
    coding: float = 0.5,
    correlated: bool = False,
) -> MixedModel:
    """Return the model of rates; given all events of a study those of one arm are binomial."""
    if model in ("CM.EL", "CM.AL"):
        kernel = binomial(t.a[:, None], (t.a + t.c)[:, None])
        return one_row_model(kernel, X, heterogeneous=heterogeneous, offset=np.log(t.t1 / t.t2))
    kernel = poisson(np.stack([t.a, t.c], axis=1), np.stack([t.t1, t.t2], axis=1))
    return two_arm_model(
        kernel, X, study="fixed" if model == "UM.FS" else "random",
        heterogeneous=heterogeneous, coding=coding, correlated=correlated,
    )  # fmt: skip
