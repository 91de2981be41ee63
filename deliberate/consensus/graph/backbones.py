"""Which ties to keep where nearly everybody is tied to nearly everybody: the strongest, those above a threshold, or
those that a disparity filter finds out of the ordinary (consensus.md B15)."""

from typing import Final

import numpy as np

from deliberate.consensus.graph.ties import Bools, Network
from deliberate.consensus.matrix import Floats, significant
from deliberate.consensus.weights import checked

TOP_K: Final = 8
"""Ties that each stakeholder keeps in the backbone, of congruence and of conflict: a picture of 200 stays legible."""


def backbone(net: Network, top_k: int = TOP_K) -> Bools:
    """Return which ties to draw (stakeholders, stakeholders): of congruence, each stakeholder's strongest `top_k`,
    and of conflict likewise. A tie stays if either end keeps it.

    Among equal ties those to the nearest in rank stay, going round, so that stakeholders who hold the same become a
    ring and nobody a hub by having been seated first. Ties of weight 0 are neither and are not drawn.
    """
    count = len(net.rank)
    ahead = (net.rank[np.newaxis, :] - net.rank[:, np.newaxis]) % max(1, count)
    away = np.minimum(2 * ahead, 2 * (count - ahead) + 1)
    weight = significant(net.weight)
    kept = np.zeros((count, count), dtype=np.bool_)
    for strength in (weight, -weight):
        eligible = net.linked & (strength > 0)
        order = np.lexsort((away, np.where(eligible, -strength, np.inf)), axis=-1)[:, :top_k]
        kept[np.arange(count)[:, np.newaxis], order] |= np.take_along_axis(eligible, order, axis=1)
    return np.asarray(kept | kept.T)


def threshold_backbone(net: Network, least: float) -> Bools:
    """Return which ties (stakeholders, stakeholders) are at least as strong as `least`, of either sign.

    Raises ValueError for a threshold that is not above 0: a tie of weight 0 is neither congruence nor conflict.
    """
    if not least > 0:
        raise ValueError(f"a threshold of {least} keeps ties that are neither congruence nor conflict")
    return np.asarray(np.abs(net.signed) >= least)


def disparity_backbone(net: Network, alpha: float = 0.05) -> Bools:
    """Return which ties (stakeholders, stakeholders) a disparity filter keeps, in each layer by itself."""
    return np.asarray((disparity(net.positive) < alpha) | (disparity(net.negative) < alpha))


def disparity(weights: Floats) -> Floats:
    r"""Return how ordinary each tie is for its two ends: the less, the more it stands out.

    Of a node with k ties of total weight s, a tie of weight w would be as strong or stronger by chance alone, were the
    total dealt out evenly, with probability :math:`\alpha = (1 - w / s)^{k - 1}`. A tie has the lesser α of its two
    ends; an end with a single tie says nothing.

    Parameters
    ----------
    weights : array (nodes, nodes)
        Symmetric, not negative; 0 where there is no tie.

    Returns
    -------
    array (nodes, nodes)
        α from 0 to 1; 1 where there is no tie, or where it is the only tie of both its ends.

    Raises
    ------
    ValueError
        For weights that are not symmetric, finite and not negative.

    Notes
    -----
    Where nearly all ties are much alike, as among positions on a short text, hardly any stands out: the strongest
    ties of each (`backbone`) are the better picture.

    References
    ----------
    .. [1] M. Á. Serrano, M. Boguñá & A. Vespignani, "Extracting the multiscale backbone of complex weighted
       networks", *PNAS* 106(16):6483-6488, 2009, doi:10.1073/pnas.0808904106.

    Examples
    --------
    >>> star = np.array([[0.0, 10, 1, 1], [10, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])
    >>> disparity(star)[0].round(6).tolist()
    [1.0, 0.027778, 0.840278, 0.840278]
    """
    weights = checked(weights)
    ties = np.count_nonzero(weights, axis=1)[:, np.newaxis]
    strength = weights.sum(axis=1, keepdims=True)
    share = np.divide(weights, strength, out=np.zeros_like(weights), where=strength > 0)
    at_one_end = np.where((weights > 0) & (ties > 1), (1.0 - share) ** np.maximum(ties - 1, 0), 1.0)
    return np.minimum(at_one_end, at_one_end.T)
