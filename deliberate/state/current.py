"""Everything that a log says, at one version."""

from dataclasses import dataclass, field, fields

from deliberate import events as e
from deliberate.events import Rules, Wording
from deliberate.state.values import (
    NONE,
    Alignment,
    BlocKey,
    Clause,
    Effective,
    Group,
    Invitation,
    Mandate,
    Position,
    Question,
    Round,
    Seat,
)
from deliberate.vocabulary import (
    Freshness,
    Nature,
    Office,
    Source,
    Standing,
)


@dataclass(slots=True)
class State:
    """Everything that a log says, at one version."""

    version: int = 0
    at: str = ""
    digest: str = "0" * 64
    convened: e.DeliberationConvened | None = None
    clauses: dict[str, Clause] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    offices: dict[str, frozenset[Office]] = field(default_factory=dict)
    delegates: dict[str, str] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    mandates: dict[str, dict[str, Mandate]] = field(default_factory=dict)
    rounds: tuple[Round, ...] = ()
    questions: dict[int, Question] = field(default_factory=dict)
    positions: dict[str, dict[str, Position]] = field(default_factory=dict)
    confidences: dict[str, dict[str, Position]] = field(default_factory=dict)
    bloc_positions: dict[str, dict[BlocKey, Position]] = field(default_factory=dict)
    alignments: dict[str, dict[str, Alignment]] = field(default_factory=dict)
    redacted: dict[str, str] = field(default_factory=dict)
    translations: dict[str, Wording] = field(default_factory=dict)

    def fork(self) -> "State":
        """Return a state that can be folded further without touching this one."""
        copy = State()
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in _NESTED:
                value = {key: dict(inner) for key, inner in value.items()}
            elif isinstance(value, dict):
                value = dict(value)
            setattr(copy, f.name, value)
        return copy

    @property
    def rules(self) -> Rules:
        """The rules of procedure adopted at convening."""
        return self.convened.rules if self.convened else Rules()

    @property
    def nature(self) -> Nature:
        """What this deliberation is."""
        return self.convened.nature if self.convened else Nature.DELIBERATION

    @property
    def open_round(self) -> Round | None:
        """The round in which positions can be taken now."""
        return self.rounds[-1] if self.rounds and self.rounds[-1].closed is None else None

    @property
    def open_question(self) -> Question | None:
        """The question now put; there is at most one."""
        if self.questions:
            last = self.questions[max(self.questions)]
            return last if last.open else None
        return None

    @property
    def text(self) -> list[Clause]:
        """The clauses in the order of the text."""
        return sorted(self.clauses.values(), key=lambda clause: clause.order)

    @property
    def negotiable(self) -> list[Clause]:
        """The clauses that positions are taken on, in the order of the text."""
        return [clause for clause in self.text if clause.negotiable]

    def effective(self, clause: str, seat: str) -> Effective:
        """Return the position that counts for the seat on the clause."""
        held = self.positions[clause].get(seat)
        if held is not None and held.freshness is not Freshness.STALE:
            return Effective(held, Source.OWN, True)
        source, to_confirm = Source.OWN, False
        alignment = self.alignments[clause].get(seat)
        if alignment is not None:  # then there is no position of its own
            held, source = self.positions[clause].get(alignment.with_seat), Source.ALIGNED
            if held is None or held.made_version != alignment.statement_version:
                held, to_confirm = None, True
            elif held.freshness is not Freshness.STALE:
                return Effective(held, Source.ALIGNED, True)
        spoken = [
            position
            for mandate in self.mandates.get(seat, {}).values()
            if (position := self.bloc_positions[clause].get((mandate.bloc, mandate.speaker))) is not None
        ]
        known = [position for position in spoken if position.freshness is not Freshness.STALE]
        if len({position.stance for position in known}) == 1:
            return Effective(known[0], Source.BLOC, True, to_confirm=to_confirm)
        if held is not None:
            return Effective(held, source)
        if spoken and not known:
            return Effective(spoken[0], Source.BLOC, to_confirm=to_confirm)
        return Effective(conflict=bool(known), to_confirm=to_confirm) if known or to_confirm else NONE

    def mandators(self, bloc: str, speaker: str) -> list[str]:
        """Return the seats for which `speaker` may speak as `bloc`, in the order of seating."""
        return [
            seat
            for seat in self.members
            if (mandate := self.mandates.get(seat, {}).get(bloc)) is not None and mandate.speaker == speaker
        ]

    def roles_of_seat(self, seat: str) -> Standing | None:
        """Return the standing of a seat that is still taken, else None."""
        place = self.seats.get(seat)
        return place.standing if place and not place.withdrawn else None


_NESTED = frozenset({"positions", "confidences", "bloc_positions", "alignments", "mandates"})
