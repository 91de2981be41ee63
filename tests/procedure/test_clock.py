"""Deadlines become commands of the clock, with ids derived from their object, once."""

import pytest
from story import (
    DAY,
    Story,
    asked,
    challenged,
    closed,
    convened,
    given,
    happened,
    holds,
    opened,
    refused,
    revised,
    took,
    waited,
)

from deliberate import commands as c
from deliberate.errors import Refused
from deliberate.events import RevisionSettled, RoundClosed
from deliberate.moments import later
from deliberate.procedure import decide, due, next_deadline

MINUTE = 60


def ids(story: Story, at: str) -> list[str]:
    return [asked_for.id for asked_for in due(story.state, at)]


def test_nothing_is_due_before_its_time():
    story = given(convened(), opened(deadline_s=MINUTE), revised(change="editorial"))
    assert due(story.state, later(story.at, MINUTE - 1)) == []


def test_a_passed_deadline_closes_the_round_by_itself():
    story = given(convened(), opened(deadline_s=MINUTE))
    deadline = later(story.at, MINUTE)
    story.when(waited(90)).then(
        happened(
            RoundClosed, round=1, reason=None, effective_at=deadline, not_heard=tuple(story.state.members)
        )
    )
    assert story.log[-1].actor == "clock"
    assert story.log[-1].command == "clock-close-1"
    assert story.log[-1].at == later(deadline, 30)
    assert story.state.rounds[0].closed_at == deadline


def test_the_deadline_comes_before_a_position_that_arrives_late():
    story = given(convened(), opened(deadline_s=MINUTE))
    story.at = later(story.at, MINUTE)
    story.when(took("ASH", "accept")).then(
        refused(Refused, "round_closed"), happened(RoundClosed), holds("ASH", None)
    )


def test_a_challenge_window_that_has_passed_settles_the_revision():
    story = given(convened(), opened(), took("ASH", "accept"), revised(change="editorial"))
    story.when(waited(DAY)).then(happened(RevisionSettled, clause="op1", revision=2, carried=("ASH",)))
    assert story.log[-1].command == "clock-settle-op1-2"
    story.then(holds("ASH", "accept", revision=2))


def test_each_deadline_takes_effect_once():
    story = given(convened(), opened(deadline_s=MINUTE), revised(change="editorial"), waited(2 * DAY))
    assert due(story.state, later(story.at, DAY)) == []
    assert next_deadline(story.state) is None
    head = story.state.version
    story.tick()
    assert story.state.version == head


def test_every_process_asks_for_the_same_commands_with_the_same_ids():
    story = given(
        convened(), opened(deadline_s=MINUTE), revised("op1", "editorial"), revised("op2", "editorial")
    )
    late = later(story.at, 2 * DAY)
    assert ids(story, late) == ["clock-close-1", "clock-settle-op1-2", "clock-settle-op2-2"]
    assert due(story.state, late) == due(story.refolded(), late)


def test_the_next_deadline_is_the_earliest():
    story = given(convened())
    assert next_deadline(story.state) is None
    revised(change="editorial")(story)
    assert next_deadline(story.state) == later(story.at, DAY)
    opened(deadline_s=MINUTE)(story)
    assert next_deadline(story.state) == later(story.at, MINUTE)
    closed()(story)
    assert next_deadline(story.state) == later(story.at, DAY)
    challenged("ASH")(story)
    assert next_deadline(story.state) is None


def test_a_round_without_a_deadline_is_never_due():
    story = given(convened(), opened())
    assert due(story.state, later(story.at, 1000 * DAY)) == []


def test_the_clock_does_nothing_before_the_time():
    story = given(convened(), opened(deadline_s=MINUTE), revised(change="editorial"))
    story.when(asked(c.CloseRound(round=1), "clock")).then(refused(Refused, "round_open"))
    story.when(asked(c.SettleRevision(clause="op1", revision=2), "clock")).then(
        refused(Refused, "in_challenge_window")
    )


@pytest.mark.parametrize("revision", [1, 2, 3])
def test_settling_what_is_settled_changes_nothing(revision):
    story = given(convened(), revised(change="editorial"), waited(DAY))
    assert decide(story.state, c.SettleRevision(clause="op1", revision=revision), "clock", story.at) == []
