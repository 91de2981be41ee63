"""Weights of ties, checked before anything is computed from them."""

import numpy as np
from numpy.typing import ArrayLike

from deliberate.consensus.matrix import Floats


def checked(weights: ArrayLike, signed: bool = False) -> Floats:
    """Return the weights (nodes, nodes) as floats.

    Raises ValueError unless they are square, symmetric, finite, 0 from a node to itself and, where they are not
    `signed`, not negative.
    """
    given = np.asarray(weights, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        raise ValueError(f"ties between n nodes are n × n weights, not {' × '.join(map(str, given.shape))}")
    if not np.isfinite(given).all():
        raise ValueError("a tie has a finite weight, 0 where there is none")
    if (given != given.T).any() or given.diagonal().any():
        raise ValueError("ties are mutual, and nobody is tied to itself")
    if not signed and (given < 0).any():
        raise ValueError("a layer of congruence or of conflict has no negative weights")
    return given
