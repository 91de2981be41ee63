"""How alike, and how high: what the frequencies of the levels say of one clause (consensus.md B1-B3, B6).

Every measure here takes `counts`, the frequencies of the levels 1..K of one clause, and returns a float, or None where
there is nothing to measure. They tell cohesion from approval: `agreement_with_target` says how near to a level the
stakeholders are, all others only how near to each other. Frequencies are taken as exact proportions, so that twice as
many of each gives the same bits, and so does the scale read from its other end.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import fsum, log2

import numpy as np
from numpy.typing import ArrayLike

from deliberate.consensus.agreement.given import frequencies

ALPHA_MAX = 1.6
"""The greatest sensitivity to polarization for which Esteban and Ray's axioms hold."""


def consensus_tastle_wierman(counts: ArrayLike) -> float | None:
    """Return Tastle and Wierman's Cns: how close the levels are to their own mean.

    1 when all hold the same level, 0 when half hold one end of the scale and half the other.

    Cns = 1 + Σ_k p_k log2(1 - |k - μ|/(K - 1)), with μ = Σ_k k p_k and p_k the share at level k.

    Parameters
    ----------
    counts : array_like, shape (K,)
        Frequencies of the levels 1..K, finite and not negative.

    Returns
    -------
    float or None
        In [0, 1]. None when nobody has a level or the scale has fewer than two.

    Raises
    ------
    ValueError
        For a frequency that is negative, infinite or NaN.

    Notes
    -----
    This is cohesion, not approval: when everybody objects it is 1. Never show it alone. The width K - 1 is that of the
    scale, not of what was observed. One stakeholder gives 1. Their dissention is 1 - Cns.

    References
    ----------
    .. [1] W. J. Tastle and M. J. Wierman, "Consensus and dissention: A measure of ordinal dispersion", *International
       Journal of Approximate Reasoning* 45(3), 2007, 531-545, doi:10.1016/j.ijar.2006.06.024.

    Examples
    --------
    >>> round(consensus_tastle_wierman([1, 0, 2, 1, 2]), 6)
    0.441814
    >>> consensus_tastle_wierman([10, 0, 0, 0, 0])  # everybody objects
    1.0
    """
    held = frequencies(counts)
    n, width = sum(held), len(held) - 1
    if n == 0 or width < 1:
        return None
    total = sum(k * c for k, c in enumerate(held, 1))
    return _unit(1 + fsum(p * log2((width * n - abs(k * n - total)) / (width * n)) for k, p in _shares(held)))


def agreement_with_target(counts: ArrayLike, target: float) -> float | None:
    """Return Tastle and Wierman's Agr(τ): how close the levels are to a target level.

    Agr(τ) = 1 + Σ_k p_k log2(1 - |k - τ|/(2 (K - 1))), with p_k the share at level k.

    Parameters
    ----------
    counts : array_like, shape (K,)
        Frequencies of the levels 1..K, finite and not negative.
    target : float
        τ, from 1 to K. With the top level this is their strength of consensus, sCns.

    Returns
    -------
    float or None
        In [0, 1]: 1 when all hold the target, 0 when all hold the end of the scale farthest from a target at its
        other end. None when nobody has a level or the scale has fewer than two.

    Raises
    ------
    ValueError
        For a target outside the scale, or a frequency that is negative, infinite or NaN.

    Notes
    -----
    It is additive: the mean over stakeholders of a value of their level, which for a target of 5 on five levels is 0,
    0.321928, 0.584963, 0.807355 and 1. So it is an index of the *level* of agreement, and can be a linear objective.

    References
    ----------
    .. [1] W. J. Tastle and M. J. Wierman, "Consensus and dissention: A measure of ordinal dispersion", *International
       Journal of Approximate Reasoning* 45(3), 2007, 531-545, doi:10.1016/j.ijar.2006.06.024.

    Examples
    --------
    >>> round(agreement_with_target([1, 0, 2, 1, 2], 5), 6)
    0.66288
    >>> agreement_with_target([1, 0, 0, 0, 9], 5)  # a lone objector hardly lowers it
    0.9
    """
    held = frequencies(counts)
    n, width = sum(held), len(held) - 1
    if width >= 1 and not 1 <= target <= len(held):
        raise ValueError(f"a target of {target} lies outside the scale from 1 to {len(held)}")
    if n == 0 or width < 1:
        return None
    return _unit(1 + fsum(p * log2(1 - abs(k - target) / (2 * width)) for k, p in _shares(held)))


def agreement_van_der_eijk(counts: ArrayLike) -> float | None:
    """Return van der Eijk's agreement A: how far the levels gather around one place of the scale.

    The histogram is peeled into layers, each the same over the levels S that are still held; A is the mean of the
    layers' agreements, weighted by their share of the stakeholders. In a layer TU counts the triples of levels that
    say one peak (held, held, not; or not, held, held) and TDU those that say two (held, not, held). A layer's agreement is
    U (1 - (S - 1)/(K - 1)), with U = ((K - 2) TU - (K - 1) TDU)/((K - 2)(TU + TDU)); that of a single level is 1.

    Parameters
    ----------
    counts : array_like, shape (K,)
        Frequencies of the levels 1..K, finite and not negative.

    Returns
    -------
    float or None
        In [-1, 1]: 1 for one level, 0 for all levels alike, -1 for the two ends. None when nobody has a level or the
        scale has fewer than three. Polarization is (1 - A)/2.

    Raises
    ------
    ValueError
        For a frequency that is negative, infinite or NaN.

    Notes
    -----
    Not monotone as one would expect: (0, 5, 0, 5, 0) is above 0. For analysts only.

    References
    ----------
    .. [1] C. van der Eijk, "Measuring agreement in ordered rating scales", *Quality & Quantity* 35(3), 2001, 325-341,
       doi:10.1023/A:1010374114305.

    Examples
    --------
    >>> round(agreement_van_der_eijk([30, 40, 210, 130, 530, 50, 10]), 7)
    0.6113333
    >>> agreement_van_der_eijk([5, 0, 0, 0, 5])
    -1.0
    """
    rest = list(frequencies(counts))
    n = sum(rest)
    if n == 0 or len(rest) < 3:
        return None
    total = Fraction(0)
    while any(rest):
        layer = [int(c > 0) for c in rest]
        depth = min(c for c in rest if c)
        total += depth * sum(layer) * _agreement_of_layer(layer)
        rest = [c - depth * held for c, held in zip(rest, layer, strict=True)]
    return float(total / n)


def _agreement_of_layer(layer: list[int]) -> Fraction:
    """Return A(P) of a pattern of levels that are held (1) or not (0)."""
    k, held = len(layer), sum(layer)
    if held == 1:
        return Fraction(1)
    triples = list(combinations(layer, 3))
    two_peaks = triples.count((1, 0, 1))
    one_peak = triples.count((1, 1, 0)) + triples.count((0, 1, 1))
    if one_peak + two_peaks == 0:
        return Fraction(0)
    peaked = Fraction((k - 2) * one_peak - (k - 1) * two_peaks, (k - 2) * (one_peak + two_peaks))
    return peaked * Fraction(k - held, k - 1)


def consensus_leik(counts: ArrayLike) -> float | None:
    """Return Leik's consensus, 1 - D: how little the levels are dispersed.

    D = 2 Σ_{k<K} min(F_k, 1 - F_k)/(K - 1), with F_k the share of stakeholders at level k or below.

    Parameters
    ----------
    counts : array_like, shape (K,)
        Frequencies of the levels 1..K, finite and not negative.

    Returns
    -------
    float or None
        In [0, 1]: 1 when all hold the same level, 0 for half at each end. None when nobody has a level or the scale
        has fewer than two.

    Raises
    ------
    ValueError
        For a frequency that is negative, infinite or NaN.

    Notes
    -----
    The dispersion to show first: it is nearly linear, and can be explained. One objection among ten still leaves 0.8,
    so it stands beside the status, never in its place. One stakeholder gives 1.

    References
    ----------
    .. [1] R. K. Leik, "A measure of ordinal consensus", *Pacific Sociological Review* 9(2), 1966, 85-90.

    Examples
    --------
    >>> round(consensus_leik([1, 0, 2, 1, 2]), 6)
    0.416667
    """
    held = frequencies(counts)
    n, width = sum(held), len(held) - 1
    if n == 0 or width < 1:
        return None
    below, dispersed = 0, 0
    for c in held[:-1]:
        below += c
        dispersed += min(below, n - below)
    return (width * n - 2 * dispersed) / (width * n)


def polarization_esteban_ray(
    counts: ArrayLike, alpha: float = 1.0, places: ArrayLike | None = None
) -> float | None:
    """Return Esteban and Ray's polarization: few large groups, far apart, each alike within.

    P = 2^(1+α) Σ_i Σ_j p_i^(1+α) p_j |y_i - y_j|, scaled so that half at each end of the scale gives 1, the greatest
    there is.

    Parameters
    ----------
    counts : array_like, shape (K,)
        Frequencies of the levels 1..K, finite and not negative; with `places`, the sizes of blocs.
    alpha : float
        α in (0, 1.6], how much it counts to be many; their fourth axiom asks for 1 or more.
    places : array_like, shape (K,), optional
        y in [0, 1], for instance the mean level of each bloc, scaled; by default equally spaced from 0 to 1.

    Returns
    -------
    float or None
        In [0, 1]; 0 when all are in one place. None when nobody has a level, or the scale has fewer than two and no
        places are given.

    Raises
    ------
    ValueError
        For an α outside (0, 1.6], places outside [0, 1] or of another number, or a frequency that is negative,
        infinite or NaN.

    References
    ----------
    .. [1] J.-M. Esteban and D. Ray, "On the measurement of polarization", *Econometrica* 62(4), 1994, 819-851,
       doi:10.2307/2951734.

    Examples
    --------
    >>> polarization_esteban_ray([5, 0, 0, 0, 5])
    1.0
    >>> round(polarization_esteban_ray([2, 2, 2, 2, 2], alpha=1.6), 6)
    0.184666
    """
    if not 0 < alpha <= ALPHA_MAX:
        raise ValueError(f"alpha is {alpha}: the axioms ask for more than 0 and at most {ALPHA_MAX}")
    held = frequencies(counts)
    n = sum(held)
    if places is None:
        y, width = [float(k) for k in range(len(held))], len(held) - 1
    else:
        y, width = np.asarray(places, dtype=np.float64).tolist(), 1
        if len(y) != len(held) or not all(0 <= place <= 1 for place in y):
            raise ValueError(f"places are {len(held)} numbers from 0 to 1, one for each count")
    if n == 0 or width == 0:
        return None
    shares = _shares(held)
    return _unit(
        fsum(
            (2 * p) ** (1 + alpha) * q * (abs(y[k - 1] - y[j - 1]) / width)
            for k, p in shares
            for j, q in shares
        )
    )


def _shares(held: Sequence[int]) -> list[tuple[int, float]]:
    """Return (level, its share of the stakeholders) of the levels that somebody holds."""
    n = sum(held)
    return [(k, p) for k, c in enumerate(held, 1) if (p := c / n)]


def _unit(value: float) -> float:
    """Return the value without what rounding put outside [0, 1]."""
    return min(1.0, max(0.0, value))
