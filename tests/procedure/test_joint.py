"""Joint positions (A5): alignment binds to one statement, a bloc speaks under each member's own mandate."""

from story import (
    adopted,
    aligned,
    answer,
    asked,
    checked_in,
    convened,
    counts,
    declared,
    given,
    happened,
    holds,
    mandate_revoked,
    mandated,
    nothing_happened,
    opened,
    put,
    reaffirmed,
    refused,
    revised,
    status,
    supplemented,
    took,
    took_back,
    waited,
)

from deliberate import commands as c
from deliberate.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from deliberate.events import (
    AlignmentWithdrawn,
    DecisionDeclared,
    MandateGiven,
    PositionAligned,
    PositionTaken,
    PositionWithdrawn,
)

# --- alignment ---


def test_own_aligned_and_by_bloc_are_counted_apart():
    given(
        convened(),
        opened(),
        took("ELM", "accept"),
        aligned("FIR", "ELM"),
        mandated("BIRCH", "GROVE", "ASH"),
        took("ASH", "accept", bloc="GROVE"),
    ).then(
        counts(own=1, aligned=1, bloc=1, none=2, levels=(0, 0, 0, 3, 0), heard=2, by_bloc=("BIRCH",)),
        holds("ELM", "accept", source="own"),
        holds("FIR", "accept", source="aligned"),
        holds("BIRCH", "accept", source="bloc"),
        holds("ASH", None, source=None),
    )


def test_an_alignment_is_to_be_confirmed_when_the_statement_changes():
    story = given(convened(), opened(), took("ELM", "accept"), aligned("FIR", "ELM"))
    story.when(took("ELM", "accept", cites="agreed language")).then(
        holds("FIR", None, to_confirm=True), counts(own=1, aligned=0, none=4)
    )
    story.when(aligned("FIR", "ELM")).then(holds("FIR", "accept", to_confirm=False), counts(aligned=1))


def test_words_added_to_a_statement_change_it():
    given(convened(), opened(), took("ELM", "accept_with_reservation"), aligned("FIR", "ELM")).when(
        supplemented("ELM", statement="as far as our law allows")
    ).then(holds("FIR", None, to_confirm=True))


def test_an_alignment_is_to_be_confirmed_when_the_statement_is_withdrawn():
    given(convened(), opened(), took("ELM", "object"), aligned("FIR", "ELM")).when(took_back("ELM")).then(
        holds("FIR", None, to_confirm=True), counts(none=5, objections=())
    )


def test_nobody_accepts_a_new_text_because_somebody_else_reaffirmed():
    given(convened(), opened(), took("ELM", "accept"), aligned("FIR", "ELM"), revised()).when(
        reaffirmed("ELM")
    ).then(holds("ELM", "accept"), holds("FIR", None, to_confirm=True), counts(own=1, aligned=0))


def test_an_aligned_objection_stands_when_the_author_restates_it():
    given(convened(), opened(), took("ELM", "object"), aligned("FIR", "ELM"), revised()).when(
        reaffirmed("ELM")
    ).then(holds("FIR", "object", source="aligned"), counts(objections=("ELM", "FIR")))


def test_an_alignment_goes_stale_with_the_statement():
    given(convened(), opened(), took("ELM", "accept"), aligned("FIR", "ELM")).when(revised()).then(
        counts(own=0, aligned=0, stale=2, to_reaffirm=("ELM", "FIR")), holds("FIR", None, known=False)
    )


def test_nobody_aligns_with_an_acceptance_of_an_earlier_text():
    given(convened(), opened(), took("ELM", "accept"), revised()).when(aligned("FIR", "ELM")).then(
        refused(Refused, "align_with", "earlier text")
    )


def test_aligning_with_a_statement_that_changed_meanwhile_shows_the_new_one():
    story = given(convened(), opened(), took("ELM", "accept"))
    first = story.state.positions["op1"]["ELM"].made_version
    story.when(took("ELM", "object", statement="the costs"), aligned("FIR", "ELM", version=first)).then(
        refused(
            Conflict,
            "moved",
            "ELM changed its statement",
            stance="object",
            version=first + 1,
            statement="the costs",
        )
    )


def test_aligning_ends_an_own_position_and_an_own_position_ends_an_alignment():
    story = given(convened(), opened(), took("ELM", "accept"), took("FIR", "abstain"))
    story.when(aligned("FIR", "ELM")).then(
        happened(PositionWithdrawn, seat="FIR"),
        happened(PositionAligned, seat="FIR"),
        counts(own=1, aligned=1),
    )
    story.when(took("FIR", "accept")).then(happened(AlignmentWithdrawn, seat="FIR"), counts(own=2, aligned=0))


def test_aligning_does_not_take_back_a_colleagues_objection_unseen():
    story = given(convened(), opened(), took("ELM", "accept"), took("ASH", "object"))
    seen = story.state.positions["op1"]["ASH"].version
    story.when(aligned("ASH", "ELM", by="ash2")).then(refused(Conflict, "moved", "A colleague"))
    story.when(aligned("ASH", "ELM", by="ash2", seen=seen)).then(counts(objections=(), aligned=1))


def test_a_colleagues_alignment_is_not_ended_unseen():
    story = given(convened(), opened(), took("ELM", "object"), took("FIR", "accept"), aligned("ASH", "ELM"))
    seen = story.state.alignments["op1"]["ASH"].version
    story.when(took("ASH", "accept", by="ash2")).then(
        refused(Conflict, "moved", with_seat="ELM", version=seen)
    )
    story.when(aligned("ASH", "FIR", by="ash2")).then(refused(Conflict, "moved"))
    story.when(took("ASH", "accept", by="ash2", seen=seen)).then(holds("ASH", "accept", source="own"))


def test_any_colleague_may_confirm_an_alignment():
    given(convened(), opened(), took("ELM", "accept"), aligned("ASH", "ELM"), took("ELM", "support")).when(
        aligned("ASH", "ELM", by="ash2")
    ).then(holds("ASH", "support", source="aligned"))


def test_a_member_aligns_with_another_member_that_has_spoken():
    story = given(convened(), opened(), took("OAK", "accept"), took("FIR", "accept"))
    story.when(aligned("FIR", "FIR")).then(refused(Refused, "align_with"))
    story.when(aligned("FIR", "OAK")).then(refused(Refused, "align_with"))
    story.when(aligned("FIR", "ELM")).then(refused(Refused, "align_with", "ELM has stated nothing"))
    story.when(aligned("FIR", "YEW")).then(refused(NotFound, "unknown_seat"))


def test_an_alignment_is_withdrawn_once():
    end = asked(c.WithdrawAlignment(clause="op1", seat="FIR"), "fir")
    given(convened(), opened(), took("ELM", "accept"), aligned("FIR", "ELM")).when(end).then(
        holds("FIR", None, to_confirm=False)
    ).when(end).then(refused(NotFound, "no_alignment"))


def test_alignment_needs_an_open_round():
    given(
        convened(), opened(), took("ELM", "accept"), asked(c.CloseRound(round=1, reason="done"), "chair")
    ).when(aligned("FIR", "ELM")).then(refused(Refused, "round_closed"))


# --- mandates and blocs ---


def test_a_bloc_speaks_for_nobody_without_a_mandate():
    given(convened(), opened()).when(took("ASH", "object", bloc="GROVE")).then(
        refused(Forbidden, "no_mandate", "No member has given ASH a mandate", "GROVE")
    )


def test_a_mandate_is_recorded_by_the_members_own_seat():
    given(convened()).when(mandated("BIRCH", "GROVE", "ASH", by="ash")).then(refused(Forbidden, "other_seat"))


def test_a_mandate_given_twice_is_recorded_once():
    given(convened()).when(mandated("BIRCH", "GROVE", "ASH")).then(happened(MandateGiven)).when(
        mandated("BIRCH", "GROVE", "ASH")
    ).then(nothing_happened())


def test_a_mandate_names_a_bloc_of_both_and_another_member():
    story = given(convened())
    story.when(mandated("BIRCH", "WOODS", "ASH")).then(refused(NotFound, "unknown_bloc"))
    story.when(mandated("BIRCH", "NORTH", "ASH")).then(refused(NotFound, "unknown_bloc"))
    story.when(mandated("ELM", "GROVE", "ASH")).then(refused(Refused, "not_in_bloc"))
    story.when(mandated("BIRCH", "GROVE", "ELM")).then(refused(Refused, "not_in_bloc"))
    story.when(mandated("ASH", "GROVE", "ASH")).then(refused(Refused, "own_mandate"))
    story.when(mandated("BIRCH", "GROVE", "YEW")).then(refused(NotFound, "unknown_seat"))


def test_an_observer_speaks_for_no_bloc():
    seated = c.parse(
        {
            "type": "seat_stakeholder",
            "seat": "MOSS",
            "name": {"en": "Moss"},
            "kind": "company",
            "standing": "observer",
            "groups": ["GROVE"],
        }
    )
    given(convened(), asked(seated, "secretary")).when(mandated("BIRCH", "GROVE", "MOSS")).then(
        refused(Refused, "observer")
    )


def test_a_mandate_is_revoked_at_once():
    story = given(
        convened(), opened(), mandated("BIRCH", "GROVE", "ASH"), took("ASH", "object", bloc="GROVE")
    )
    story.then(counts(objections=("GROVE:ASH",)))
    story.when(mandate_revoked("BIRCH", "GROVE")).then(counts(objections=(), bloc=0, none=5))
    story.when(mandate_revoked("BIRCH", "GROVE")).then(refused(NotFound, "no_mandate"))
    story.when(supplemented("ASH", bloc="GROVE", statement="still")).then(refused(Forbidden, "no_mandate"))


def test_a_bloc_objection_blocks_once_and_is_named_with_its_speaker():
    given(
        convened(), opened(), mandated("BIRCH", "GROVE", "ASH"), mandated("CEDAR", "GROVE", "ASH"), put()
    ).when(took("ASH", "object", bloc="GROVE")).then(
        happened(PositionTaken, bloc="GROVE", source="bloc", mandates=2),
        counts(objections=("GROVE:ASH",), bloc=2, levels=(2, 0, 0, 0, 0)),
        status("objected"),
    )


def test_not_all_accept_while_a_bloc_accepts_for_one_of_them():
    own = [took(seat, "accept") for seat in ("ASH", "CEDAR", "ELM", "FIR")]
    story = given(
        convened(), opened(), *own, mandated("BIRCH", "GROVE", "ASH"), took("ASH", "accept", bloc="GROVE")
    )
    story.then(counts(own=4, bloc=1, accepting=5), status("no_objection"))
    story.when(took("BIRCH", "accept")).then(status("all_accept"))


def test_a_bloc_never_counts_as_heard():
    given(convened(), opened(), mandated("BIRCH", "GROVE", "ASH"), took("ASH", "accept", bloc="GROVE")).then(
        counts(heard=0, not_heard=("ASH", "BIRCH", "CEDAR", "ELM", "FIR"), bloc=1)
    )


def test_an_own_position_comes_before_the_blocs():
    given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        took("ASH", "object", bloc="GROVE"),
        took("BIRCH", "accept"),
    ).then(holds("BIRCH", "accept", source="own"), counts(objections=()))


def test_a_stale_acceptance_does_not_hide_what_the_bloc_says_on_the_new_text():
    given(convened(), opened(), mandated("BIRCH", "GROVE", "ASH"), took("BIRCH", "accept"), revised()).when(
        took("ASH", "object", bloc="GROVE")
    ).then(holds("BIRCH", "object", source="bloc"), counts(objections=("GROVE:ASH",), stale=0, heard=1))


def test_two_blocs_that_differ_are_a_conflict_and_count_as_none():
    story = given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        mandated("BIRCH", "HEDGE", "ELM"),
        took("ASH", "accept", bloc="GROVE"),
    )
    story.when(took("ELM", "dissociate", bloc="HEDGE")).then(
        holds("BIRCH", None, conflict=True, source=None), counts(conflict=1, bloc=0, none=4)
    )
    story.when(took("ELM", "accept", bloc="HEDGE")).then(
        holds("BIRCH", "accept", conflict=False), counts(bloc=1)
    )


def test_an_earlier_acceptance_of_one_bloc_does_not_conflict_with_another_on_the_new_text():
    given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        mandated("BIRCH", "HEDGE", "ELM"),
        took("ASH", "accept", bloc="GROVE"),
        revised(),
    ).when(took("ELM", "object", bloc="HEDGE")).then(
        holds("BIRCH", "object", conflict=False), counts(objections=("HEDGE:ELM",))
    )


def test_a_bloc_whose_acceptance_is_stale_leaves_its_members_to_reaffirm():
    given(convened(), opened(), mandated("BIRCH", "GROVE", "ASH"), took("ASH", "accept", bloc="GROVE")).when(
        revised()
    ).then(counts(bloc=0, stale=1, to_reaffirm=("BIRCH",)))


def test_a_bloc_reaffirms_only_under_a_mandate():
    story = given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        took("ASH", "accept", bloc="GROVE"),
        revised(),
    )
    story.when(reaffirmed("ASH", bloc="GROVE")).then(holds("BIRCH", "accept", source="bloc"))
    story.when(revised(), mandate_revoked("BIRCH", "GROVE"), reaffirmed("ASH", bloc="GROVE")).then(
        refused(Forbidden, "no_mandate")
    )


def test_what_is_said_for_a_bloc_is_never_a_confidence():
    given(convened(), opened(), mandated("BIRCH", "GROVE", "ASH")).when(
        took("ASH", "object", bloc="GROVE", visibility="facilitators")
    ).then(refused(Invalid, "does_not_fit", "a confidence is one's own"))


def test_a_bloc_never_accepts_reserves_or_dissociates_in_a_decision():
    given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        mandated("CEDAR", "GROVE", "ASH"),
        took("ASH", "accept_with_reservation", bloc="GROVE"),
        took("ELM", "accept_with_reservation"),
        aligned("FIR", "ELM"),
    ).when(adopted()).then(
        happened(DecisionDeclared, reservations=("ELM", "FIR"), dissociations=(), not_heard=3)
    )


def test_a_bloc_never_makes_a_quorum():
    given(
        convened(),
        opened(),
        mandated("BIRCH", "GROVE", "ASH"),
        mandated("CEDAR", "GROVE", "ASH"),
        took("ASH", "accept", bloc="GROVE"),
        put(),
        checked_in("ASH", "ELM"),
        waited(60),
    ).when(declared()).then(refused(Refused, "no_quorum", missing=1), answer("undetermined", checked_in=2))
