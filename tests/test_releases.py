"""Every release leaves a log here that must verify and fold to the same state, for ever.

To add one: `deliberate play rehearsal --json`, export it as jsonl into `tests/logs/RELEASE.jsonl.gz`, and write the digest
of its state into `tests/logs/digests.json`. Nothing here is ever changed or removed.
"""

import gzip
import json
from pathlib import Path

import pytest

from deliberate.events import Recorded
from deliberate.log import verify
from deliberate.log.file import Line, Reading
from deliberate.state import fold_all, state_digest

LOGS = Path(__file__).parent / "logs"
DIGESTS: dict[str, str] = json.loads((LOGS / "digests.json").read_bytes())


def lines(release: str) -> list[bytes]:
    return gzip.decompress((LOGS / f"{release}.jsonl.gz").read_bytes()).splitlines(keepends=True)


def recorded(release: str) -> list[Recorded]:
    return [line.recorded for line in Reading(lines(release)) if isinstance(line, Line)]


def test_every_log_has_its_digest_and_every_digest_its_log() -> None:
    assert {path.name.removesuffix(".jsonl.gz") for path in LOGS.glob("*.jsonl.gz")} == set(DIGESTS)


@pytest.mark.parametrize("release", DIGESTS)
def test_the_log_of_a_release_verifies(release: str) -> None:
    found = verify(lines(release))
    assert found.events > 1_000
    assert found.withheld == 0


@pytest.mark.parametrize("release", DIGESTS)
def test_the_log_of_a_release_tells_the_same_state_as_then(release: str) -> None:
    assert state_digest(fold_all(recorded(release))) == DIGESTS[release]


@pytest.mark.parametrize("release", DIGESTS)
def test_one_event_less_is_another_state(release: str) -> None:
    assert state_digest(fold_all(recorded(release)[:-1])) != DIGESTS[release]
