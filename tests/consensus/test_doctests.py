"""Every example in the measures runs, and every named measure has one, with what it gives and where it comes from."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import deliberate.consensus
from deliberate.consensus import agreement, rounds

MODULES = sorted(
    found.name for found in pkgutil.walk_packages(deliberate.consensus.__path__, "deliberate.consensus.")
)
NAMED = {
    f"{package.__name__}.{name}": getattr(package, name)
    for package, names in {
        agreement: [
            "consensus_tastle_wierman", "agreement_with_target", "agreement_van_der_eijk", "consensus_leik",
            "polarization_esteban_ray", "krippendorff_alpha", "kendall_w", "rice", "agreement_index",
            "minimum_group_support", "group_aware_consensus", "representativeness", "comment_priority",
            "soft_consensus",
        ],
        rounds: [
            "net_change", "gross_movers", "weighted_kappa", "wilcoxon", "spearman", "coefficient_of_variation",
            "stopping_advice",
        ],
    }.items()
    for name in names
}  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_run(module):
    assert doctest.testmod(importlib.import_module(module)).failed == 0


@pytest.mark.parametrize("measure", NAMED.values(), ids=NAMED)
def test_a_named_measure_says_what_it_gives_shows_it_and_names_its_source(measure):
    words = inspect.getdoc(measure)
    for section in ("References\n----------", "Examples\n--------"):
        assert section in words
    assert words.index("References") < words.index("Examples")
