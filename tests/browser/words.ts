/** Calls functions of `words.ts` by name; `tests/test_words.py` compares with their twins in Python. */
import { useStrings } from "../../static/src/lib/i18n";
import * as words from "../../static/src/lib/words";

interface Asked {
  strings: Parameters<typeof useStrings>[0] | null;
  calls: [name: string, args: unknown[]][];
}

export default function say({ strings, calls }: Asked): unknown[] {
  if (strings) useStrings(strings);
  const all = words as unknown as Record<string, (...args: unknown[]) => unknown>;
  return calls.map(([name, args]) => all[name]?.(...args) ?? `there is no ${name}`);
}
