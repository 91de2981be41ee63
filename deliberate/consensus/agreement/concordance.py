"""Whether stakeholders see the whole text alike: agreement between raters (consensus.md B4, B5).

These compare clauses: a stakeholder who accepts everything and one who rejects everything rank no clause alike. They
say nothing of one clause.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from deliberate.consensus.agreement.given import Floats, table

Metric = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(levels: ArrayLike, level: Metric = "ordinal") -> float | None:
    """Return Krippendorff's alpha: whether stakeholders find the same clauses acceptable and the same ones not.

    Clauses are the units and stakeholders the coders. With o_ck the coincidences of levels c and k within clauses,
    each pair weighted by 1/(m_u - 1) for a clause with m_u levels, n_c their sums and n the sum of all,
    α = 1 - (n - 1) Σ_ck o_ck δ²_ck / Σ_ck n_c n_k δ²_ck. There δ is 1 for two different levels (nominal), their
    difference (interval), or the number of values between them, those at the two ends counted half (ordinal):
    Σ_{g=c..k} n_g - (n_c + n_k)/2.

    Parameters
    ----------
    levels : array_like, shape (stakeholders, clauses)
        NaN where there is none.
    level : {"ordinal", "nominal", "interval"}
        The level of measurement. Stances are ordinal.

    Returns
    -------
    float or None
        At most 1; 0 is what chance would give, and systematic disagreement is below. None when fewer than two levels
        occur in the clauses that at least two stakeholders have a level on.

    Raises
    ------
    ValueError
        For infinite levels, another number of axes, or an unknown level of measurement.

    Notes
    -----
    Clauses with fewer than two levels are left out. It does not depend on any order, nor on the ends of the scale:
    the ordinal δ counts values, not steps.

    References
    ----------
    .. [1] K. Krippendorff, *Content Analysis: An Introduction to Its Methodology*, 4th ed., Sage, 2018.
    .. [2] K. Krippendorff, "Computing Krippendorff's alpha-reliability", University of Pennsylvania, 2011.

    Examples
    --------
    >>> round(krippendorff_alpha([[5, 4, 3, 1], [5, 4, 2, 1], [4, 4, 3, 2]]), 6)
    0.885417
    >>> krippendorff_alpha([[5, 5], [5, 5]]) is None  # nothing varies
    True
    """
    x = table(levels)
    if level not in ("nominal", "ordinal", "interval"):
        raise ValueError(f"{level!r} is no level of measurement known here")
    values = np.unique(x[~np.isnan(x)])
    counts = (
        np.stack([(x == value).sum(axis=0) for value in values], axis=1) if len(values) else np.zeros((0, 0))
    )
    held = counts.sum(axis=1)
    counts, held = counts[held >= 2], held[held >= 2]
    occurs = counts.sum(axis=0) > 0
    counts, values = counts[:, occurs], values[occurs]
    if len(values) < 2:
        return None
    observed = np.zeros((len(values), len(values)))
    for size in np.unique(held):  # whole numbers until they are divided: no order of the clauses can matter
        of_size = counts[held == size]
        observed += (of_size.T @ of_size - np.diag(of_size.sum(axis=0))) / (size - 1)
    totals = counts.sum(axis=0)
    delta = _difference(values, totals, level) ** 2
    return float(1 - (totals.sum() - 1) * (observed * delta).sum() / (np.outer(totals, totals) * delta).sum())


def _difference(values: Floats, totals: Floats, level: Metric) -> Floats:
    """Return δ (values, values) of the level of measurement."""
    match level:
        case "nominal":
            return 1.0 - np.eye(len(values))
        case "ordinal":
            middle = np.cumsum(totals) - totals / 2
            return np.asarray(np.subtract.outer(middle, middle))
        case "interval":
            return np.asarray(np.subtract.outer(values, values))


def kendall_w(ranks: ArrayLike) -> float | None:
    """Return Kendall's coefficient of concordance W: whether stakeholders rank the items alike.

    Each row is ranked, ties at the mean of their places. With m rows, n items and R_j the sum of ranks of item j,
    W = 12 Σ_j (R_j - m(n + 1)/2)² / (m²(n³ - n) - m Σ_i T_i), where T_i sums t³ - t over the ties of row i.

    Parameters
    ----------
    ranks : array_like, shape (stakeholders, items)
        Ranks or scores, in either direction, the same for all. A row with a NaN is left out: W is of complete data.

    Returns
    -------
    float or None
        In [0, 1]: 1 when all rank alike. None with fewer than two complete rows, fewer than two items, or when
        everybody ties everything.

    Raises
    ------
    ValueError
        For infinite scores or another number of axes.

    Notes
    -----
    For orders of priority between clauses, as in ranking Delphi rounds, where Schmidt [2]_ calls 0.7 strong; not for
    stances. It equals Friedman's χ²/(m (n - 1)).

    References
    ----------
    .. [1] M. G. Kendall and B. Babington Smith, "The problem of m rankings", *Annals of Mathematical Statistics*
       10(3), 1939, 275-287, doi:10.1214/aoms/1177732186.
    .. [2] R. C. Schmidt, "Managing Delphi surveys using nonparametric statistical techniques", *Decision Sciences*
       28(3), 1997, 763-774.

    Examples
    --------
    >>> round(kendall_w([[5, 4, 3, 1], [5, 4, 2, 1], [4, 4, 3, 2]]), 6)
    0.977011
    >>> kendall_w([[1, 2, 3], [3, 2, 1]])
    0.0
    """
    x = table(ranks)
    x = x[~np.isnan(x).any(axis=1)]
    m, n = x.shape
    if m < 2 or n < 2:
        return None
    sums, ties = np.zeros(n, dtype=np.int64), 0
    for row in x:
        _, place, size = np.unique(row, return_inverse=True, return_counts=True)
        sums += (2 * np.cumsum(size) - size + 1)[place]  # twice the mid-rank, which is whole
        ties += int((size**3 - size).sum())
    spread = sum((total - m * (n + 1)) ** 2 for total in sums.tolist())
    most = m * m * (n**3 - n) - m * ties
    return 3 * spread / most if most else None
