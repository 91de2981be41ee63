/**
 * The push rule: how a browser's copy of the board stays true, whatever the network does to pushes.
 *
 * The board is a flat map of keys to values (`deliberate/board.py` lists them). A browser follows a few rooms and
 * knows of each the version that it *has*. A push says what changed in a room after version `after`, up to `version`:
 * it is applied if `after <= have < version`; if `after > have` something is missing and must be asked for; else it
 * is old. So pushes may come late, twice, in any order or not at all. No I/O here: `live.ts` moves the bytes.
 */

export interface Push {
  epoch: string;
  room: string;
  after: number;
  version: number;
  keys: Record<string, unknown>;
}

/** A value that no event of the log makes, with its own counter: the report. */
export interface Aside {
  key: string;
  counter: number;
  value: unknown;
}

/**
 * What became of a push. `gap`: ask for what came since `have(room)`. `reset`: another life of the log or another
 * release; load the page afresh.
 */
export type Outcome = "applied" | "ignored" | "gap" | "reset";

/** Keys that belong to one clause and are seen only where that clause, or all, is open. */
const SCOPED = new Set(["cell", "cells", "cannot", "beside"]);

export class Board {
  private readonly values = new Map<string, unknown>();
  private readonly versions = new Map<string, number>();
  private readonly have = new Map<string, number>();
  private readonly counters = new Map<string, number>();
  /** Packed cells of seats that this browser has not heard of yet, by clause. */
  private readonly unseated = new Map<string, { codes: string; version: number }>();
  private readonly changed = new Set<string>();

  /**
   * A copy that stands at these versions. `keys` are values known from the page itself: a page needs none, for its
   * HTML shows them, but `seats` when it follows cells.
   */
  constructor(
    readonly epoch: string,
    rooms: Record<string, number>,
    keys: Record<string, unknown> = {},
  ) {
    for (const [room, version] of Object.entries(rooms)) this.have.set(room, version);
    for (const [key, value] of Object.entries(keys)) this.values.set(key, value);
  }

  /** The rooms that are followed, each with the version that this copy has. */
  rooms(): Record<string, number> {
    return Object.fromEntries(this.have);
  }

  /** The latest version of any room: what the page shows. */
  version(): number {
    return Math.max(0, ...this.have.values());
  }

  /** The value of a key; null where nothing is, or is known (see the constructor). */
  get<T>(key: string): T | null {
    return (this.values.get(key) as T | undefined) ?? null;
  }

  /** The keys that have a value and begin so. */
  keys(prefix = ""): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(prefix));
  }

  /** Take a push, if it may be taken now. */
  apply(push: Push): Outcome {
    if (push.epoch !== this.epoch) return "reset";
    const have = this.have.get(push.room);
    if (have === undefined || push.version <= have) return "ignored";
    if (push.after > have) return "gap";
    this.have.set(push.room, push.version);
    this.take(push.keys, push.version);
    return "applied";
  }

  /** Take a full load: these rooms and values, nothing of before but asides. */
  load(rooms: Record<string, number>, keys: Record<string, unknown>): void {
    for (const key of this.keys()) {
      if (this.counters.has(key)) continue;
      this.values.delete(key);
      this.changed.add(key);
    }
    for (const held of [this.versions, this.have, this.unseated]) held.clear();
    for (const [room, version] of Object.entries(rooms)) this.have.set(room, version);
    this.take(keys, 0);
  }

  /** Follow these rooms of the same layers from now on, and drop what only the scope left behind showed. */
  follow(rooms: Iterable<string>): void {
    const next = new Set(rooms);
    for (const room of [...this.have.keys()]) if (!next.has(room)) this.have.delete(room);
    for (const room of next) if (!this.have.has(room)) this.have.set(room, 0);
    const scopes = new Set([...next].map((room) => room.slice(room.indexOf("#") + 1)));
    if (scopes.has("*")) return;
    for (const key of [...this.values.keys()]) {
      const [head = "", clause = ""] = key.split("/");
      if (!SCOPED.has(head) || scopes.has(clause)) continue;
      this.values.delete(key);
      this.versions.delete(key);
      this.unseated.delete(clause);
    }
  }

  /** Return the followed rooms whose head is beyond what this copy has: ask for what came since. */
  behind(heads: Record<string, number>): string[] {
    return Object.keys(heads).filter((room) => (this.have.get(room) ?? Infinity) < (heads[room] ?? 0));
  }

  /** Take an aside, unless it is old. */
  aside(aside: Aside): Outcome {
    if (aside.counter <= this.counter(aside.key)) return "ignored";
    this.counters.set(aside.key, aside.counter);
    this.values.set(aside.key, aside.value);
    this.changed.add(aside.key);
    return "applied";
  }

  /** The counter of an aside that this copy has; 0 for none. */
  counter(key: string): number {
    return this.counters.get(key) ?? 0;
  }

  /** Start an aside's counter at what the page itself shows. */
  seen(key: string, counter: number): void {
    this.counters.set(key, Math.max(counter, this.counter(key)));
  }

  /** Return the keys that changed since the last call. */
  drain(): string[] {
    const keys = [...this.changed];
    this.changed.clear();
    return keys;
  }

  private take(keys: Record<string, unknown>, version: number): void {
    if ("seats" in keys) {
      this.set("seats", keys["seats"], version);
      for (const [clause, held] of [...this.unseated]) this.unpack(clause, held.codes, held.version);
    }
    for (const [key, value] of Object.entries(keys)) {
      if (key.startsWith("cells/")) this.unpack(key.slice(6), String(value), version);
      else if (key !== "seats") this.set(key, value, version);
    }
  }

  private set(key: string, value: unknown, version: number): void {
    this.versions.set(key, version);
    this.changed.add(key);
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  /** Two letters a seat, in the order of `seats`; those of seats not known yet wait for the key `seats`. */
  private unpack(clause: string, codes: string, version: number): void {
    const seats = this.get<string[]>("seats") ?? [];
    for (const [place, seat] of seats.entries()) {
      const cell = codes.slice(2 * place, 2 * place + 2);
      const key = `cell/${clause}/${seat}`;
      if (cell.length === 2 && (this.versions.get(key) ?? -1) < version) this.set(key, cell, version);
    }
    if (codes.length > 2 * seats.length) this.unseated.set(clause, { codes, version });
    else this.unseated.delete(clause);
  }
}
