"""What is asked for: imperative, frozen, checked for shape at the border (422).

Free text is typed `Words`: at most `TEXT_CHARACTERS_MAX` characters, NFC, no control or bidirectional-override
characters. `seal` replaces every `Words` of a command by the digest of a salted text, so that the procedure and
the log never hold prose. A command that replaces something carries `seen`, the version its caller saw.
"""

import base64
import hashlib
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from deliberate import moments
from deliberate.config import TEXT_CHARACTERS_MAX
from deliberate.errors import Invalid
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

CLAUSES_MAX: Final = 500
"""Clauses of one text: five times the Charter of the United Nations."""

GROUPS_MAX: Final = 200
"""Declared groups: every regional group, bloc and list of the UN several times over."""

SEATS_MAX: Final = 5_000
"""Seats of one deliberation: 193 members and every organisation in consultative status that asks for one."""

INVITATIONS_MAX: Final = 50_000
"""Links ever made in one deliberation: ten for each seat."""

LANGUAGES_MAX: Final = 60
"""Languages of one multilingual text: names may come in more than the deliberation's own."""

OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make text read in another order than it is stored."""


def _clean(value: Any) -> Any:
    """Return the text in NFC with Unix line ends, or raise ValueError naming the character that may not stand."""
    if not isinstance(value, str):
        return value
    if len(value) > 4 * TEXT_CHARACTERS_MAX:
        return value  # too long however it is composed: refused for that, without reading it all
    if value.isascii() and value.isprintable():
        return value.strip()
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for place, character in enumerate(text, 1):
        if character in OVERRIDES:
            raise ValueError(
                f"character {place} (U+{ord(character):04X}) would show the text in another order than it is written; "
                "remove it"
            )
        category = unicodedata.category(character)
        if category == "Cc" and character not in "\n\t":
            raise ValueError(f"character {place} (U+{ord(character):04X}) is a control character; remove it")
        if category in ("Cs", "Co") or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
            raise ValueError(
                f"character {place} (U+{ord(character):04X}) has no meaning that all readers share; remove it"
            )
    return text


def _real(moment: str) -> str:
    """Return the moment, or raise ValueError when the calendar or the clock has no such one."""
    moments.parse(moment)
    return moment


class _Prose:
    """Marks a field whose text is sealed."""


Words = Annotated[
    str, BeforeValidator(_clean), StringConstraints(min_length=1, max_length=TEXT_CHARACTERS_MAX), _Prose()
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Roll = Annotated[tuple[Code, ...], Field(max_length=SEATS_MAX)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"),
    AfterValidator(_real),
]
"""UTC with milliseconds, so that moments compare as strings; ASCII digits, and a moment that exists."""
Label = Annotated[str, BeforeValidator(_clean), StringConstraints(pattern=r"^[^\n\t]{0,20}$")]
"""A short printed number, such as OP4 or 4.2: a fact, so it may hold no more than a line."""
Multilingual = Annotated[dict[Tag, Words], Field(max_length=LANGUAGES_MAX)]


class Shape(BaseModel):
    """The manner of every model at the border: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
_ADAPTER: Final[TypeAdapter[Any]] = TypeAdapter(Annotated[Command, Field(discriminator="type")])


def parse(raw: object) -> Command:
    """Return the command that plain data describe.

    Raises `Invalid` with the first field that is wrong and what it should be.
    """
    try:
        command: Command = _ADAPTER.validate_python(raw)
    except ValidationError as why:
        raise Invalid(*_say(why, raw)) from why
    return command


_MOMENTS: Final = frozenset({"deadline", "expires_at", "expected_by"})


def _say(why: ValidationError, raw: object) -> tuple[str, str]:
    problem = why.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"][1:]) or "command"
    given = problem.get("input")
    shown = f" (got {str(given)[:60]!r})" if isinstance(given, str | int | float) else ""
    match problem["type"]:
        case "union_tag_invalid" | "union_tag_not_found" | "model_attributes_type":
            kind = raw.get("type") if isinstance(raw, dict) else None
            wrong = f"There is no command {str(kind)[:60]!r}." if kind else "A command names its type."
            return f"{wrong} Commands are: {', '.join(COMMANDS)}.", "unknown_command"
        case "enum":
            list_of = "stance" if "stances" in problem["loc"] else problem["loc"][-1]
            return f"{place}: must be one of {problem['ctx']['expected']}{shown}.", f"unknown_{list_of}"
        case "missing":
            return f"{place}: is missing.", "missing"
        case "extra_forbidden":
            return f"{place}: is not a field of this command.", "unknown_field"
        case "string_too_long" | "too_long":
            limit = problem["ctx"]["max_length"]
            if isinstance(given, str):
                return (
                    f"{place}: has {len(given)} characters; the limit is {limit}. Shorten the text.",
                    "too_long",
                )
            return f"{place}: has more than {limit} entries, which is the limit.", "too_long"
        case "string_too_short" | "too_short":
            return f"{place}: must not be empty.", "empty"
        case "value_error":
            code = "bad_moment" if problem["loc"][-1] in _MOMENTS else "bad_characters"
            return f"{place}: {problem['ctx']['error']}.", code
        case _:
            return f"{place}: {problem['msg']}{shown}.", "invalid"


def from_outside(command: Shape) -> bool:
    """Return whether people may send the command; convening, taking a link's place and the clock's acts are the
    platform's own to send."""
    return not isinstance(command, Convene | AcceptInvitation | IssueInvitations | SettleRevision)


@dataclass(frozen=True, slots=True)
class SealedText:
    """A text on its way to its row: `digest` = SHA-256(`salt` ‖ UTF-8 of `words`)."""

    digest: str
    salt: bytes
    words: str
    lang: str | None


def digest_text(salt: bytes, words: str) -> str:
    """Return the digest that names a text in facts, 64 hex digits; `salt` has 16 bytes."""
    return hashlib.sha256(salt + words.encode()).hexdigest()


def _is_prose(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return any(isinstance(mark, _Prose) for mark in annotation.__metadata__)
    return any(_is_prose(part) for part in get_args(annotation))


@cache
def _plan(kind: type[Shape]) -> tuple[tuple[str, str], ...]:
    """Return (field, what it holds): prose, multilingual prose, or models that may hold some."""
    plan = []
    for name, info in kind.model_fields.items():
        if any(isinstance(mark, _Prose) for mark in info.metadata):
            plan.append((name, "prose"))
        elif get_origin(info.annotation) is dict and _is_prose(info.annotation):
            plan.append((name, "multilingual"))
        elif _is_prose(info.annotation):
            plan.append((name, "prose"))
        elif get_origin(info.annotation) is tuple:
            inner = get_args(info.annotation)[0]
            if isinstance(inner, type) and issubclass(inner, Shape):
                plan.append((name, "models"))
    return tuple(plan)


C = TypeVar("C", bound=Shape)


def _grain() -> bytes:
    return secrets.token_bytes(16)


def seal(command: C, salt: Callable[[], bytes] = _grain) -> tuple[C, list[SealedText]]:
    """Return the command with a digest in the place of every text, and the texts.

    A text's language is its key in a multilingual field, else the command's `lang`, else unknown (None).
    """
    texts: list[SealedText] = []

    def one(words: str, lang: str | None) -> str:
        grain = salt()
        digest = digest_text(grain, words)
        texts.append(SealedText(digest, grain, words, lang))
        return digest

    def walk(model: C) -> C:
        update: dict[str, Any] = {}
        for name, what in _plan(type(model)):
            value = getattr(model, name)
            if not value:
                continue
            if what == "prose":
                update[name] = one(value, getattr(model, "lang", None))
            elif what == "multilingual":
                update[name] = {lang: one(words, lang) for lang, words in value.items()}
            else:
                update[name] = tuple(walk(inner) for inner in value)
        return model.model_copy(update=update) if update else model

    return walk(command), texts


def mint(prefix: str) -> str:
    """Return a new opaque id: the prefix, a hyphen, and 80 random bits in lower-case base32."""
    return f"{prefix}-{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"
