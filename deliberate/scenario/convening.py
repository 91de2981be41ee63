"""From a scenario to the command that convenes it, and names in the order of each language."""

import unicodedata
from collections.abc import Mapping
from functools import cache

from deliberate import commands as c
from deliberate import config
from deliberate.scenario.reading import load
from deliberate.scenario.shapes import Clause, Scenario
from deliberate.vocabulary import Nature, StakeholderKind, Standing


def convene(
    scenario: Scenario,
    *,
    host: str | None = None,
    controller: str | None = None,
    law: str | None = None,
    privacy: str | None = None,
) -> c.Convene:
    """Return the command that opens a deliberation on the scenario's text, with its groups and seats.

    Who hosts it, who controls personal data and under which law is said by whoever convenes, not by the file.
    Members are seated in the order of the roster, observers after them.
    """
    return c.Convene(
        nature=Nature.REHEARSAL if scenario.rehearsal else Nature.DELIBERATION,
        text_kind=scenario.kind_of_text,
        title=scenario.title,
        languages=scenario.languages,
        original=scenario.original,
        authentic=scenario.authentic,
        source=scenario.source,
        host=host,
        controller=controller,
        law=law,
        privacy=privacy,
        rules=scenario.rules,
        clauses=tuple(_clause(clause) for clause in scenario.clauses),
        groups=tuple(
            c.GroupDraft(group=group.id, kind=group.kind, name=group.name)
            for group in (scenario.roster.groups if scenario.roster else ())
        ),
        seats=(
            *(
                c.SeatDraft(
                    seat=member.code,
                    name=member.name,
                    kind=StakeholderKind.GOVERNMENT,
                    standing=Standing.MEMBER,
                    groups=member.groups,
                )
                for member in scenario.members
            ),
            *(
                c.SeatDraft(seat=seat.code, name=seat.name, kind=seat.kind, standing=Standing.OBSERVER)
                for seat in scenario.observers
            ),
        ),
    )


def _clause(clause: Clause) -> c.ClauseDraft:
    """Return the clause to be tabled; notes on it are joined, a line each."""
    languages = dict.fromkeys(language for note in clause.concordance for language in note)
    return c.ClauseDraft(
        clause=clause.id,
        kind=clause.kind,
        number=clause.number,
        wording=clause.wording,
        parent=clause.parent,
        short_title=clause.short_title,
        concordance={
            language: "\n".join(note[language] for note in clause.concordance if language in note)
            for language in languages
        },
    )


def collated(names: Mapping[str, str], language: str) -> list[str]:
    """Return codes in the order in which the language sorts their names.

    `names` maps a seat's code to its name in that language. States of the shipped rosters keep the order computed
    with ICU's collation (Chinese by pinyin); any other name comes after them, by its letters without marks.
    """
    places = _places(language)

    def key(code: str) -> tuple[int, int, str, str]:
        if code in places:
            return 0, places[code], "", code
        letters = unicodedata.normalize("NFKD", names[code].casefold())
        return 1, 0, "".join(letter for letter in letters if not unicodedata.combining(letter)), code

    return sorted(names, key=key)


@cache
def _places(language: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for name in ("initiative", "rehearsal"):
        for member in load(config.resource("scenarios", f"{name}.yaml")).members:
            if language in member.order:
                places[member.code] = member.order[language]
    return places
