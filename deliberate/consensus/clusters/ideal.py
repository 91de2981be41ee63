"""Ideal points: stakeholders on one line, by what they hold on all clauses (consensus.md B13)."""

from dataclasses import dataclass

import numpy as np

from deliberate.consensus.clusters.plane import DECIMALS, principal_axes
from deliberate.consensus.matrix import Floats


@dataclass(frozen=True, eq=False, slots=True)
class IdealPoints:
    """Places on one line, in standard deviations from the middle.

    `theta` holds a place for each stakeholder, None for who has no level; `loadings` says how much each clause has to
    do with the line, NaN where nobody has a level; `share` is the part of all variance that the line accounts for.
    """

    theta: tuple[float | None, ...]
    loadings: Floats
    share: float


def ideal_points(levels: Floats, anchor: int | None = None) -> IdealPoints | None:
    r"""Return where stakeholders stand on the one line that says most about their positions.

    The levels, less each clause's mean, are replaced by their best approximation of rank one,
    :math:`x_{ij} - \bar x_j \approx \theta_i \beta_j`, and the θ are standardised.

    Parameters
    ----------
    levels : array (stakeholders, clauses)
        NaN where there is none: taken to be the clause's mean, so that who said little stands near the middle.
    anchor : int, optional
        The row of a stakeholder that shall stand above 0. By default who accepts more stands higher.

    Returns
    -------
    IdealPoints or None
        None when there are no levels, or all on each clause are the same.

    Raises
    ------
    ValueError
        For levels that are not finite.

    Notes
    -----
    A sketch of roll-call scaling for a dozen clauses: never to be read without its share of the variance, for where
    that is small there is no one line. Item-response models, with thresholds for each clause [1]_, need many more.

    References
    ----------
    .. [1] M. A. Bailey, A. Strezhnev & E. Voeten, "Estimating Dynamic State Preferences from United Nations Voting
       Data", *Journal of Conflict Resolution* 61(2):430-456, 2017, doi:10.1177/0022002715595700.

    Examples
    --------
    >>> x = np.array([[5.0, 5, 4, 5], [4, 5, 4, 5], [3, 3, 3, 5], [2, 1, 2, 5], [1, 1, 2, 5]])
    >>> found = ideal_points(x)
    >>> [round(place, 4) for place in found.theta], round(found.share, 6)
    ([1.2296, 0.994, 0.0, -0.994, -1.2296], 0.977261)
    """
    x = np.asarray(levels, dtype=np.float64)
    if np.isinf(x).any():
        raise ValueError("levels are finite, or NaN where there is none")
    known = ~np.isnan(x)
    answered = known.any(axis=0)
    spoke = known.any(axis=1)
    if not answered.any():
        return None
    shown = x[np.ix_(spoke, answered)]
    centred = np.nan_to_num(shown - np.nanmean(shown, axis=0))
    axes = principal_axes(centred, 1)
    if axes is None:
        return None
    along = centred @ axes.loadings[0]
    spread = float(along.std())
    theta = np.full(len(x), np.nan)
    theta[spoke] = np.round((along - along.mean()) / spread, DECIMALS) + 0.0
    loadings = np.full(x.shape[1], np.nan)
    loadings[answered] = np.round(axes.loadings[0], DECIMALS) + 0.0
    if anchor is not None and theta[anchor] < 0:
        theta, loadings = 0.0 - theta, 0.0 - loadings
    places = tuple(None if np.isnan(place) else float(place) for place in theta)
    return IdealPoints(places, loadings, float(axes.shares[0]))
