"""How alike two stakeholders answer: Signorino and Ritter's S, Häge's kappa and pi, Lijphart's agreement
(consensus.md B13). All rest on the clauses on which both have a level."""

from typing import Final, Literal, get_args

import numpy as np

from deliberate.consensus.graph.ties import COMMON_MIN
from deliberate.consensus.matrix import Floats

Measure = Literal["s", "s2", "kappa", "pi", "lijphart"]

_MEASURES: Final = get_args(Measure)


def similarity(
    levels: Floats,
    measure: Measure = "s",
    lo: float = 1,
    hi: float = 5,
    weights: Floats | None = None,
    common_min: int = COMMON_MIN,
) -> Floats:
    """Return how alike all pairs of stakeholders answer.

    Parameters
    ----------
    levels : array (stakeholders, clauses)
        Levels from `lo` to `hi`, NaN where there is none.
    measure : {"s", "s2", "kappa", "pi", "lijphart"}
        S by distances, S by squared distances, Häge's kappa, Häge's pi, Lijphart's agreement: see `similarity_s`,
        `similarity_kappa`, `similarity_pi` and `lijphart_agreement`.
    lo, hi : float
        The ends of the scale; pinned, whatever was observed.
    weights : array (clauses,), optional
        Of the clauses, for S only; by default all count the same.
    common_min : int
        Pairs with fewer common clauses have no similarity.

    Returns
    -------
    array (stakeholders, stakeholders)
        Symmetric; NaN where there is none, for too few common clauses or for levels without variance.

    Raises
    ------
    ValueError
        For an unknown measure, a scale without width, levels outside it, or weights that do not fit.

    Examples
    --------
    >>> x = np.array([[5.0, 4, 3, 1, 5, 2], [5, 5, 3, 2, 4, 1], [1, 1, np.nan, np.nan, np.nan, 5]])
    >>> similarity(x, "kappa").round(6)[0].tolist()
    [1.0, 0.85, nan]
    """
    x = np.asarray(levels, dtype=np.float64)
    if measure not in _MEASURES:
        raise ValueError(f"{measure!r} is no measure of similarity; there are: {', '.join(_MEASURES)}")
    _check(x, lo, hi, weights, measure)
    both = ~np.isnan(x)
    here = both.astype(np.float64)
    common = here @ here.T
    value = np.where(both, x, 0.0)
    if measure in ("kappa", "pi"):
        found = _haege(value, here, common, measure)
    else:
        apart = _apart(x, lo, hi, 2 if measure == "s2" else 1, weights)
        total = common if weights is None else (here * weights) @ here.T
        share = np.divide(apart, total, out=np.full_like(apart, np.nan), where=total > 0)
        found = 1.0 - (1.0 if measure == "lijphart" else 2.0) * share
    return np.where(common >= max(1, common_min), found, np.nan)


def _check(x: Floats, lo: float, hi: float, weights: Floats | None, measure: Measure) -> None:
    if hi <= lo:
        raise ValueError(f"a scale from {lo} to {hi} has no width")
    if ((x < lo) | (x > hi)).any():
        raise ValueError(f"values from {np.nanmin(x)} to {np.nanmax(x)} leave the scale from {lo} to {hi}")
    if measure == "lijphart" and not np.isin(x[~np.isnan(x)], (lo, (lo + hi) / 2, hi)).all():
        raise ValueError("Lijphart's agreement is of votes: yes, abstaining, no, and nothing between")
    if weights is not None:
        if measure not in ("s", "s2"):
            raise ValueError("only S weighs clauses")
        if (
            np.shape(weights) != x.shape[1:]
            or not np.isfinite(weights).all()
            or np.min(weights, initial=0) < 0
        ):
            raise ValueError("there is one weight for each clause, finite and not negative")


def _apart(x: Floats, lo: float, hi: float, power: int, weights: Floats | None) -> Floats:
    """Return the sum over common clauses of the (squared) distances as shares of the scale; sums of small integers
    are exact, so that no order of the clauses matters."""
    values = np.unique(x[~np.isnan(x)])
    holds = (x[:, :, np.newaxis] == values).astype(np.float64)
    distance = np.abs(np.subtract.outer(values, values)) ** power
    spread = holds @ distance
    if weights is not None:
        spread *= np.asarray(weights)[np.newaxis, :, np.newaxis]
    cells = (len(x), x.shape[1] * len(values))
    return np.asarray(spread.reshape(cells) @ holds.reshape(cells).T / (hi - lo) ** power)


def _haege(value: Floats, here: Floats, common: Floats, measure: Measure) -> Floats:
    """Return 1 less observed over expected disagreement, both times n²: of integers every term is exact."""
    squares = value * value @ here.T
    sums = value @ here.T
    apart = common * (squares + squares.T - 2.0 * value @ value.T)
    variances = common * (squares + squares.T) - sums**2 - sums.T**2
    between = (sums - sums.T) ** 2
    expected = variances + (between if measure == "kappa" else between / 2.0)
    ratio = np.divide(apart, expected, out=np.full_like(apart, np.nan), where=expected > 0)
    return np.asarray(1.0 - ratio)


def _of_two(
    a: Floats, b: Floats, measure: Measure, lo: float, hi: float, weights: Floats | None = None
) -> float | None:
    found = similarity(np.stack((a, b)), measure, lo, hi, weights, common_min=1)[0, 1]
    return None if np.isnan(found) else float(found)


def similarity_s(
    a: Floats,
    b: Floats,
    *,
    squared: bool = False,
    weights: Floats | None = None,
    lo: float = 1,
    hi: float = 5,
) -> float | None:
    r"""Return Signorino and Ritter's S of two stakeholders.

    .. math:: S = 1 - 2 \frac{\sum_j w_j |a_j - b_j|}{\sum_j w_j \Delta}

    with Δ the width of the scale, or with squares of both distance and width.

    Parameters
    ----------
    a, b : array (clauses,)
        Their levels, NaN where there is none.
    squared : bool
        Take squared distances, so that small differences count for less.
    weights : array (clauses,), optional
        Of the clauses; by default all count the same.
    lo, hi : float
        The ends of the scale.

    Returns
    -------
    float or None
        From -1 (opposite ends everywhere) to 1 (the same everywhere); None without a common clause of any weight.

    Notes
    -----
    S is high wherever everybody mostly agrees, whoever is compared; `similarity_kappa` corrects for that.

    References
    ----------
    .. [1] C. S. Signorino & J. M. Ritter, "Tau-b or Not Tau-b: Measuring the Similarity of Foreign Policy Positions",
       *International Studies Quarterly* 43(1):115-144, 1999, doi:10.1111/0020-8833.00113.

    Examples
    --------
    >>> a, b = np.array([5.0, 4, 3, 1, 5, 2]), np.array([5.0, 5, 3, 2, 4, 1])
    >>> round(similarity_s(a, b), 6), round(similarity_s(a, b, squared=True), 6)
    (0.666667, 0.916667)
    """
    return _of_two(a, b, "s2" if squared else "s", lo, hi, weights)


def similarity_kappa(a: Floats, b: Floats, lo: float = 1, hi: float = 5) -> float | None:
    r"""Return Häge's kappa of two stakeholders: similarity beyond what the levels each of them uses would give.

    .. math:: \kappa = 1 - \frac{\overline{(a - b)^2}}{\sigma_a^2 + \sigma_b^2 + (\bar a - \bar b)^2}

    with population variances: Cohen's kappa with quadratic weights.

    Parameters
    ----------
    a, b : array (clauses,)
        Their levels, NaN where there is none.
    lo, hi : float
        The ends of the scale, outside which levels are refused.

    Returns
    -------
    float or None
        From -1 to 1; None without a common clause, or when both hold one and the same level everywhere.

    References
    ----------
    .. [1] F. M. Häge, "Choice or Circumstance? Adjusting Measures of Foreign Policy Similarity for Chance Agreement",
       *Political Analysis* 19(3):287-305, 2011, doi:10.1093/pan/mpr023.

    Examples
    --------
    >>> similarity_kappa(np.array([5.0, 5, 5]), np.array([5.0, 5, 5])) is None
    True
    """
    return _of_two(a, b, "kappa", lo, hi)


def similarity_pi(a: Floats, b: Floats, lo: float = 1, hi: float = 5) -> float | None:
    r"""Return Häge's pi of two stakeholders: as `similarity_kappa`, but against the levels of both taken together.

    .. math:: \pi = 1 - \frac{\overline{(a - b)^2}}{\sigma_a^2 + \sigma_b^2 + \frac12 (\bar a - \bar b)^2}

    Parameters
    ----------
    a, b : array (clauses,)
        Their levels, NaN where there is none.
    lo, hi : float
        The ends of the scale, outside which levels are refused.

    Returns
    -------
    float or None
        From -1 to 1; None without a common clause, or when both hold one and the same level everywhere.

    References
    ----------
    .. [1] F. M. Häge, "Choice or Circumstance? Adjusting Measures of Foreign Policy Similarity for Chance Agreement",
       *Political Analysis* 19(3):287-305, 2011, doi:10.1093/pan/mpr023.

    Examples
    --------
    >>> similarity_pi(np.array([5.0, 1]), np.array([1.0, 5]))
    -1.0
    """
    return _of_two(a, b, "pi", lo, hi)


def lijphart_agreement(a: Floats, b: Floats, lo: float = 0, hi: float = 1) -> float | None:
    r"""Return Lijphart's index of agreement of two voters.

    .. math:: IA = \frac{f + \frac12 g}{t}

    with f common votes that are the same, g in which exactly one abstains, of t in all.

    Parameters
    ----------
    a, b : array (votes,)
        `hi` for yes, `lo` for no, the middle for abstaining, NaN for no vote.
    lo, hi : float
        What stands for no and yes.

    Returns
    -------
    float or None
        From 0 to 1; None without a common vote.

    Raises
    ------
    ValueError
        For a value that is none of the three.

    References
    ----------
    .. [1] A. Lijphart, "The Analysis of Bloc Voting in the General Assembly: A Critique and a Proposal", *American
       Political Science Review* 57(4):902-917, 1963, doi:10.2307/1952608.

    Examples
    --------
    >>> lijphart_agreement(np.array([1, 1, 0, 0.5, np.nan, 1]), np.array([1, 0, 0, 1, 1, 0.5]))
    0.6
    """
    return _of_two(a, b, "lijphart", lo, hi)
