"""Measures of one clause: the vectors of the reference, the values that agrmt prints, and what must not change them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.consensus.agreement import (
    agreement_van_der_eijk,
    agreement_with_target,
    consensus_leik,
    consensus_tastle_wierman,
    polarization_esteban_ray,
)

VECTORS = {  # counts: Cns, Agr(5), A, Leik, Esteban-Ray with alpha 1 and 1.6
    (0, 0, 0, 0, 10): (1, 1, 1, 1, 0, 0),
    (5, 0, 0, 0, 5): (0, 0.5, -1, 0, 1, 1),
    (2, 2, 2, 2, 2): (0.433985, 0.542849, 0, 0.4, 0.32, 0.184666),
    (0, 0, 2, 3, 5): (0.714082, 0.859199, 0.65, 0.65, 0.29, 0.251378),
    (1, 0, 0, 0, 9): (0.531004, 0.9, 0.6, 0.8, 0.36, 0.474714),
    (3, 0, 0, 1, 6): (0.162082, 0.680735, -0.183333, 0.35, 0.726, 0.706665),
    (0, 5, 0, 5, 0): (0.584963, 0.564642, 0.166667, 0.5, 0.5, 0.5),
    (10, 0, 0, 0, 0): (1, 0, 1, 1, 0, 0),
    (1, 0, 2, 1, 2): (0.441814, 0.662880, 0.027778, 0.416667, 0.398148, None),
}
DISPERSION = (
    consensus_tastle_wierman,
    agreement_van_der_eijk,
    consensus_leik,
    polarization_esteban_ray,
    lambda counts: polarization_esteban_ray(counts, 1.6),
)
AGRMT = (30, 40, 210, 130, 530, 50, 10)

counts_of_some = st.lists(st.integers(0, 60), min_size=3, max_size=7).filter(any)


@pytest.mark.parametrize(("counts", "expected"), VECTORS.items())
def test_the_table_of_the_reference(counts, expected):
    found = (
        consensus_tastle_wierman(counts),
        agreement_with_target(counts, 5),
        agreement_van_der_eijk(counts),
        consensus_leik(counts),
        polarization_esteban_ray(counts),
        polarization_esteban_ray(counts, alpha=1.6),
    )
    for value, told in zip(found, expected, strict=True):
        assert told is None or value == pytest.approx(told, abs=5e-7)


def test_the_values_printed_in_the_manual_of_agrmt():
    assert consensus_tastle_wierman(AGRMT) == pytest.approx(0.7256876, abs=5e-8)
    assert agreement_van_der_eijk(AGRMT) == pytest.approx(0.6113333, abs=5e-8)
    assert 1 - consensus_leik(AGRMT) == pytest.approx(0.2866667, abs=5e-8)
    assert (1 - agreement_van_der_eijk(AGRMT)) / 2 == pytest.approx(0.1943333, abs=5e-8)


@pytest.mark.parametrize(("counts", "expected"), [((1, 0, 1), -1), ((1, 1, 1), 0), ((0, 2, 1), 2 / 3)])
def test_van_der_eijk_on_three_levels(counts, expected):
    assert agreement_van_der_eijk(counts) == pytest.approx(expected, abs=1e-12)


def test_leik_on_two_levels():
    assert consensus_leik((9, 1)) == pytest.approx(0.8)


def test_what_a_level_is_worth_to_the_target():
    worth = [agreement_with_target(np.eye(5)[level], 5) for level in range(5)]
    assert worth == pytest.approx([0, 0.321928, 0.584963, 0.807355, 1], abs=5e-7)


def test_everybody_objecting_is_cohesion_and_not_approval():
    assert consensus_tastle_wierman((10, 0, 0, 0, 0)) == 1
    assert agreement_with_target((10, 0, 0, 0, 0), 5) == 0


@given(counts_of_some)
def test_the_scale_may_be_read_from_either_end(counts):
    for measure in DISPERSION:
        assert measure(counts) == measure(counts[::-1])


@given(counts_of_some, st.integers(2, 50))
def test_as_many_again_of_each_changes_nothing(counts, times):
    for measure in (*DISPERSION, lambda counts: agreement_with_target(counts, len(counts))):
        assert measure([times * c for c in counts]) == measure(counts)


@given(counts_of_some)
def test_shares_do_as_well_as_frequencies(counts):
    shares = np.array(counts) / sum(counts)
    for measure in DISPERSION:
        assert measure(shares) == pytest.approx(measure(counts), abs=1e-9)


@given(counts_of_some)
def test_every_measure_stays_in_its_domain(counts):
    cns, a, leik, er, er_max = (measure(counts) for measure in DISPERSION)
    assert 0 <= cns <= 1
    assert -1 <= a <= 1
    assert 0 <= leik <= 1
    assert 0 <= er <= 1
    assert 0 <= er_max <= 1
    assert all(0 <= agreement_with_target(counts, level) <= 1 for level in range(1, len(counts) + 1))


@given(counts_of_some, st.data())
def test_agreement_with_the_top_rises_with_every_level(counts, data):
    level = data.draw(st.sampled_from([k for k, c in enumerate(counts[:-1]) if c] or [None]))
    if level is not None:
        raised = list(counts)
        raised[level] -= 1
        raised[level + 1] += 1
        assert agreement_with_target(raised, len(counts)) > agreement_with_target(counts, len(counts))


@given(st.integers(3, 7), st.data())
def test_one_stakeholder_agrees_with_itself(levels, data):
    alone = np.eye(levels)[data.draw(st.integers(0, levels - 1))]
    assert [measure(alone) for measure in DISPERSION] == [1, 1, 1, 0, 0]


@pytest.mark.parametrize("measure", DISPERSION)
@pytest.mark.parametrize("counts", [[], [0, 0, 0, 0, 0], [7]])
def test_of_nobody_or_without_a_scale_there_is_no_measure(measure, counts):
    assert measure(counts) is None
    assert agreement_with_target(counts, 1) is None


def test_two_levels_are_no_scale_for_van_der_eijk():
    assert agreement_van_der_eijk([3, 4]) is None


@pytest.mark.parametrize("measure", DISPERSION)
@pytest.mark.parametrize(
    "wrong", [[1, -1, 0], [1, math.nan, 0], [1, math.inf, 0], [[1, 2], [3, 4]], ["a", "b"]]
)
def test_what_is_no_frequency_is_named(measure, wrong):
    with pytest.raises(ValueError, match=r"frequenc"):
        measure(wrong)


def test_enormous_and_tiny_shares_are_still_exact():
    assert consensus_tastle_wierman([1e-300, 0, 1e300]) == 1
    assert polarization_esteban_ray([5e-324, 0, 0, 0, 5e-324]) == 1


def test_a_target_off_the_scale_is_named():
    with pytest.raises(ValueError, match="outside the scale from 1 to 5"):
        agreement_with_target([1, 1, 1, 1, 1], 6)


@pytest.mark.parametrize("alpha", [0, -1, 1.61, math.nan])
def test_an_alpha_without_its_axioms_is_named(alpha):
    with pytest.raises(ValueError, match="axioms"):
        polarization_esteban_ray([1, 1], alpha)


def test_blocs_of_a_size_and_a_place_are_polarized_too():
    assert polarization_esteban_ray([3, 3], places=[0, 1]) == 1
    assert polarization_esteban_ray([3, 3], places=[0.25, 0.75]) == 0.5
    assert polarization_esteban_ray([6], places=[0.3]) == 0
    with pytest.raises(ValueError, match="places"):
        polarization_esteban_ray([3, 3], places=[0, 2])


@given(st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(any), st.sampled_from([0.25, 1.0, 1.6]))
def test_nothing_is_more_polarized_than_two_halves_at_the_ends(counts, alpha):
    assert polarization_esteban_ray(counts, alpha) <= polarization_esteban_ray([1, 0, 0, 0, 1], alpha) == 1
