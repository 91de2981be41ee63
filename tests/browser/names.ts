/** The functions that `words.ts` exports. */
import * as words from "../../static/src/lib/words";

export default function names(): string[] {
  const all = words as unknown as Record<string, unknown>;
  return Object.keys(all).filter((name) => typeof all[name] === "function");
}
