"""Which statements stand for a group, and which for the majority, as Polis chooses them (consensus.md B8).

Definitions follow Polis's own mathematics (its Clojure module `repness`); nothing of it is copied. Unlike Polis, which
compares with a value rounded to single precision, the earlier of two equal statements always comes first.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, NamedTuple, TypeVar

from deliberate.consensus.agreement.given import natural

Key = TypeVar("Key", bound=Hashable)
Direction = Literal["agree", "disagree"]

SIGNIFICANT_90 = 1.2816
"""The z above which Polis takes something for significant: 90 %, one-tailed."""

SHOWN_MAX = 5
"""Statements that are shown for a group, or for each side of the majority."""


class Seen(NamedTuple):
    """Votes of some group on one statement. `seen` are all of them, passes too."""

    agree: int
    disagree: int
    seen: int


@dataclass(frozen=True, slots=True)
class Side:
    """How a group answers one way, to agree or to disagree, and how much more so than the rest.

    `p` is the share who do, with pseudocounts, and `p_test` its z against a half; `ratio` is that share over the same
    share of the rest, and `ratio_test` the z of the two proportions.
    """

    count: int
    seen: int
    p: float
    p_test: float
    ratio: float
    ratio_test: float

    @property
    def metric(self) -> float:
        """What statements are ranked by: the product of the four."""
        return self.ratio * self.ratio_test * self.p * self.p_test

    @property
    def passes(self) -> bool:
        """Whether both tests are significant."""
        return self.ratio_test > SIGNIFICANT_90 and self.p_test > SIGNIFICANT_90


@dataclass(frozen=True, slots=True)
class Representativeness:
    """How far a statement stands for a group against the rest, to either side."""

    agree: Side
    disagree: Side

    @property
    def direction(self) -> Direction:
        """What the group rather does than the rest: agree if its test is the higher, else disagree."""
        return "agree" if self.agree.ratio_test > self.disagree.ratio_test else "disagree"

    @property
    def side(self) -> Side:
        """The side of that direction."""
        return self.agree if self.direction == "agree" else self.disagree

    @property
    def passes(self) -> bool:
        """Whether it is representative: both tests of one side are significant."""
        return self.agree.passes or self.disagree.passes

    @property
    def metric(self) -> float:
        """The metric of the direction."""
        return self.side.metric


def representativeness(inside: Sequence[float], rest: Sequence[float]) -> Representativeness:
    """Return how far a statement stands for a group: what the group answers more than all others.

    With pseudocounts p = (a + 1)/(s + 2), tested against a half by z = 2 √(s + 1) ((a + 1)/(s + 1) - ½); the ratio of p
    inside to p of the rest, tested as two proportions with 1 added to each of the four numbers (0 where all of both
    answer alike).

    Parameters
    ----------
    inside, rest : (agree, disagree, seen)
        Votes of the group, and of all other groups together; `seen` counts passes too.

    Returns
    -------
    Representativeness
        Both sides, the direction, the metric ratio · ratio_test · p · p_test, and whether it passes at 90 %.

    Raises
    ------
    ValueError
        For numbers that are negative, not whole, or do not add up.

    References
    ----------
    .. [1] C. Small, M. Bjorkegren, T. Erkkilä, L. Shaw and C. Megill, "Polis: scaling deliberation by mapping high
       dimensional opinion spaces", *Recerca* 26(2), 2021.

    Examples
    --------
    >>> found = representativeness((8, 1, 10), (2, 6, 9))
    >>> found.direction, found.passes, round(found.metric, 6)
    ('agree', True, 10.432105)
    >>> found.agree.p, found.agree.ratio, round(found.agree.p_test, 6), round(found.agree.ratio_test, 6)
    (0.75, 2.75, 2.110579, 2.396494)
    """
    ours, theirs = _seen(inside), _seen(rest)
    return Representativeness(
        _side(ours.agree, ours.seen, theirs.agree, theirs.seen),
        _side(ours.disagree, ours.seen, theirs.disagree, theirs.seen),
    )


def _seen(votes: Sequence[float]) -> Seen:
    if len(votes) != 3:
        raise ValueError(
            f"votes are three numbers, those who agree, disagree, and voted; these are {len(votes)}"
        )
    agree, disagree, seen = (natural(number, name) for number, name in zip(votes, Seen._fields, strict=True))
    if agree + disagree > seen:
        raise ValueError(f"{agree} who agree and {disagree} who disagree are more than the {seen} who voted")
    return Seen(agree, disagree, seen)


def _side(count: int, seen: int, count_rest: int, seen_rest: int) -> Side:
    p = (count + 1) / (seen + 2)
    ratio = p / ((count_rest + 1) / (seen_rest + 2))
    return Side(
        count, seen, p, _test_of_half(count, seen), ratio, _test_of_two(count, seen, count_rest, seen_rest)
    )


def _test_of_half(count: int, seen: int) -> float:
    """Return the z of a proportion against a half."""
    return 2 * sqrt(seen + 1) * ((count + 1) / (seen + 1) - 0.5)


def _test_of_two(count: int, seen: int, count_rest: int, seen_rest: int) -> float:
    """Return the z of the difference of two proportions; 0 where their common proportion is 1."""
    c, n, c_rest, n_rest = count + 1, seen + 1, count_rest + 1, seen_rest + 1
    if c + c_rest == n + n_rest:
        return 0.0
    common = (c + c_rest) / (n + n_rest)
    return (c / n - c_rest / n_rest) / sqrt(common * (1 - common) * (1 / n + 1 / n_rest))


def representative_comments(
    found: Mapping[Key, Representativeness], most: int = SHOWN_MAX
) -> list[tuple[Key, Direction]]:
    """Return the statements that stand for a group, at most `most`, those to agree with before those to disagree with.

    Those that pass, by their metric; first among them the statement that the group agrees on best, whether it passes
    or not. When none passes, that one alone, or else the one with the highest test.

    Parameters
    ----------
    found : mapping
        Statement to its representativeness for the group. Among equals the earlier comes first.
    most : int
        How many, at least 1.

    Returns
    -------
    list of (statement, direction)
        Empty only when there is no statement.

    Examples
    --------
    >>> representative_comments({
    ...     "a": representativeness((8, 1, 10), (2, 6, 9)),
    ...     "b": representativeness((5, 0, 5), (5, 0, 5)),
    ...     "c": representativeness((0, 9, 9), (8, 0, 9)),
    ... })
    [('a', 'agree'), ('c', 'disagree')]
    """
    passing = [key for key, of in found.items() if of.passes]
    best_agreed = _best_agreed(found)
    if not passing:
        if best_agreed is None and found:
            best_agreed = max(found, key=lambda key: found[key].side.ratio_test)
        return [] if best_agreed is None else [(best_agreed, found[best_agreed].direction)]
    ranked = sorted((key for key in passing if key != best_agreed), key=lambda key: -found[key].metric)
    chosen = ([] if best_agreed is None else [best_agreed]) + ranked
    directed = [(key, found[key].direction) for key in chosen[:most]]
    return sorted(directed, key=lambda pair: pair[1] == "disagree")


def _best_agreed(found: Mapping[Key, Representativeness]) -> Key | None:
    """Return the statement that the group agrees on best: by metric once one is above its ratio in the rest, by the
    share alone before."""
    best: Key | None = None
    for key, of in found.items():
        ours = of.agree
        if ours.count == 0 == of.disagree.count:
            continue
        if best is None:
            better = ours.p_test > SIGNIFICANT_90 or (ours.ratio > 1 and ours.p > 0.5)
        else:
            held = found[best].agree
            if held.ratio > 1:
                better = ours.metric > held.metric
            else:
                better = ours.p * ours.p_test > held.p * held.p_test
        best = key if better else best
    return best


def majority_comments(
    votes: Mapping[Key, Sequence[float]], most: int = SHOWN_MAX
) -> tuple[list[Key], list[Key]]:
    """Return the statements that most of all voters agree with, and those that most disagree with.

    Polis calls them consensus comments. A share above ½ with a z above 1.2816, ranked by their product.

    Parameters
    ----------
    votes : mapping
        Statement to (agree, disagree, seen) of everybody. Among equals the earlier comes first.
    most : int
        How many of each.

    Returns
    -------
    (list, list)
        Statements agreed with, statements disagreed with.

    Examples
    --------
    >>> majority_comments({"a": (9, 0, 10), "b": (5, 5, 10), "c": (1, 19, 20)})
    (['a'], ['c'])
    """
    ranked: tuple[list[tuple[float, Key]], list[tuple[float, Key]]] = ([], [])
    for key, given in votes.items():
        agree, disagree, seen = _seen(given)
        for side, count in zip(ranked, (agree, disagree), strict=True):
            p, test = (count + 1) / (seen + 2), _test_of_half(count, seen)
            if p > 0.5 and test > SIGNIFICANT_90:
                side.append((p * test, key))
    agreed, disagreed = ([key for _, key in sorted(side, key=lambda of: -of[0])[:most]] for side in ranked)
    return agreed, disagreed
