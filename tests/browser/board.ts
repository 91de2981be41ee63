/** Replays traces of the network into the browser's copy of the board; `tests/test_push_rule.py` compares. */
import { Board, type Aside, type Push } from "../../static/src/lib/push";

type Keys = Record<string, unknown>;
type Step =
  | { push: Push }
  | { heads: Record<string, number> }
  | { aside: Aside }
  | { follow: string[] }
  | { load: { rooms: Record<string, number>; keys: Keys } };

interface Trace {
  epoch: string;
  rooms: Record<string, number>;
  keys: Keys;
  steps: Step[];
}

export default function replay(traces: Trace[]): unknown[] {
  return traces.map(({ epoch, rooms, keys, steps }) => {
    const board = new Board(epoch, rooms, keys);
    const shown = new Map(Object.entries(keys));
    const said = steps.map((step) => {
      const answer = take(board, step);
      for (const key of board.drain()) shown.set(key, board.get(key));
      return answer;
    });
    const held = Object.fromEntries(board.keys().map((key) => [key, board.get(key)]));
    const unsaid = board.keys().filter((key) => shown.get(key) !== board.get(key));
    return { said, keys: held, rooms: board.rooms(), unsaid };
  });
}

function take(board: Board, step: Step): unknown {
  if ("push" in step) return board.apply(step.push);
  if ("aside" in step) return board.aside(step.aside);
  if ("heads" in step) return board.behind(step.heads);
  if ("follow" in step) return board.follow(step.follow), null;
  return board.load(step.load.rooms, step.load.keys), null;
}
