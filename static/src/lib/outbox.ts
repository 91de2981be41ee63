/**
 * Commands on their way: each has an id minted here, is sent at most once at a time, and again with the same id until
 * an answer comes; so nothing is lost and nothing is done twice. What waits survives a reload of the tab
 * (sessionStorage). Drafts of forms survive the browser's closing (localStorage).
 */
import { Unanswered, type Answer, type Live, type Receipt } from "./live";

export type Fate =
  | { kind: "sending" }
  | { kind: "recorded"; receipt: Receipt }
  | { kind: "refused"; error: string; message: string; detail: Record<string, unknown> };

export interface Entry {
  id: string;
  command: Record<string, unknown>;
  fate: Fate;
}

type Watcher = (entry: Entry) => void;

const AGAIN_MS = { least: 1_000, most: 20_000 };
const WAITING_MAX = 50; // what one delegation leaves unanswered by hand; more is a fault of the page

/** Return a new command id. Works on plain http too, where `crypto.randomUUID` is missing. */
export function mint(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "b-" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  private readonly waiting = new Map<string, Entry>();
  private readonly flying = new Set<string>();
  private readonly watchers: Watcher[] = [];
  private readonly store: string;
  private attempts = 0;
  private timer: number | undefined;

  /** The outbox of this tab for the page's actor; it sends at once what a reload interrupted. */
  constructor(private readonly live: Live) {
    this.store = `deliberate:outbox:${live.page.deliberation}:${live.page.actor ?? live.page.seat ?? ""}`;
    for (const { id, command } of read<{ id: string; command: Record<string, unknown> }[]>(sessionStorage, this.store) ?? [])
      this.waiting.set(id, { id, command, fate: { kind: "sending" } });
    let before = live.status.kind;
    live.onStatus(({ kind }) => {
      if (kind !== before && kind !== "reconnecting") this.flush();
      before = kind;
    });
    this.flush();
  }

  /** Send a command; the entry's fate is told to the watchers. A known id is not sent twice. */
  send(command: Record<string, unknown>, id: string = mint()): Entry {
    const known = this.waiting.get(id);
    if (known) return known;
    if (this.waiting.size >= WAITING_MAX) throw new Error("too many commands wait for an answer");
    const entry: Entry = { id, command, fate: { kind: "sending" } };
    this.waiting.set(id, entry);
    this.keep();
    this.tell(entry);
    void this.fly(entry);
    return entry;
  }

  /** What has no answer yet. */
  entries(): Entry[] {
    return [...this.waiting.values()];
  }

  /** Be told of every change of an entry's fate, and now of what waits. */
  watch(watcher: Watcher): void {
    this.watchers.push(watcher);
    for (const entry of this.waiting.values()) watcher(entry);
  }

  /** Try everything that waits now. */
  flush(): void {
    window.clearTimeout(this.timer);
    for (const entry of this.waiting.values()) void this.fly(entry);
  }

  private async fly(entry: Entry): Promise<void> {
    if (this.flying.has(entry.id)) return;
    this.flying.add(entry.id);
    try {
      this.settle(entry, await this.live.command(entry.id, entry.command));
    } catch (why) {
      if (!(why instanceof Unanswered)) throw why;
      const most = Math.min(AGAIN_MS.most, AGAIN_MS.least * 2 ** this.attempts++);
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.flush(), most * (0.5 + Math.random() / 2));
    } finally {
      this.flying.delete(entry.id);
    }
  }

  private settle(entry: Entry, answer: Answer): void {
    this.attempts = 0;
    this.waiting.delete(entry.id);
    this.keep();
    entry.fate = "receipt" in answer ? { kind: "recorded", receipt: answer.receipt } : { kind: "refused", ...answer };
    this.tell(entry);
  }

  private tell(entry: Entry): void {
    for (const watcher of this.watchers) watcher(entry);
  }

  private keep(): void {
    const rows = this.entries().map(({ id, command }) => ({ id, command }));
    write(sessionStorage, this.store, rows.length ? rows : null);
  }
}

/** Drafts of one form kind, on this device, for one seat of one deliberation. */
export class Drafts {
  private readonly prefix: string;

  constructor(deliberation: string, seat: string | null) {
    this.prefix = `deliberate:draft:${deliberation}:${seat ?? ""}:`;
  }

  /** Return the draft under this name (say "op4"), or null. */
  load(name: string): Record<string, string> | null {
    return read(localStorage, this.prefix + name);
  }

  /** Keep the draft. */
  save(name: string, values: Record<string, string>): void {
    write(localStorage, this.prefix + name, values);
  }

  /** Forget the draft: it was recorded, or given up. */
  clear(name: string): void {
    write(localStorage, this.prefix + name, null);
  }

  /** Forget every draft of every seat on this device: what signing out does. */
  static forgetAll(): void {
    for (const key of Object.keys(localStorage)) if (key.startsWith("deliberate:draft:")) localStorage.removeItem(key);
  }
}

function read<T>(store: Storage, key: string): T | null {
  try {
    return JSON.parse(store.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}

function write(store: Storage, key: string, value: unknown): void {
  try {
    if (value === null) store.removeItem(key);
    else store.setItem(key, JSON.stringify(value));
  } catch {
    return; // a full or forbidden store: it is still in memory
  }
}
