"""Recorded votes from a table: counted as votes, everybody seated, every fault named by its row and column."""

import io
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

from deliberate.cli.convening import un_register
from deliberate.consensus.agreement import clause_status, count
from deliberate.consensus.report import follow
from deliberate.database import Database
from deliberate.errors import Invalid
from deliberate.exchange.produce import draw, recorded, words_of
from deliberate.exchange.recording import Register, record, title_of
from deliberate.exchange.votes import read_votes, votes_commands
from deliberate.secretariat import Docket, Secretariat
from deliberate.vocabulary import ClauseKind, Nature, StatusCode, Vote

RESOLUTION = Path(__file__).parents[2].parent / "shared/data/un-votes/clauses-A-RES-72-50.csv"
HEADER = "country,country_code,pp1,op1,whole\n"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Secretariat]:
    database = Database(f"sqlite:///{tmp_path / 'deliberate.db'}")
    database.upgrade()
    office = Secretariat(database)
    yield office
    office.close()
    database.close()


@pytest.fixture(scope="module")
def register() -> Register:
    return un_register()


def written(folder: Path, text: str | bytes, name: str = "votes.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def imported(office: Secretariat, register: Register, path: Path, **options) -> Docket:
    opening, commands = votes_commands(read_votes(path), register, **{"title": title_of(path), **options})
    return record(office, opening, commands)[0]


@pytest.fixture
def resolution(office: Secretariat, register: Register) -> Docket:
    if not RESOLUTION.is_file():
        pytest.skip("the clause-by-clause roll calls of A/RES/72/50 are not on this machine")
    return imported(office, register, RESOLUTION)


def test_the_votes_on_a_resolution_are_counted_clause_by_clause(resolution):
    tallies = {clause.id: clause.votes.tally() for clause in resolution.state.text}
    assert tallies["whole"] == (156, 4, 24)
    assert tallies["op2"] == (142, 7, 27)
    assert all(clause.votes.carried for clause in resolution.state.text)
    assert list(tallies) == ["pp19", "pp20", "op2", "op5", "op8", "op20", "op21", "op28", "whole"]


def test_every_member_state_is_seated_also_those_who_are_not_in_the_file(resolution):
    state = resolution.state
    assert len(state.members) == 193
    assert state.clauses["whole"].votes.vote_of("SYC") is None
    assert state.seats["SYC"].groups


def test_namibia_is_a_country_and_not_a_missing_value(resolution):
    assert resolution.state.clauses["op2"].votes.vote_of("NAM") is Vote.ABSTAIN


def test_a_former_code_is_read_as_the_states_and_the_record_says_so(office, resolution):
    state = resolution.state
    assert state.clauses["whole"].votes.vote_of("SRB") is Vote.YES
    said = words_of(office.log, resolution.deliberation, state.convened.source.values())
    assert list(said.values()) == ["A/RES/72/50\n“Yugoslavia” (YU) = SRB"]


def test_votes_are_never_positions(resolution):
    state = resolution.state
    assert state.nature is Nature.RECORD
    assert not any(state.positions.values())
    for clause in state.text:
        assert clause_status(state, clause.id, count(state, clause.id)) is StatusCode.RECORDED_VOTE


def test_every_clause_says_that_its_wording_is_not_in_the_file(office, resolution):
    wordings = [clause.revision.wording["en"] for clause in resolution.state.text]
    words = words_of(office.log, resolution.deliberation, wordings)
    assert words[wordings[2]] == "Operative paragraph 2 (wording not included in the imported file)"
    assert words[wordings[-1]] == "Text as a whole (wording not included in the imported file)"
    assert resolution.state.clauses["whole"].kind is ClauseKind.WHOLE


def test_the_graph_of_the_votes_reads_back_in_networkx_with_every_attribute(office, resolution):
    following = follow(recorded(office.log, resolution.deliberation))
    data = draw(following, office.log, resolution.deliberation, "graphml")
    graph = nx.read_graphml(io.BytesIO(data))
    assert len(graph) == 193
    assert graph.graph["basis"] == "projection of recorded votes"
    assert graph.graph["mark"] == "Recorded votes of A/RES/72/50, not positions taken here"
    assert graph.nodes["NAM"]["name"] == "Namibia"
    assert graph.nodes["NAM"]["vote_op2"] == "abstain"
    names = set.union(*(set(attributes) for _, attributes in graph.nodes(data=True)))
    assert all(set(attributes) == names for _, attributes in graph.nodes(data=True))
    assert {"vote_whole", "regional_group", "x", "y", "mark"} <= names
    assert all(
        {"weight", "congruence", "conflict", "common"} <= set(tie) for *_, tie in graph.edges(data=True)
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "row 1: the file is empty"),
        (HEADER, "row 2: there is no row below the header"),
        (HEADER + "Kenya,KE,yes,maybe,no\n", "row 2, column op1: 'maybe' is no vote: write yes, no, abstain"),
        (HEADER + "Kenya,KE,yes,support,no\n", "row 2, column op1: 'support' is no vote"),
        (HEADER + "Kenya,KE,yes,no,no\nPeru,PE,yes,no\n", "row 3, column whole: this row has 4 cells, the first row has 5"),
        (HEADER + "Kenya,KE,yes,no,no,no\n", "row 2: this row has 6 cells"),
        (HEADER + "Kenya,KE,yes,no,no\nAtlantis,ZZ,no,no,no\n", "row 3, column country_code: 'ZZ' (Atlantis) is no Member"),
        (HEADER + "Kenya,KE,yes,no,no\nKenya,KE,no,no,no\n", "row 3, column country_code: KE stands in row 2 already"),
        (HEADER + "Kenya,KE,yes,no,no\nKenya,KEN,no,no,no\n", "row 3, column country_code: KEN is the State of row 2"),
        (HEADER + "Kenya,,yes,no,no\n", "row 2, column country_code: is empty"),
        (HEADER + ",KE,yes,no,no\n", "row 2, column country: is empty"),
        (HEADER + "Kenya,K E,yes,no,no\n", "row 2, column country_code: 'K E' is no code"),
        ("country,country_code,op1,op1\nKenya,KE,yes,no\n", "row 1, column op1: this column stands twice"),
        ("country,country_code,op1,OP1\nKenya,KE,yes,no\n", "row 1, column OP1: the clause op1 has a column already"),
        ("country,country_code,op1,\nKenya,KE,yes,no\n", "row 1: column 4 has no name"),
        ("country,country_code,article1\nKenya,KE,yes\n", "row 1, column article1: 'article1' is no clause"),
        ("state,country_code,op1\nKenya,KE,yes\n", "row 1, column country: a column country or stakeholder or name"),
        ("country,op1\nKenya,yes\n", "row 1, column country_code: a column country_code or code or seat is missing"),
        ("country,country_code\nKenya,KE\n", "row 1: there is no column for a clause"),
        (HEADER + '"Kenya,KE,yes,no,no\n', "row 2: this row is not CSV"),
        (HEADER.encode() + "Perú,PE,yes,no,no\n".encode("latin-1"), "row 2: the file is not UTF-8"),
        (HEADER.encode("utf-16"), "row 1: the file is not UTF-8"),
        (HEADER + "Ken\u202eya,XX,yes,no,no\n", "row 2, column country: character 4 (U+202E)"),
        (HEADER + "Kenya\x07,XX,yes,no,no\n", "row 2, column country: character 6 (U+0007)"),
        (HEADER + f"{'K' * 20_001},XX,yes,no,no\n", "row 2, column country:"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_by_its_row_and_column_and_leaves_no_trace(
    tmp_path, office, register, text, says
):
    with pytest.raises(Invalid) as refusal:
        imported(office, register, written(tmp_path, text))
    assert says in refusal.value.message
    assert refusal.value.message.startswith("votes.csv, row ")
    assert office.log.index() == []


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path):
    text = HEADER + '"Kenya\n(two lines)",KE,yes,no,no\n\nPeru,PE,yes,aye,no\n'
    with pytest.raises(Invalid, match="row 4, column op1: 'aye'"):
        read_votes(written(tmp_path, text))


def test_a_title_that_cannot_stand_is_refused_and_leaves_no_trace(tmp_path, office, register):
    with pytest.raises(Invalid, match="title"):
        imported(office, register, written(tmp_path, HEADER + "Kenya,KE,yes,no,no\n"), title="x" * 20_001)
    assert office.log.index() == []


def test_absent_and_empty_are_no_vote_and_case_and_spaces_do_not_matter(tmp_path, office, register):
    text = "\ufeff" + HEADER + "Kenya,ke, YES ,absent,\nPeru,PER,Abstain,no,\n"
    votes = {
        clause.id: clause.votes for clause in imported(office, register, written(tmp_path, text)).state.text
    }
    assert votes["pp1"].yes == ("KEN",)
    assert votes["pp1"].abstain == ("PER",)
    assert votes["op1"].tally() == (0, 1, 0)
    assert not votes["op1"].carried
    assert votes["whole"].tally() == (0, 0, 0)


def test_a_semicolon_or_a_tab_separates_as_well(tmp_path):
    text = HEADER + "Kenya,KE,yes,no,no\n"
    for separator in ";\t":
        sheet = read_votes(written(tmp_path, text.replace(",", separator)))
        assert sheet.lines[0].cells == {"pp1": Vote.YES, "op1": Vote.NO, "whole": Vote.NO}


def test_stakeholders_who_are_no_states_are_seated_as_the_file_has_them(tmp_path, office, register):
    text = "stakeholder,code,kind,op2a\nGuild of Lamps,LAMP,company,yes\nCollege,COLL,research_institute,no\n"
    state = imported(office, register, written(tmp_path, text)).state
    assert state.members == ("LAMP", "COLL")
    assert state.seats["LAMP"].kind == "company"
    assert state.clauses["op2a"].number == "OP2(a)"


def test_the_seats_of_the_file_can_be_asked_for(tmp_path, office, register):
    path = written(tmp_path, HEADER + "Kenya,KE,yes,no,no\nAtlantis,ZZ,no,no,no\n")
    assert imported(office, register, path, seating="file").state.members == ("KE", "ZZ")


def test_an_observer_has_no_vote(tmp_path):
    path = written(tmp_path, "country,country_code,standing,op1\nOak,OAK,observer,yes\n")
    with pytest.raises(Invalid, match="row 2, column standing: OAK is an observer and has no vote"):
        read_votes(path)


def test_a_title_is_read_from_the_name_of_the_file():
    assert title_of(Path("clauses-A-RES-72-50.csv")) == "A/RES/72/50"
    assert title_of(Path("roll call of spring.csv")) == "roll call of spring"
