"""Bridging matrix factorisation finds the minima of the reference, and says nothing of nothing."""

import math

import numpy as np
import pytest

from deliberate.consensus.bridging import bridging


def sides(one: int, other: int, lukewarm: bool = False) -> np.ndarray:
    """All like the first item, each side one of the next two; the last is liked by nobody, or half by everybody."""
    ratings = np.zeros((one + other, 4))
    ratings[:, 0] = ratings[:one, 1] = ratings[one:, 2] = 1
    ratings[:, 3] = 0.5 if lukewarm else 0
    return ratings


def test_two_equal_sides():
    found = bridging(sides(4, 4), seed=1)
    assert found.item == pytest.approx([0.5935, 0.1587, 0.1587, -0.2761], abs=5e-5)
    assert np.abs(found.item_factor) == pytest.approx([0, 0.8044, 0.8044, 0], abs=5e-5)
    assert found.item_factor[1] == pytest.approx(-found.item_factor[2], abs=1e-5)
    assert found.bridges == (True, False, False, False)


def test_what_the_larger_side_likes_outranks_what_all_find_so_so():
    found = bridging(sides(9, 3, lukewarm=True), seed=1)
    assert found.item == pytest.approx([0.5085, 0.1432, 0.0257, 0.0844], abs=5e-5)


def test_the_same_seed_gives_the_same_bytes():
    ratings = sides(4, 4)
    ratings[0, 3] = math.nan
    assert bridging(ratings, seed=3).item.tobytes() == bridging(ratings, seed=3).item.tobytes()


@pytest.mark.parametrize("ratings", [[], [[]], [[math.nan]]])
def test_without_a_rating_there_is_none(ratings):
    assert bridging(ratings, seed=1) is None


def test_what_is_no_rating_is_named():
    with pytest.raises(ValueError, match="scale from 0 to 1"):
        bridging([[2.0]], seed=1)
    with pytest.raises(ValueError, match="start"):
        bridging([[1.0]], seed=1, starts=0)
