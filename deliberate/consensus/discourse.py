"""Discourse networks: who says the same, and the opposite, about the same things (consensus.md B14)."""

from typing import Literal

import numpy as np

from deliberate.consensus.matrix import Floats

Kind = Literal["congruence", "conflict", "subtract", "ignore"]
Normalisation = Literal["no", "average", "jaccard", "cosine"]
TwoModeKind = Literal["subtract", "ignore"]
TwoModeNormalisation = Literal["no", "activity", "prominence"]


def discourse_network(
    levels: Floats,
    kind: Kind = "subtract",
    normalisation: Normalisation = "average",
    lo: float = 1,
    hi: float = 5,
) -> Floats:
    r"""Return the one-mode network of stakeholders with at most one position each on every clause.

    .. math:: C = \sum_j (1 - \delta_j), \quad F = \sum_j \delta_j, \quad \delta_j = \frac{|a_j - b_j|}{hi - lo}

    over the clauses j on which both have a level: congruence C, conflict F, and subtract C - F.

    Parameters
    ----------
    levels : array (stakeholders, clauses)
        NaN where there is none.
    kind : {"subtract", "congruence", "conflict", "ignore"}
        What is summed; ignore counts the common clauses.
    normalisation : {"average", "no", "jaccard", "cosine"}
        What the sum is divided by: see `discourse_network_of_counts`.
    lo, hi : float
        The ends of the scale; pinned, whatever was observed.

    Returns
    -------
    array (stakeholders, stakeholders)
        Symmetric weights, 0 on the diagonal and for who has no level at all.

    Raises
    ------
    ValueError
        For an unknown kind or normalisation, a scale without width, or levels outside it.

    References
    ----------
    .. [1] P. Leifeld, *Policy Debates as Dynamic Networks*, Campus, 2016.

    Examples
    --------
    >>> x = np.array([[5.0, 4.0, 3.0], [5.0, 2.0, 1.0], [1.0, 3.0, np.nan]])
    >>> discourse_network(x, "subtract", "no")[0].tolist()
    [0.0, 1.0, -0.5]
    """
    x = np.asarray(levels, dtype=np.float64)
    values = np.unique(x[~np.isnan(x)])
    counts = (x[:, :, np.newaxis] == values).astype(np.float64)
    return discourse_network_of_counts(counts, values, kind, normalisation, lo, hi)


def discourse_network_of_counts(
    counts: Floats,
    values: Floats,
    kind: Kind = "subtract",
    normalisation: Normalisation = "average",
    lo: float = 1,
    hi: float = 5,
) -> Floats:
    """Return the one-mode network of actors by what they said about concepts, however often.

    Two statements on the same concept differ by δ = |q - q'|/(hi - lo). Congruence is Σ(1 - δ) and conflict Σδ over all
    pairs of statements; subtract is congruence less conflict; ignore counts the pairs. With integer values the sums are
    exact, so that the result does not depend on any order.

    Parameters
    ----------
    counts : array (actors, concepts, values)
        X[i, j, k], the statements of actor i on concept j with the k-th value.
    values : array (values,)
        The qualifier values q that the last axis stands for.
    kind : {"congruence", "conflict", "subtract", "ignore"}
        What is summed.
    normalisation : {"no", "average", "jaccard", "cosine"}
        What each sum is divided by, N being the number of an actor's statements: 1; (N + N')/2; the statements in
        (concept, value) cells of either, as m01 + m10 + m11; or N·N', which is what Discourse Network Analyzer
        computes under the name of cosine (it is not the cosine of the two rows). Where that is 0, the weight is 0.
    lo : float
        The lower end of the scale.
    hi : float
        The upper end of the scale; pinned, not the greatest value that was observed.

    Returns
    -------
    array (actors, actors)
        Symmetric weights, 0 on the diagonal.

    Raises
    ------
    ValueError
        For an unknown kind or normalisation, a scale without width, or values outside it.

    References
    ----------
    .. [1] P. Leifeld, *Policy Debates as Dynamic Networks*, Campus, 2016.
    .. [2] P. Leifeld, "Discourse Network Analysis: Policy Debates as Dynamic Networks", in *The Oxford Handbook of
       Political Networks*, 2017, doi:10.1093/oxfordhb/9780190228217.013.25.

    Examples
    --------
    >>> said = np.array([[[2.0, 0.0]], [[1.0, 3.0]]])  # two actors on one concept, how often no and yes
    >>> discourse_network_of_counts(said, np.array([0.0, 1.0]), "subtract", "no", lo=0, hi=1)[0, 1]
    np.float64(-4.0)
    """
    _check_scale(values, lo, hi)
    totals = counts.sum(axis=2)
    cells = counts.reshape(len(counts), counts.shape[1] * counts.shape[2])
    weights = totals @ totals.T
    if kind != "ignore":
        distance = np.abs(np.subtract.outer(values, values))
        conflict = (counts @ distance).reshape(cells.shape) @ cells.T / (hi - lo)
        match kind:
            case "congruence":
                weights = weights - conflict
            case "conflict":
                weights = conflict
            case "subtract":
                weights = weights - conflict - conflict
            case _:
                raise ValueError(f"{kind!r} is no kind of discourse network")
    norm = _norm(cells, normalisation)
    weights = np.divide(weights, norm, out=np.zeros_like(weights), where=norm > 0)
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights)


def two_mode_network(
    levels: Floats,
    kind: TwoModeKind = "subtract",
    normalisation: TwoModeNormalisation = "no",
    lo: float = 1,
    hi: float = 5,
) -> Floats:
    """Return the two-mode network of stakeholders and clauses.

    Parameters
    ----------
    levels : array (stakeholders, clauses)
        NaN where there is none.
    kind : {"subtract", "ignore"}
        The level between -1 at `lo` and 1 at `hi`; or 1 for whatever level.
    normalisation : {"no", "activity", "prominence"}
        Divide by nothing; by how many positions the stakeholder has taken; by how many were taken on the clause.
    lo, hi : float
        The ends of the scale; pinned.

    Returns
    -------
    array (stakeholders, clauses)
        0 where there is no position. With `lo` 0 and `hi` 1 as Discourse Network Analyzer has it for yes and no.

    Raises
    ------
    ValueError
        As `discourse_network_of_counts`.

    Examples
    --------
    >>> two_mode_network(np.array([[5.0, 1.0], [4.0, np.nan]]), normalisation="activity").tolist()
    [[0.5, -0.5], [0.5, 0.0]]
    """
    x = np.asarray(levels, dtype=np.float64)
    known = ~np.isnan(x)
    _check_scale(x[known], lo, hi)
    match kind:
        case "subtract":
            weights = np.where(known, (2 * np.nan_to_num(x) - lo - hi) / (hi - lo), 0.0)
        case "ignore":
            weights = known.astype(np.float64)
        case _:
            raise ValueError(f"{kind!r} is no kind of two-mode network")
    match normalisation:
        case "no":
            norm = np.ones((1, 1))
        case "activity":
            norm = known.sum(axis=1, keepdims=True)
        case "prominence":
            norm = known.sum(axis=0, keepdims=True)
        case _:
            raise ValueError(f"{normalisation!r} is no normalisation of a two-mode network")
    return np.asarray(weights / np.maximum(norm, 1))


def _check_scale(values: Floats, lo: float, hi: float) -> None:
    if hi <= lo:
        raise ValueError(f"a scale from {lo} to {hi} has no width")
    if len(values) and (np.min(values) < lo or np.max(values) > hi):
        raise ValueError(
            f"values from {np.min(values)} to {np.max(values)} leave the scale from {lo} to {hi}"
        )


def _norm(cells: Floats, normalisation: Normalisation) -> Floats:
    """Return what the sum of each pair is divided by; `cells` are counts (actors, concepts × values)."""
    said = cells.sum(axis=1)
    match normalisation:
        case "no":
            return np.ones((len(cells), len(cells)))
        case "average":
            return np.asarray(np.add.outer(said, said) / 2)
        case "jaccard":
            present = (cells > 0).astype(np.float64)
            alone = said[:, np.newaxis] - cells @ present.T
            return np.asarray(alone + alone.T + cells @ cells.T)
        case "cosine":
            return np.asarray(np.multiply.outer(said, said))
        case _:
            raise ValueError(f"{normalisation!r} is no normalisation of a discourse network")
