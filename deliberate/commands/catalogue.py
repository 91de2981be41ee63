"""Every command: imperative, frozen, an unknown field is an error."""

from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    Field,
)

from deliberate.commands.shapes import (
    CLAUSES_MAX,
    GROUPS_MAX,
    SEATS_MAX,
    Code,
    Digest,
    Label,
    Moment,
    Multilingual,
    Roll,
    Shape,
    Tag,
    Words,
)
from deliberate.vocabulary import (
    Audience,
    Change,
    ClauseKind,
    DecisionRule,
    Finality,
    GroupKind,
    Nature,
    ObjectionType,
    Office,
    Outcome,
    PendingKind,
    RoundKind,
    StakeholderKind,
    Stance,
    Standing,
    TextKind,
    Visibility,
)


class ClauseDraft(Shape):
    """A clause to be tabled."""

    clause: Code
    kind: ClauseKind
    number: Label = ""
    wording: Multilingual
    parent: Code | None = None
    short_title: Multilingual = Field(default_factory=dict)
    concordance: Multilingual = Field(default_factory=dict)


class GroupDraft(Shape):
    """A group to be declared."""

    group: Code
    kind: GroupKind
    name: Multilingual


class SeatDraft(Shape):
    """A stakeholder to be seated."""

    seat: Code
    name: Multilingual
    kind: StakeholderKind
    standing: Standing
    groups: Annotated[tuple[Code, ...], Field(max_length=GROUPS_MAX)] = ()


class RulesDraft(Shape):
    """The rules of procedure to be adopted at convening; see `events.Rules`."""

    decision_rule: DecisionRule = DecisionRule.CONSENSUS
    quorum_num: Annotated[int, Field(ge=0, le=1000)] = 1
    quorum_den: Annotated[int, Field(ge=1, le=1000)] = 2
    question_window_s: Annotated[int, Field(ge=1, le=30 * 86_400)] = 60
    challenge_window_s: Annotated[int, Field(ge=0, le=30 * 86_400)] = 86_400
    audience: Audience = Audience.PUBLIC


class Convene(Shape):
    """Open a deliberation on a text. The actor takes the chair. `authentic` is empty while none was declared."""

    type: Literal["convene"] = "convene"
    nature: Nature = Nature.DELIBERATION
    text_kind: TextKind = TextKind.UN
    title: Multilingual
    languages: Annotated[tuple[Tag, ...], Field(min_length=1, max_length=12)]
    original: Tag
    authentic: Annotated[tuple[Tag, ...], Field(max_length=12)] = ()
    source: Multilingual = Field(default_factory=dict)
    host: Words | None = None
    controller: Words | None = None
    law: Words | None = None
    privacy: Words | None = None
    rules: RulesDraft = RulesDraft()
    clauses: Annotated[tuple[ClauseDraft, ...], Field(min_length=1, max_length=CLAUSES_MAX)]
    groups: Annotated[tuple[GroupDraft, ...], Field(max_length=GROUPS_MAX)] = ()
    seats: Annotated[tuple[SeatDraft, ...], Field(max_length=SEATS_MAX)] = ()


class TableClause(ClauseDraft):
    """Add a clause to the text."""

    type: Literal["table_clause"] = "table_clause"


class DeclareGroup(GroupDraft):
    """Declare a group."""

    type: Literal["declare_group"] = "declare_group"


class SeatStakeholder(SeatDraft):
    """Give a stakeholder its place."""

    type: Literal["seat_stakeholder"] = "seat_stakeholder"


class WithdrawStakeholder(Shape):
    """Record that a stakeholder gave up its seat; its objections lapse."""

    type: Literal["withdraw_stakeholder"] = "withdraw_stakeholder"
    seat: Code
    reason: Words | None = None


class GiveOffice(Shape):
    """Give an office to an actor who already holds one here."""

    type: Literal["give_office"] = "give_office"
    holder: Code
    office: Office


class RevokeOffice(Shape):
    """End an office."""

    type: Literal["revoke_office"] = "revoke_office"
    holder: Code
    office: Office


class InvitationDraft(Shape):
    """One link: to a seat or to an office."""

    invitation: Code
    expires_at: Moment
    seat: Code | None = None
    office: Office | None = None


class IssueInvitations(Shape):
    """Record that links were made. Secrets never come here."""

    type: Literal["issue_invitations"] = "issue_invitations"
    invitations: Annotated[tuple[InvitationDraft, ...], Field(min_length=1, max_length=SEATS_MAX)]


class RevokeInvitation(Shape):
    """Make a link useless."""

    type: Literal["revoke_invitation"] = "revoke_invitation"
    invitation: Code


class AcceptInvitation(Shape):
    """Take the place that a link leads to. The platform sends it for the actor once the secret was checked."""

    type: Literal["accept_invitation"] = "accept_invitation"
    invitation: Code


class RevokeDelegate(Shape):
    """End a person's authority to act for a seat."""

    type: Literal["revoke_delegate"] = "revoke_delegate"
    holder: Code


class GiveMandate(Shape):
    """Let `speaker` speak for one's own seat as the bloc."""

    type: Literal["give_mandate"] = "give_mandate"
    seat: Code
    bloc: Code
    speaker: Code


class RevokeMandate(Shape):
    """Take a mandate back, at once."""

    type: Literal["revoke_mandate"] = "revoke_mandate"
    seat: Code
    bloc: Code


class OpenRound(Shape):
    """Open a round."""

    type: Literal["open_round"] = "open_round"
    kind: RoundKind
    deadline: Moment | None = None


class CloseRound(Shape):
    """Close the open round; the reason is asked for."""

    type: Literal["close_round"] = "close_round"
    round: Annotated[int, Field(ge=1)]
    reason: Words | None = None


class ReviseClause(Shape):
    """Give a clause a new wording. `revision` is the one it replaces, as seen by the caller."""

    type: Literal["revise_clause"] = "revise_clause"
    clause: Code
    revision: Annotated[int, Field(ge=1)]
    change: Change
    wording: Multilingual
    explanation: Words | None = None


class ChallengeRevision(Shape):
    """Object to calling a change editorial: it becomes substantive."""

    type: Literal["challenge_revision"] = "challenge_revision"
    clause: Code
    revision: Annotated[int, Field(ge=1)]
    seat: Code


class SettleRevision(Shape):
    """Carry positions once a challenge window has passed; the clock asks for it."""

    type: Literal["settle_revision"] = "settle_revision"
    clause: Code
    revision: Annotated[int, Field(ge=1)]


class TakePosition(Shape):
    """State a stakeholder's position on a revision of a clause. `seen`: the version of its position that the caller
    saw, 0 for none."""

    type: Literal["take_position"] = "take_position"
    clause: Code
    revision: Annotated[int, Field(ge=1)]
    seat: Code
    stance: Stance
    finality: Finality | None = None
    visibility: Visibility = Visibility.SHARED
    bloc: Code | None = None
    cosponsor: bool = False
    objection_type: ObjectionType | None = None
    none_would: bool = False
    pending_kind: PendingKind | None = None
    expected_by: Moment | None = None
    statement: Words | None = None
    scope: Words | None = None
    would_lift: Words | None = None
    cites: Words | None = None
    lang: Tag | None = None
    seen: Annotated[int, Field(ge=0)] | None = None


class SupplementPosition(Shape):
    """Add what goes with a position already taken. `seen` as in `TakePosition`, when words are replaced."""

    type: Literal["supplement_position"] = "supplement_position"
    clause: Code
    seat: Code
    bloc: Code | None = None
    objection_type: ObjectionType | None = None
    none_would: bool = False
    statement: Words | None = None
    scope: Words | None = None
    would_lift: Words | None = None
    lang: Tag | None = None
    seen: Annotated[int, Field(ge=0)] | None = None


class ReaffirmPosition(Shape):
    """Restate for this revision the position made on an earlier one."""

    type: Literal["reaffirm_position"] = "reaffirm_position"
    clause: Code
    revision: Annotated[int, Field(ge=1)]
    seat: Code
    bloc: Code | None = None
    finality: Finality | None = None


class WithdrawPosition(Shape):
    """Take a position back: no position is recorded any more."""

    type: Literal["withdraw_position"] = "withdraw_position"
    clause: Code
    seat: Code
    bloc: Code | None = None
    visibility: Visibility = Visibility.SHARED
    seen: Annotated[int, Field(ge=0)] | None = None


class AlignPosition(Shape):
    """Align one's seat with another's statement on a clause, as of its version. An own position ends with it:
    `seen` as in `TakePosition`."""

    type: Literal["align_position"] = "align_position"
    clause: Code
    seat: Code
    with_seat: Code
    statement_version: Annotated[int, Field(ge=1)]
    seen: Annotated[int, Field(ge=0)] | None = None


class WithdrawAlignment(Shape):
    """End one's alignment on a clause."""

    type: Literal["withdraw_alignment"] = "withdraw_alignment"
    clause: Code
    seat: Code


class AddressObjection(Shape):
    """Record that an objection was addressed, and why. It lifts no block under the rule of consensus."""

    type: Literal["address_objection"] = "address_objection"
    clause: Code
    seat: Code
    bloc: Code | None = None
    reason: Words


class PutQuestion(Shape):
    """Ask whether the meeting wishes to adopt this revision of the clause."""

    type: Literal["put_question"] = "put_question"
    clause: Code
    revision: Annotated[int, Field(ge=1)]


class CheckIn(Shape):
    """Be present for the item: one's own seat, or seats that the chair or secretary sees in the room."""

    type: Literal["check_in"] = "check_in"
    question: Annotated[int, Field(ge=1)]
    seats: Annotated[tuple[Code, ...], Field(min_length=1, max_length=SEATS_MAX)]


class RequestFloor(Shape):
    """Ask for the floor while the question is put."""

    type: Literal["request_floor"] = "request_floor"
    question: Annotated[int, Field(ge=1)]
    seat: Code


class WithdrawQuestion(Shape):
    """Take the question back."""

    type: Literal["withdraw_question"] = "withdraw_question"
    question: Annotated[int, Field(ge=1)]
    reason: Words


class DeclareDecision(Shape):
    """Declare the outcome of the question, once its window is over."""

    type: Literal["declare_decision"] = "declare_decision"
    question: Annotated[int, Field(ge=1)]
    outcome: Outcome
    statement: Words | None = None


class RecordVotes(Shape):
    """Record another body's votes on a clause; for a deliberation that is only a record."""

    type: Literal["record_votes"] = "record_votes"
    clause: Code
    yes: Roll = ()
    no: Roll = ()
    abstain: Roll = ()
    carried: bool


class ImportPositions(Shape):
    """Record another body's stances on a clause; for a deliberation that is only a record."""

    type: Literal["import_positions"] = "import_positions"
    clause: Code
    revision: Annotated[int, Field(ge=1)]
    stances: Annotated[dict[Code, Stance], Field(max_length=SEATS_MAX)]


class RedactText(Shape):
    """Delete the words of a text for good, with the reason."""

    type: Literal["redact_text"] = "redact_text"
    text: Digest
    reason: Words


class AddTranslation(Shape):
    """Add a translation of a text on record."""

    type: Literal["add_translation"] = "add_translation"
    of: Digest
    lang: Tag
    text: Words


Command = (
    Convene
    | TableClause
    | DeclareGroup
    | SeatStakeholder
    | WithdrawStakeholder
    | GiveOffice
    | RevokeOffice
    | IssueInvitations
    | RevokeInvitation
    | AcceptInvitation
    | RevokeDelegate
    | GiveMandate
    | RevokeMandate
    | OpenRound
    | CloseRound
    | ReviseClause
    | ChallengeRevision
    | SettleRevision
    | TakePosition
    | SupplementPosition
    | ReaffirmPosition
    | WithdrawPosition
    | AlignPosition
    | WithdrawAlignment
    | AddressObjection
    | PutQuestion
    | CheckIn
    | RequestFloor
    | WithdrawQuestion
    | DeclareDecision
    | RecordVotes
    | ImportPositions
    | RedactText
    | AddTranslation
)


COMMANDS: Final[dict[str, type[Any]]] = {
    kind.model_fields["type"].default: kind for kind in get_args(Command)
}
