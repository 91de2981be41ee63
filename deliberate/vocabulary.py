"""The closed lists of the field: one word per thing, with its meaning (DESIGN section 2; consensus.md A1-A6).

Codes are what the log, the board and the API carry; pages say them in each reader's language.
"""

from enum import StrEnum
from typing import Final


class Stance(StrEnum):
    """What a stakeholder holds on the current text of a clause: five ordered levels and two off the scale.

    `no position recorded` is the absence of a stance. The level orders what a stance does to adoption.
    """

    SUPPORT = "support"
    ACCEPT = "accept"
    ACCEPT_WITH_RESERVATION = "accept_with_reservation"
    DISSOCIATE = "dissociate"
    OBJECT = "object"
    ABSTAIN = "abstain"
    PENDING = "pending"


LEVEL: Final[dict[Stance, int]] = {
    Stance.SUPPORT: 5,
    Stance.ACCEPT: 4,
    Stance.ACCEPT_WITH_RESERVATION: 3,
    Stance.DISSOCIATE: 2,
    Stance.OBJECT: 1,
}
ACCEPTING: Final = frozenset({Stance.SUPPORT, Stance.ACCEPT, Stance.ACCEPT_WITH_RESERVATION})

LETTER: Final[dict[Stance, str]] = {
    Stance.SUPPORT: "S",
    Stance.ACCEPT: "A",
    Stance.ACCEPT_WITH_RESERVATION: "R",
    Stance.DISSOCIATE: "D",
    Stance.OBJECT: "O",
    Stance.ABSTAIN: "N",
    Stance.PENDING: "P",
}


class Freshness(StrEnum):
    """How a position stands to the revision now on the table (A5). Withdrawn and superseded ones are history."""

    CURRENT = "current"
    CARRIED = "carried"  # editorial change, window passed
    STALE = "stale"  # an acceptance made on an earlier text: unknown in every count
    REAFFIRMED = "reaffirmed"
    MAINTAINED = "maintained"  # an objection or dissociation made on an earlier text: it stands


class Source(StrEnum):
    """Whose act a position is; the three are counted apart everywhere (A5)."""

    OWN = "own"
    ALIGNED = "aligned"
    BLOC = "bloc"


class Finality(StrEnum):
    """How binding a position is: shown only; enough for agreement ad referendum; enough for adoption."""

    INDICATIVE = "indicative"
    AD_REFERENDUM = "ad_referendum"
    CONFIRMED = "confirmed"


class Visibility(StrEnum):
    """The layer that may see a position: everyone of the deliberation's audience, or the facilitators alone."""

    SHARED = "shared"
    FACILITATORS = "facilitators"


class Audience(StrEnum):
    """Who sees positions while the deliberation runs; decisions and the text are public in any case."""

    PUBLIC = "public"
    MEMBERS = "members"  # every seat and office


class ObjectionType(StrEnum):
    """The type of an objection or comment, as in the ISO template."""

    GENERAL = "ge"
    TECHNICAL = "te"
    EDITORIAL = "ed"


class PendingKind(StrEnum):
    """What a delegation waits for (EU Council: scrutiny reservations)."""

    GENERAL = "general"
    PARLIAMENTARY = "parliamentary"
    LINGUISTIC = "linguistic"
    SUBSTANTIVE = "substantive"


class StakeholderKind(StrEnum):
    """The six kinds that the Initiative names; `government` is a country."""

    GOVERNMENT = "government"
    INTERNATIONAL_ORGANISATION = "international_organisation"
    COMPANY = "company"
    RESEARCH_INSTITUTE = "research_institute"
    CIVIL_ORGANISATION = "civil_organisation"
    INDIVIDUAL = "individual"


class Standing(StrEnum):
    """`member` decides; `observer` is heard and shown by kind, and never enters a decision."""

    MEMBER = "member"
    OBSERVER = "observer"


class Office(StrEnum):
    """Offices and roles of the secretariat's side (A6.5). Nobody holds a seat beside one."""

    CHAIR = "chair"
    FACILITATOR = "facilitator"
    SECRETARY = "secretary"
    ANALYST = "analyst"
    READER = "reader"


class Role(StrEnum):
    """What an actor may be when a command is judged: an office, a delegate by standing, or the platform."""

    CHAIR = "chair"
    FACILITATOR = "facilitator"
    SECRETARY = "secretary"
    ANALYST = "analyst"
    READER = "reader"
    MEMBER = "member"
    OBSERVER = "observer"
    CLOCK = "clock"
    NOBODY = "nobody"


class GroupKind(StrEnum):
    """Declared sets of stakeholders. A stakeholder is in at most one regional group; blocs and lists overlap."""

    REGIONAL = "regional"
    BLOC = "bloc"
    LIST = "list"


class TextKind(StrEnum):
    """The kind of text sets the word on the page: UN paragraph (OP4) or ISO clause (4.2)."""

    UN = "un"
    ISO = "iso"


class Nature(StrEnum):
    """What a deliberation is. Every page and file of a rehearsal or a record says so."""

    DELIBERATION = "deliberation"
    REHEARSAL = "rehearsal"  # fictional stakeholders, simulated positions
    RECORD = "record"  # votes or positions imported from elsewhere; nothing is taken here


class ClauseKind(StrEnum):
    """A node of the text. Positions are taken on every kind but the title and the chapeau."""

    TITLE = "title"
    CHAPEAU = "chapeau"
    PREAMBULAR = "preambular"
    OPERATIVE = "operative"
    SUB = "sub"
    ANNEX = "annex"
    WHOLE = "whole"  # the text as a whole, decided on its own


class ClauseStage(StrEnum):
    """Where a clause stands in the procedure (A6). The issue of the silence procedure adds its own."""

    OPEN = "open"
    QUESTION_PUT = "question_put"
    ADOPTED = "adopted"


class Change(StrEnum):
    """Whether a revision changes the meaning; decides what becomes of positions (A5)."""

    EDITORIAL = "editorial"
    SUBSTANTIVE = "substantive"


class RoundKind(StrEnum):
    """The kind of a round sets the default finality and what may be done in it."""

    CONSULTATION = "consultation"
    NEGOTIATION = "negotiation"
    ADOPTION = "adoption"


DEFAULT_FINALITY: Final[dict[RoundKind, Finality]] = {
    RoundKind.CONSULTATION: Finality.INDICATIVE,
    RoundKind.NEGOTIATION: Finality.AD_REFERENDUM,
    RoundKind.ADOPTION: Finality.CONFIRMED,
}


class Vote(StrEnum):
    """A vote in a voting procedure, cast or imported; never derived from a stance, never read as one."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class DecisionRule(StrEnum):
    """The decision rules of B16 that exist so far; the default of every tier is consensus."""

    CONSENSUS = "consensus"


class RuleAnswer(StrEnum):
    """What a decision rule answers."""

    NOT_PUT = "not_put"
    UNDETERMINED = "undetermined"
    PASS = "pass"
    FAIL = "fail"


class Outcome(StrEnum):
    """What the chair declares after the question was put."""

    ADOPTED = "adopted"
    NOT_ADOPTED = "not_adopted"


class StatusCode(StrEnum):
    """The computed status of a clause (A6): a description, never a declaration; first match wins."""

    DECIDED = "decided"
    RECORDED_VOTE = "recorded_vote"
    OBJECTED = "objected"
    STALE = "stale"
    AWAITING = "awaiting"
    FEW_HEARD = "few_heard"
    NO_OBJECTION_DISSOCIATED = "no_objection_dissociated"
    NO_OBJECTION_RESERVED = "no_objection_reserved"
    NO_OBJECTION = "no_objection"
    ALL_ACCEPT = "all_accept"


LANGUAGES: Final = ("ar", "en", "es", "fr", "ru", "zh")
"""The six UN languages; a text may be in others too, named by their BCP 47 tag."""

CLOCK: Final = "clock"
"""The actor of everything that happens because a deadline passed."""
