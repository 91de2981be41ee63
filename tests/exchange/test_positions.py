"""Stances of another record from a table: the seven stances and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from meeting import Meeting, text

from deliberate.cli.convening import un_register
from deliberate.database import Database
from deliberate.errors import Invalid
from deliberate.exchange.positions import positions_commands, read_positions
from deliberate.exchange.recording import record
from deliberate.exchange.tables import positions_csv
from deliberate.secretariat import Docket, Secretariat
from deliberate.state import State
from deliberate.vocabulary import Nature, Stance, Standing

HEADER = "country,country_code,pp1,op1\n"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Secretariat]:
    database = Database(f"sqlite:///{tmp_path / 'deliberate.db'}")
    database.upgrade()
    office = Secretariat(database)
    yield office
    office.close()
    database.close()


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "positions.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def imported(office: Secretariat, path: Path, **options) -> Docket:
    opening, commands = positions_commands(
        read_positions(path), un_register(), **{"title": "A fair text", **options}
    )
    return record(office, opening, commands)[0]


def held(state: State, clause: str) -> dict[str, Stance]:
    return {seat: position.stance for seat, position in state.positions[clause].items()}


def test_stances_are_recorded_and_a_blank_is_no_position(tmp_path, office):
    path = written(tmp_path, HEADER + "Kenya,KE,support,object\nPeru,PE,,Pending\n")
    state = imported(office, path).state
    assert state.nature is Nature.RECORD
    assert len(state.members) == 193
    assert held(state, "pp1") == {"KEN": Stance.SUPPORT}
    assert held(state, "op1") == {"KEN": Stance.OBJECT, "PER": Stance.PENDING}
    assert all(position.imported for position in state.positions["op1"].values())


@pytest.mark.parametrize("word", ["yes", "no", "in favour", "5", "supports"])
def test_only_stances_are_accepted(tmp_path, word):
    with pytest.raises(Invalid) as refusal:
        read_positions(written(tmp_path, HEADER + f"Kenya,KE,support,{word}\n"))
    assert f"positions.csv, row 2, column op1: '{word}' is no stance: write support, accept" in str(
        refusal.value.message
    )
    assert refusal.value.code == "unknown_stance"
    assert refusal.value.detail == {"file": "positions.csv", "row": 2, "column": "op1"}


def test_a_file_without_any_position_is_refused(tmp_path):
    with pytest.raises(Invalid, match="no position is recorded"):
        read_positions(written(tmp_path, HEADER + "Kenya,KE,,\n"))


def test_what_was_exported_can_be_imported(tmp_path, office):
    meeting = Meeting("op1 op2").member("ASH", "ELM").observer("OAK").opens_round()
    meeting.holds({"ASH": "SO", "ELM": "A.", "OAK": ".D"})
    names = {text("State of ASH"): "Ash", text("State of ELM"): "Elm", text("Body OAK"): "Oak"}
    state = imported(office, written(tmp_path, positions_csv(meeting.state, names))).state
    assert held(state, "op1") == {"ASH": Stance.SUPPORT, "ELM": Stance.ACCEPT}
    assert held(state, "op2") == {"ASH": Stance.OBJECT, "OAK": Stance.DISSOCIATE}
    assert state.seats["OAK"].standing is Standing.OBSERVER
    assert state.members == ("ASH", "ELM")


def test_a_rehearsals_positions_enter_no_record(tmp_path):
    meeting = Meeting(nature=Nature.REHEARSAL).member("XAB").takes("op1", "XAB", "support")
    with pytest.raises(Invalid, match="row 2, column nature: this row is of a rehearsal"):
        read_positions(written(tmp_path, positions_csv(meeting.state, {})))


LONG = "clause,seat,name,stance\n"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            "op1,KE,Kenya,support\nop1,KE,Kenya,object\n",
            "row 3, column clause: KE has a stance on op1 already",
        ),
        (
            "op1,KE,Kenya,support\nop2,KE,Chile,object\n",
            "row 3, column name: KE is called or described otherwise",
        ),
        ("article 1,KE,Kenya,support\n", "row 2, column clause: 'article 1' is no clause"),
        ("op1,KE,Kenya,yes\n", "row 2, column stance: 'yes' is no stance"),
    ],
)
def test_a_broken_long_table_is_refused_by_its_row_and_column(tmp_path, rows, says):
    with pytest.raises(Invalid) as refusal:
        read_positions(written(tmp_path, LONG + rows))
    assert says in refusal.value.message
