"""The push rule: pushes come late, twice, in another order or not at all, and every browser ends equal to a fresh load.

Random commands make real boards; a network without manners carries the pushes; `Follower` takes what comes. What
happened to each is then replayed in the browser's own code, which must have done the same at every step.
"""

import random
from typing import Any

from deeds import DEED, MEMBERS, Deed, Hall, do
from follower import Caster, Follower, Push
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from node import run

from deliberate.board import rooms

CROWD = (*MEMBERS, *(f"M{n:02}" for n in range(18)))
"""With the observer more seats than are sent one by one: a clause that is revised sends one string."""
PEOPLE = (None, "ash", "chair", "analyst")
SCOPES = ("op1", "*", "", "op2")
STEPS = ("do", "do", "do", "tick", "deliver", "deliver", "again", "lose", "beacon", "come", "turn", "aside")
Step = tuple[int, Deed, int, int]
RUN = st.lists(
    st.tuples(st.integers(0, len(STEPS) - 1), DEED, st.integers(0, 7), st.integers(0, 30)),
    min_size=20,
    max_size=80,
)


def layer(room: str) -> str:
    return room.partition("#")[0]


class Browser:
    """A follower, the messages on their way to it, and a trace of all that it took."""

    def __init__(self, caster: Caster, actor: str | None, scope: str) -> None:
        self.caster, self.actor = caster, actor
        rooms_ = rooms(caster.hall.state, actor, scope)
        self.follower = Follower(caster.epoch, dict.fromkeys(rooms_, 0))
        for room in rooms_:
            self.follower.apply(caster.since(room, 0))
        self.mail: list[Push] = []
        start = {"epoch": caster.epoch, "rooms": dict(self.follower.have), "keys": dict(self.follower.keys)}
        self.trace: dict[str, Any] = {**start, "steps": []}
        self.said: list[Any] = []

    def connect(self) -> None:
        """Join the rooms first; what came since the page was loaded is on its way second."""
        self.caster.open(self.follower.have)
        self.mail.extend(self.caster.since(room, have) for room, have in self.follower.have.items())

    def take(self, push: Push) -> None:
        self._note({"push": push}, outcome := self.follower.apply(push))
        if outcome == "gap":
            self.mail.append(self.caster.since(push["room"], self.follower.have[push["room"]]))

    def beacon(self) -> list[Push]:
        """Hear the heads; return the answers to what is asked."""
        heads = self.caster.heads()
        self._note({"heads": heads}, behind := self.follower.behind(heads))
        return [self.caster.since(room, self.follower.have[room]) for room in behind]

    def turn(self, scope: str) -> None:
        """Open another clause, with what the server answers at once."""
        next_ = rooms(self.caster.hall.state, self.actor, scope)
        have = self.follower.have
        if {layer(room) for room in next_} != {layer(room) for room in have}:
            return  # rights changed: the server has said so, and the page is being loaded afresh
        self.caster.open(next_)
        pushes = [self.caster.since(room, have.get(room, 0)) for room in next_]
        self.follower.follow(next_)
        self._note({"follow": next_}, None)
        for push in pushes:
            self.take(push)

    def aside(self, counter: int) -> None:
        value = {"version": counter}
        outcome = self.follower.aside("report", counter, value)
        self._note({"aside": {"key": "report", "counter": counter, "value": value}}, outcome)

    def _note(self, step: dict[str, Any], said: Any) -> None:
        self.trace["steps"].append(step)
        self.said.append(said)


def carried(audience: str, steps: list[Step]) -> list[Browser]:
    """Run the steps, and at the end one beacon that arrives, with what is asked for after it."""
    hall = Hall(audience, CROWD)
    caster = Caster(hall)
    browsers = [Browser(caster, actor, scope) for actor, scope in zip(PEOPLE, SCOPES, strict=True)]
    for browser in browsers:
        browser.connect()
    for what, deed, who, which in steps:
        browser = browsers[who % len(browsers)]
        mail = browser.mail
        match STEPS[what]:
            case "do":
                do(hall, deed)
            case "tick":
                send(caster, browsers)
            case "deliver" if mail:
                browser.take(mail.pop(which % len(mail)))
            case "again" if mail:
                browser.take(mail[which % len(mail)])
            case "lose" if mail:
                mail.pop(which % len(mail))
            case "beacon":
                mail.extend(browser.beacon())
            case "come" if len(browsers) < 8:
                late = Browser(caster, PEOPLE[which % 4], SCOPES[which % 3])
                do(hall, deed)
                send(caster, browsers)
                late.connect()
                browsers.append(late)
            case "turn":
                browser.turn(SCOPES[which % 4])
            case "aside":
                browser.aside(which)
    caster.tick()
    for browser in browsers:
        for push in browser.beacon():
            browser.take(push)
    return browsers


def send(caster: Caster, browsers: list[Browser]) -> None:
    """One tick: every push goes to all who follow its room."""
    for push in caster.tick():
        for each in browsers:
            if push["room"] in each.follower.have:
                each.mail.append(push)


def held(browser: Browser) -> dict[str, Any]:
    """What the browser holds of the log."""
    return {key: value for key, value in browser.follower.keys.items() if key != "report"}


def whole(browser: Browser) -> dict[str, Any]:
    """What a fresh load of the browser's rooms holds."""
    loaded = Follower(browser.caster.epoch, dict.fromkeys(browser.follower.have, 0))
    pushes = [browser.caster.since(room, 0) for room in browser.follower.have]
    for push in sorted(pushes, key=lambda push: "seats" not in push["keys"]):
        loaded.apply(push)
    return loaded.keys


@settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["public", "members"]), RUN)
def test_whatever_the_network_does_every_browser_ends_equal_to_a_fresh_load(
    audience: str, steps: list[Step]
) -> None:
    for browser in carried(audience, steps):
        assert held(browser) == whole(browser)


def test_the_browser_s_own_code_does_the_same_at_every_step() -> None:
    browsers = [browser for seed in range(200) for browser in carried(*at_random(seed))]
    assert all(held(browser) == whole(browser) for browser in browsers)
    answers = run("board.ts", [browser.trace for browser in browsers])
    taken = 0
    for browser, answer in zip(browsers, answers, strict=True):
        assert answer["said"] == browser.said
        assert answer["keys"] == browser.follower.keys
        assert answer["rooms"] == browser.follower.have
        assert answer["unsaid"] == [], "whoever subscribed was told of every change"
        taken += browser.said.count("applied")
    assert taken > 1_000


def at_random(seed: int) -> tuple[str, list[Step]]:
    """A long run from a seed."""
    dice = random.Random(seed)

    def deed() -> Deed:
        return dice.randrange(40), dice.randrange(2), dice.randrange(7), dice.randrange(14)

    steps = [(dice.randrange(len(STEPS)), deed(), dice.randrange(8), dice.randrange(31)) for _ in range(120)]
    return dice.choice(["public", "members"]), steps


def push(after: int, version: int, keys: dict[str, Any] | None = None, **more: Any) -> Push:
    return {"epoch": "e1", "room": "public#", "after": after, "version": version, "keys": keys or {}, **more}


def both(follower: Follower, *steps: dict[str, Any]) -> list[Any]:
    """What follower and browser say to the same steps; they must agree."""
    start = {"epoch": follower.epoch, "rooms": dict(follower.have), "keys": dict(follower.keys)}
    said = []
    for step in steps:
        match step:
            case {"push": taken}:
                said.append(follower.apply(taken))
            case {"load": loaded}:
                said.append(follower.load(loaded["rooms"], loaded["keys"]))
    [answer] = run("board.ts", [{**start, "steps": list(steps)}])
    assert (answer["said"], answer["keys"]) == (said, follower.keys)
    return said


def test_a_push_is_taken_only_between_what_it_follows_and_what_it_brings() -> None:
    follower = Follower("e1", {"public#": 5})
    said = both(
        follower,
        {"push": push(6, 7, {"round": 1})},
        {"push": push(4, 5, {"round": 2})},
        {"push": push(3, 6, {"round": 3})},
        {"push": push(3, 6, {"round": 4})},
        {"push": push(0, 9, {"round": 5}, epoch="e2")},
        {"push": push(0, 9, {"round": 6}, room="members#")},
    )
    assert said == ["gap", "ignored", "applied", "ignored", "reset", "ignored"]
    assert follower.keys == {"round": 3}


def test_a_key_that_ends_is_gone() -> None:
    follower = Follower("e1", {"public#": 1}, {"question": {"number": 1}})
    both(follower, {"push": push(1, 2, {"question": None})})
    assert follower.keys == {}


def test_cells_of_seats_not_heard_of_yet_wait_for_the_seats_and_never_undo_a_later_one() -> None:
    follower = Follower("e1", {"public#": 1, "members#op1": 1}, {"seats": ["ASH"]})
    both(
        follower,
        {"push": push(1, 4, {"cells/op1": "SoAoOo"}, room="members#op1")},
        {"push": push(4, 5, {"cell/op1/FIR": "Do"}, room="members#op1")},
        {"push": push(1, 3, {"seats": ["ASH", "ELM", "FIR"]})},
    )
    assert {key: cell for key, cell in follower.keys.items() if key != "seats"} == {
        "cell/op1/ASH": "So",
        "cell/op1/ELM": "Ao",
        "cell/op1/FIR": "Do",
    }


def test_a_full_load_replaces_everything() -> None:
    follower = Follower("e1", {"public#op1": 4}, {"round": 1, "seats": ["ASH"]})
    loaded = {
        "rooms": {"public#op1": 9, "members#op1": 7},
        "keys": {"cells/op1": "SoDo", "seats": ["ASH", "ELM"]},
    }
    both(
        follower,
        {"load": loaded},
        {"push": push(7, 8, {"cells/op1": "Soao"}, room="members#op1")},
    )
    assert follower.keys == {"seats": ["ASH", "ELM"], "cell/op1/ASH": "So", "cell/op1/ELM": "ao"}
