import re
from collections import Counter
from pathlib import Path

import pytest

from deliberate import commands as c
from deliberate import moments, scenario
from deliberate.errors import DeliberateError, Invalid, NotFound
from deliberate.events import Recorded
from deliberate.procedure import decide, due
from deliberate.state import State, fold
from deliberate.vocabulary import (
    ClauseKind,
    ClauseStage,
    Nature,
    RoundKind,
    Source,
    StakeholderKind,
    Stance,
    Standing,
)

SEED = Path(__file__).parents[2] / "shared" / "seed"
INITIATIVE = scenario.load("initiative")
REHEARSAL = scenario.load("rehearsal")
START = "2026-11-23T09:00:00.000Z"


def quoted(words):
    return re.findall("“([^”]+)”", words)


# --- the text ---


@pytest.mark.skipif(not SEED.is_dir(), reason="the seed texts are not beside this checkout")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_initiative_is_quoted_exactly(language):
    paragraphs = [
        line for line in (SEED / f"initiative.{language}.txt").read_text("utf-8").split("\n") if line
    ]
    assert [clause.wording[language] for clause in INITIATIVE.clauses] == paragraphs


def test_the_initiative_has_a_title_three_preambular_paragraphs_a_chapeau_and_eleven_operative_ones():
    assert [clause.id for clause in INITIATIVE.clauses] == [
        "title", "pp1", "pp2", "pp3", "chapeau", *(f"op{n}" for n in range(1, 12)),
    ]  # fmt: skip
    assert [clause.kind for clause in INITIATIVE.clauses] == [
        ClauseKind.TITLE, *3 * [ClauseKind.PREAMBULAR], ClauseKind.CHAPEAU, *11 * [ClauseKind.OPERATIVE],
    ]  # fmt: skip
    for clause in INITIATIVE.clauses:
        printed = clause.kind in (ClauseKind.PREAMBULAR, ClauseKind.OPERATIVE)
        assert clause.number == (clause.id.upper() if printed else "")
        assert set(clause.short_title) == ({"en", "zh"} if printed else set())
        assert set(clause.wording) == {"en", "zh"}


def test_a_note_of_concordance_quotes_only_what_one_of_the_two_versions_says():
    notes = [(clause, note) for clause in INITIATIVE.clauses for note in clause.concordance]
    assert len(notes) >= 20
    for clause, note in notes:
        assert set(note) == {"en", "zh"}
        for words in (*quoted(note["en"]), *quoted(note["zh"])):
            assert any(words in wording for wording in clause.wording.values()), f"{clause.id}: {words}"


def test_the_differences_that_are_known_are_noted():
    notes = {clause.id: " ".join(note["en"] for note in clause.concordance) for clause in INITIATIVE.clauses}
    assert "接受他国法律管辖" in notes["op2"]
    assert "恶意阻挠" in notes["op4"]
    assert "恶意阻断" in notes["op4"]
    assert "我们重申" in notes["pp3"]


# --- convening ---


def test_the_initiative_is_convened_with_every_kind_seated_and_nobodys_position():
    assert INITIATIVE.script is None
    command = scenario.convene(INITIATIVE, host="a host")
    assert command.nature is Nature.DELIBERATION
    assert Counter((seat.kind, seat.standing) for seat in command.seats) == {
        (StakeholderKind.GOVERNMENT, Standing.MEMBER): 193,
        **{
            (kind, Standing.OBSERVER): 2 for kind in StakeholderKind if kind is not StakeholderKind.GOVERNMENT
        },
    }
    observers = [seat for seat in command.seats if seat.standing is Standing.OBSERVER]
    assert all(seat.name["en"].startswith("Observer seat: ") for seat in observers)
    state = convened(command)
    assert len(state.members) == 193
    assert len(state.negotiable) == 14
    assert state.rules.quorum_num * 2 == state.rules.quorum_den


def test_notes_of_a_clause_are_told_a_line_each():
    op4 = next(clause for clause in scenario.convene(INITIATIVE).clauses if clause.clause == "op4")
    assert len(op4.concordance["en"].split("\n")) == 4


def test_names_are_sorted_as_each_language_sorts_them():
    names = {member.code: member.name["fr"] for member in INITIATIVE.members}
    in_order = [names[code] for code in scenario.collated(names, "fr")]
    assert in_order[in_order.index("Égypte") - 1] == "Dominique"
    chinese = {member.code: member.name["zh"] for member in REHEARSAL.members}
    assert scenario.collated(chinese, "zh")[0] == "XAL"
    assert scenario.collated({"B": "Zebra", "A": "Étoile", "C": "Elle"}, "fr") == ["C", "A", "B"]


# --- the rehearsal ---


def test_codes_of_the_rehearsal_are_no_countrys_and_never_will_be():
    codes = [member.code for member in REHEARSAL.members]
    assert len(set(codes)) == 42
    assert all(re.fullmatch("X[A-Z]{2}", code) for code in codes), "ISO 3166-1 leaves XAA to XZZ to its users"
    assert not set(codes) & {member.code for member in INITIATIVE.members}


def test_nothing_in_the_rehearsal_names_a_real_state():
    said = [REHEARSAL.model_dump_json(include={"observers", "roster", "script"})]
    said = said[0]
    for member in INITIATIVE.members:
        for language, name in member.name.items():
            short = re.sub(r"\s*\(.*\)$", "", name)
            found = (
                short in said if language == "zh" else re.search(rf"(?<!\w){re.escape(short)}(?!\w)", said)
            )
            assert not found, f"{name} stands in the rehearsal"


def test_the_rehearsal_seats_its_groups_blocs_lists_and_every_kind():
    sizes = Counter(group for member in REHEARSAL.members for group in member.groups)
    assert [sizes[group] for group in ("north_shore", "inner_sea", "highlands", "delta", "isles")] == [
        9,
        8,
        9,
        8,
        8,
    ]
    assert sizes["least_developed"] == 7
    assert any({"meridian", "lantern"} <= set(member.groups) for member in REHEARSAL.members), "blocs overlap"
    assert min(Counter(seat.kind for seat in REHEARSAL.observers).values()) == 2
    assert len({seat.kind for seat in REHEARSAL.observers}) == 5
    assert scenario.convene(REHEARSAL).nature is Nature.REHEARSAL
    assert [clause.wording for clause in REHEARSAL.clauses] == [
        clause.wording for clause in INITIATIVE.clauses
    ]


def test_words_that_a_reservation_is_about_stand_in_the_revision_on_the_table():
    wording = {clause.id: dict(clause.wording) for clause in REHEARSAL.clauses}
    for chapter in REHEARSAL.script.rounds:
        for revision in chapter.revisions:
            assert set(revision.wording) == set(REHEARSAL.languages)
            wording[revision.clause].update(revision.wording)
        for position in chapter.positions:
            if position.scope:
                assert position.scope in wording[position.clause][position.lang], position.scope


def test_the_same_seed_gives_the_same_steps():
    first = list(scenario.script(REHEARSAL))
    assert first == list(scenario.script(scenario.load("rehearsal")))
    other = REHEARSAL.model_copy(update={"script": REHEARSAL.script.model_copy(update={"seed": 8})})
    assert first != list(scenario.script(other))


def test_steps_come_in_order_and_at_the_pace_that_the_file_gives():
    steps = list(scenario.script(REHEARSAL))
    times = [step.at_s for step in steps]
    assert times == sorted(times)
    opened = next(n for n, step in enumerate(steps) if isinstance(step.command, c.OpenRound))
    minute = [step for step in steps[opened + 1 :] if step.at_s <= steps[opened].at_s + 60]
    assert len(minute) == pytest.approx(120, abs=3), "a visitor of the first minute sees positions arrive"


def test_a_seat_where_a_person_sits_is_left_alone_and_nobody_else_changes():
    spared = list(scenario.script(REHEARSAL, spare={"XLI"}))
    assert spared == [step for step in scenario.script(REHEARSAL) if step.seat != "XLI"]


def test_the_script_plays_to_its_end_under_the_rules_of_procedure():
    state = convened(scenario.convene(REHEARSAL))
    play(state)
    assert [chapter.kind for chapter in state.rounds] == list(RoundKind)
    assert all(chapter.closed for chapter in state.rounds)
    assert {clause.id for clause in state.text if clause.stage is ClauseStage.ADOPTED} == {"op7", "op9"}
    assert state.positions["op2"]["XVE"].stance is Stance.OBJECT
    assert [state.clauses[clause].revision.number for clause in ("op4", "op6")] == [2, 2]
    sources = {state.effective(clause, seat).source for clause in ("op4", "op11") for seat in state.members}
    assert sources >= {Source.OWN, Source.ALIGNED, Source.BLOC}
    assert any(state.effective("op4", seat).to_confirm for seat in state.members)
    stances = {position.stance for held in state.positions.values() for position in held.values()}
    assert stances == set(Stance)


def test_opinions_move_towards_acceptance_and_objections_are_only_those_that_are_named():
    state = convened(scenario.convene(REHEARSAL))
    history = []
    play(state, lambda: history.append({clause: dict(held) for clause, held in state.positions.items()}))
    heard = [sum(map(len, held.values())) for held in history]
    assert heard == sorted(heard)
    assert heard[0] < heard[2]
    moved = sum(
        history[0][clause][seat].stance is not position.stance
        for clause, held in history[2].items()
        for seat, position in held.items()
        if seat in history[0][clause]
    )
    assert moved > 40
    objections = [
        {
            (seat, clause)
            for clause, held in then.items()
            for seat, p in held.items()
            if p.stance is Stance.OBJECT
        }
        for then in history
    ]
    assert objections == [
        {("XNO", "op4"), ("XVE", "op2"), ("XSA", "op2"), ("XEL", "op5"), ("XUM", "op5")},
        {("XKE", "op4"), ("XVE", "op2"), ("XEL", "op5")},
        {("XVE", "op2")},
    ]


def test_a_scenario_without_a_script_has_nothing_to_play():
    with pytest.raises(Invalid, match="no script"):
        scenario.script(INITIATIVE)


# --- a text that is pasted ---


def kinds(title, text, language="en"):
    clauses = scenario.from_pasted_text(title, text, language).clauses
    assert clauses[0].kind is ClauseKind.TITLE
    return [clause.number or clause.kind.value for clause in clauses[1:]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_initiative_pasted_as_plain_text_falls_into_its_clauses(language):
    text = "\n\n".join(clause.wording[language] for clause in INITIATIVE.clauses)
    pasted = scenario.from_pasted_text(INITIATIVE.title[language], text, language)
    assert [(clause.id, clause.kind, clause.number) for clause in pasted.clauses] == [
        (clause.id, clause.kind, clause.number) for clause in INITIATIVE.clauses
    ]
    assert [clause.wording[language] for clause in pasted.clauses] == [
        clause.wording[language] for clause in INITIATIVE.clauses
    ]
    assert len(convened(scenario.convene(pasted)).negotiable) == 14


def test_a_resolution_is_told_apart_by_its_participles_and_its_numbers():
    text = """The General Assembly,

Recalling its resolution on lamps
of last year,

Deeply concerned about fog,

1. Requests lamps:

(a) in the harbour;

(b) on the hill;

2. Decides to remain seized of the matter."""
    assert kinds("Lamps", text) == ["chapeau", "PP1", "PP2", "OP1", "OP1(a)", "OP1(b)", "OP2"]
    clauses = scenario.from_pasted_text("Lamps", text, "en").clauses
    assert clauses[2].wording["en"] == "Recalling its resolution on lamps of last year,"
    assert clauses[5].parent == "op1"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "إذ تشير إلى قرارها السابق،\n١ تطلب إضاءة المرفأ"),
        ("es", "Recordando su resolución,\nProfundamente preocupada por la niebla,\n1. Pide faros."),
        ("fr", "Rappelant sa résolution,\nVivement préoccupée par le brouillard,\n1. Demande des phares."),
        ("ru", "ссылаясь на свою резолюцию,\nвновь подтверждая цели,\n1. просит зажечь маяки."),
        ("zh", "回顾其决议，\n深为关切浓雾，\n1. 请求点亮灯塔。"),
    ],
)
def test_preambles_are_known_in_the_six_languages(language, text):
    preamble = text.count("\n")
    assert kinds("T", text, language) == [*(f"PP{n}" for n in range(1, preamble + 1)), "OP1"]


def test_an_opening_that_only_looks_like_a_participle_is_operative():
    assert kinds("T", "1. Lamps burn.\nNoting this, they go out.\nDuring fog they burn.") == [
        "OP1",
        "OP2",
        "OP3",
    ]


def test_printed_numbers_are_dropped_and_given_anew():
    pasted = scenario.from_pasted_text("T", "OP7 bis. Lamps burn.\n4.2 Lamps rest.\n三、灯塔。", "en")
    assert [(clause.number, clause.wording["en"]) for clause in pasted.clauses[1:]] == [
        ("OP1", "Lamps burn."),
        ("OP2", "Lamps rest."),
        ("OP3", "灯塔。"),
    ]


@pytest.mark.parametrize(
    ("title", "text", "language", "says"),
    [
        ("T", " \n ", "en", "Paste the text"),
        ("", "Lamps burn.", "en", "Give the text a title"),
        ("T", "Lamps burn.\n2.\nLamps rest.", "en", "Paragraph 2: is empty"),
        ("T", "Lamps\u202e burn.", "en", r"Paragraph 1: character 6 \(U\+202E\)"),
        ("T", "Lamps.\nLa\x07mps.", "en", "Paragraph 2: character 3"),
        ("T", "y" * 30_000, "en", "Paragraph 1: is longer than 20,000"),
        ("T", "x\n" * 600, "en", "at most 499 paragraphs"),
        ("T", "Lamps burn.", "English!", "not a language tag"),
    ],
)
def test_a_text_that_cannot_stand_is_refused_with_its_place(title, text, language, says):
    with pytest.raises(Invalid, match=says):
        scenario.from_pasted_text(title, text, language)


# --- faults in files ---

SMALL = """\
languages: [en]
original: en
clauses:
  - id: title
    kind: title
    wording: {en: Lamps}
  - id: op1
    kind: operative
    number: OP1
    wording: {en: Lamps burn.}
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SMALL.replace("kind: operative", "kind: operational"), "line 8, clauses.1.kind: input should be"),
        (SMALL + "    colour: red\n", "line 11, clauses.1.colour: is not a field that can stand here"),
        (SMALL.replace("original: en", "original: fr"), "line 2, original: fr is not among the text's languages"),
        (SMALL.replace("original: en\n", ""), "line 1, original: is missing"),
        (SMALL.replace("id: op1", "id: title"), "line 7, clauses.1.id: there is already a clause 'title'"),
        (SMALL.replace("kind: operative", "kind: title"), "line 7, clauses.1: a text has one title; this one has 2"),
        (SMALL.replace("{en: Lamps burn.}", "{fr: Feu.}"), "line 10, clauses.1.wording: give one wording in each of: en"),
        (SMALL.replace("Lamps burn.", '"Lamps\\u202E burn."'), "line 10, clauses.1.wording.en: character 6"),
        (SMALL + "original: en\n", "line 11, original: stands twice"),
        (SMALL + "rules: {question_window_s: 0}\n", "line 11, rules.question_window_s: input should be greater"),
        (SMALL + "observers: [{code: O, kind: company, name: &n {en: O}}, {code: P, kind: company, name: *n}]\n",
         "repeats this part by an alias"),
        (SMALL + "roster: nowhere\n", "line 11, roster: there is no file nowhere.yaml"),
        (SMALL + "roster: ../secrets\n", "line 11, roster: must be the name of a file in this folder"),
        (SMALL + "extends: small\n", "extends: files extend one another in a circle"),
        (SMALL + "rehearsal: true\nroster: un-members\n", "line 12, roster: AFG may be a country's code"),
        (SMALL + "script: {seed: 1, model: {spread: 1, leaning: {}}, rounds: []}\n",
         "line 11, script: positions are played in a rehearsal only"),
        ("clauses: [", ": is not YAML"),
        ("clauses: \x07", ": is not YAML"),
        ("clauses: " + 2_000 * "[" + 2_000 * "]", "is nested too deeply"),
        (SMALL + "source: 2026-13-45\n", "holds a value that cannot be"),
        ("", "holds no fields"),
    ],
)  # fmt: skip
def test_a_fault_in_a_scenario_file_is_told_with_file_line_and_field(tmp_path, text, says):
    file = tmp_path / "small.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(Invalid) as caught:
        scenario.load(file)
    assert str(caught.value).startswith("small.yaml, line ")
    assert says in str(caught.value)


def test_a_seat_that_the_script_names_must_exist(tmp_path):
    file = tmp_path / "late.yaml"
    shipped = scenario.reading.config.resource("scenarios", "rehearsal.yaml").read_text("utf-8")
    line = shipped.split("\n").index("        - seat: XNO") + 1
    file.write_text(shipped.replace("seat: XNO", "seat: XZZ", 1), "utf-8")
    with pytest.raises(
        Invalid, match=rf"late.yaml, line {line}, script.rounds.0.positions.0.seat: there is no seat"
    ):
        scenario.load(file)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("XAA,Aa,north,2", "line 2, bloc: must be 0 or 1"),
        ("XAA,Aa,south,0", "line 2, group: 'south' is not one of: north"),
        ("XAA,,north,0", "line 2, en: is empty"),
        ("XAA,Aa,north,0,more", "line 2, end of the row: there are more cells"),
        ("XAA,Aa,north,0\nXAA,Ab,north,0", "line 3, code: 'XAA' stands twice"),
        ("X A,Aa,north,0", "line 2, code: string should match"),
    ],
)
def test_a_fault_in_a_roster_is_told_with_row_and_column(tmp_path, row, says):
    (tmp_path / "small.yaml").write_text(SMALL + "roster: states\n", "utf-8")
    (tmp_path / "states.yaml").write_text(
        "name: {en: S}\nas_of: 2026-11-23\nsource: invented\nmembers: states.csv\n"
        "groups: [{id: north, kind: regional, name: {en: N}}, {id: bloc, kind: bloc, name: {en: B}}]\n",
        "utf-8",
    )
    (tmp_path / "states.csv").write_text(f"code,en,group,bloc\n{row}\n", "utf-8")
    with pytest.raises(Invalid) as caught:
        scenario.load(tmp_path / "small.yaml")
    assert str(caught.value).startswith("states.csv, ")
    assert says in str(caught.value)


def test_a_file_that_is_not_utf_8_is_said_to_be_so(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("languages: [é]".encode("latin-1"))
    with pytest.raises(Invalid, match=r"latin\.yaml, line 1: is not UTF-8"):
        scenario.load(tmp_path / "latin.yaml")


def test_an_unknown_scenario_tells_which_there_are():
    with pytest.raises(NotFound, match="initiative, rehearsal"):
        scenario.load("../etc/passwd")


# --- a deliberation in memory, with a clock of its own ---


def record(state, command, actor, at):
    sealed, _ = c.seal(command)
    for event in decide(state, sealed, actor, at):
        fold(state, Recorded(state.version + 1, at, actor, "command", event, "0" * 64))


def convened(command):
    state = State()
    record(state, command, "chair", START)
    return state


def play(state, after_round=lambda: None):
    """Play the rehearsal; a refused step fails the test."""
    links = tuple(
        c.InvitationDraft(invitation=f"link-{seat}", expires_at=moments.later(START, 86_400), seat=seat)
        for seat in state.seats
    )
    record(state, c.IssueInvitations(invitations=links), "chair", START)
    for link in links:
        record(state, c.AcceptInvitation(invitation=link.invitation), f"delegate-{link.seat}", START)
    for step in scenario.script(REHEARSAL):
        at = moments.later(START, step.at_s)
        for passed in due(state, at):
            record(state, passed.command, "clock", at)
        command = scenario.ready(step, state)
        actor = "chair" if step.seat is None else f"delegate-{step.seat}"
        try:
            record(state, command, actor, at)
        except DeliberateError as why:
            pytest.fail(f"{step.at_s} s, {actor}: {command.type} was refused: {why}")
        if isinstance(command, c.CloseRound):
            after_round()
