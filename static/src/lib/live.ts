/**
 * The live line of a page: pushes in, commands out, over Socket.IO or, where a network blocks WebSockets, by long poll
 * and POST. What it receives goes through the push rule (`push.ts`); whoever subscribed is told which keys changed.
 *
 *     const live = new Live(readPage());
 *     live.subscribe("clause/", (keys, board) => …);
 *     live.start();
 */
import { io, type Socket } from "socket.io-client";
import { _ } from "./i18n";
import { Board, type Aside, type Outcome, type Push } from "./push";
import { liveWords, type LiveKind } from "./words";

/** What the page's HTML says of itself: `<body data-…>` and the JSON of `<script id="token">`. */
export interface Page {
  deliberation: string;
  scope: string;
  /** The seat that this person acts for, or null. */
  seat: string | null;
  /** The actor that the page was made for, and how the server chose it: a browser may be signed in as several. */
  actor: string | null;
  prefer: string;
  lang: string;
  epoch: string;
  /** The versions of the rooms that the HTML shows. */
  rooms: Record<string, number>;
  /** The counter of the report that the HTML shows; null where the page shows none. */
  report: number | null;
  csrf: string;
  /** desk, chair, workbench or record. */
  page: string;
  /** Where the browser's strings of this language are; null for English. */
  strings: string | null;
  /** Seat ids in the order of seating: needed where the page follows cells. */
  seats: string[];
  /** Values of the board that the page's HTML knows and its script needs before they change (say `question`). */
  keys: Record<string, unknown>;
}

/** Read what the page says of itself; null where it is not a live page. */
export function readPage(): Page | null {
  const token = document.getElementById("token");
  if (!token) return null;
  const { deliberation = "", epoch = "", scope = "", actorSeat, lang = "en" } = document.body.dataset;
  const body = { deliberation, epoch, scope, seat: actorSeat || null, actor: null, prefer: "seat", lang };
  const rest = { rooms: {}, report: null, csrf: "", page: "", strings: null, seats: [], keys: {} };
  return { ...body, ...rest, ...(JSON.parse(token.textContent || "{}") as Partial<Page>) };
}

export interface Receipt {
  version: number;
  digest: string;
  command: string;
  changed: boolean;
}

/** The answer to a command: its receipt, or why it was refused. `message` is a sentence in the reader's language; `error` its code. */
export type Answer = { receipt: Receipt } | { error: string; message: string; detail: Record<string, unknown> };

/** No answer came: the outcome of the command is not known. Send the same one, with the same id, again. */
export class Unanswered extends Error {}

export interface Status {
  kind: LiveKind;
  /** The version that the page shows. */
  version: number;
  /** By how many versions that is behind the log, or null where that is not known. */
  behind: number | null;
}

type Listener = (keys: string[], board: Board) => void;
type Raw = Record<string, unknown>;

const FALLBACK_MS = 5_000;
const CONNECT_MS = 8_000;
const ANSWER_MS = 35_000; // the platform itself gives up after 30 s
const POLL_MS = 40_000; // the platform answers within 25 s
const BACKOFF_MS = { least: 400, most: 15_000 };
const RELOAD_MS = { spread: 1_500, again: 10_000 };
/** Answers that say: not recorded, or not known; ask again with the same id. */
const AGAIN = new Set(["overloaded", "not_recorded", "busy", "unavailable", "too_fast", "behind", "database"]);

export class Live {
  readonly board: Board;
  private kind: LiveKind = "reconnecting";
  private readonly listeners: { prefix: string; listener: Listener }[] = [];
  private readonly watchers: ((status: Status) => void)[] = [];
  private socket: Socket | null = null;
  private attempts = 0;
  private retryAfter = 0;
  private timer: number | undefined;
  private fallback: number | undefined;
  private poll: AbortController | null = null;
  private head = 0;
  private scope: string;
  private readonly asking = new Set<string>();

  constructor(readonly page: Page) {
    this.board = new Board(page.epoch, page.rooms, page.seats.length ? { ...page.keys, seats: page.seats } : page.keys);
    if (page.report !== null) this.board.seen("report", page.report);
    this.scope = page.scope;
  }

  /** Where the page stands now. */
  get status(): Status {
    const version = this.board.version();
    const behind = this.head > version ? this.head - version : this.kind === "reconnecting" ? null : 0;
    return { kind: this.kind, version, behind };
  }

  /** Be told, after each push, of the changed keys that begin so. Returns a function that ends it. */
  subscribe(prefix: string, listener: Listener): () => void {
    const entry = { prefix, listener };
    this.listeners.push(entry);
    return () => void this.listeners.splice(this.listeners.indexOf(entry), 1);
  }

  /** Be told when the line changes, and now. */
  onStatus(watcher: (status: Status) => void): void {
    this.watchers.push(watcher);
    watcher(this.status);
  }

  /** Go live. */
  start(): void {
    const auth = (give: (data: Raw) => void): void => {
      const { deliberation, prefer } = this.page;
      const token = { epoch: this.board.epoch, rooms: this.board.rooms(), report: this.report() };
      give({ deliberation, prefer, scope: this.scope, token });
    };
    const socket = io({ transports: ["websocket"], reconnection: false, autoConnect: false, timeout: CONNECT_MS, auth });
    this.socket = socket;
    socket.on("connect", () => this.connected());
    socket.on("connect_error", () => this.lost());
    socket.on("disconnect", () => this.lost());
    socket.on("push", (push: Push) => this.take([push]));
    socket.on("aside", (aside: Aside) => this.takeAsides([aside]));
    socket.on("beacon", (heads: Record<string, number>) => this.beacon(heads));
    socket.on("reset", () => this.reload());
    socket.on("closing", (note: { retry_after_ms?: number; spread_ms?: number }) => {
      this.retryAfter = (note.retry_after_ms ?? 0) + Math.random() * (note.spread_ms ?? 0);
    });
    window.addEventListener("online", () => this.connectNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.connectNow());
    this.fallback = window.setTimeout(() => this.startPolling(), FALLBACK_MS);
    this.tell();
    socket.connect();
  }

  /** Go off for good. */
  stop(): void {
    window.clearTimeout(this.timer);
    window.clearTimeout(this.fallback);
    this.stopPolling();
    this.socket?.removeAllListeners().disconnect();
    this.socket = null;
  }

  /**
   * Send a command once and return its answer. Throws `Unanswered` when none came; `outbox.ts` is what retries, so
   * pages send through it.
   */
  async command(id: string, command: Raw): Promise<Answer> {
    const answer = this.socket?.connected
      ? await this.ask<Answer>("command", { id, command }, ANSWER_MS)
      : await this.post(id, command);
    if ("receipt" in answer) this.noticed(answer.receipt.version);
    else if (AGAIN.has(answer.error)) throw new Unanswered(answer.message);
    return answer;
  }

  /** Open another clause: follow its cells instead of those of the one before. */
  async open(scope: string): Promise<void> {
    this.scope = scope;
    if (!this.socket?.connected) {
      this.board.follow(Object.keys(this.board.rooms()).map((room) => rescoped(room, scope)));
      if (this.poll) this.stopPolling(), this.startPolling();
      return;
    }
    const since = this.board.rooms();
    const answer = await this.ask<{ rooms: Record<string, number>; pushes: Push[] }>("scope", { scope, since }, CONNECT_MS);
    const layers = Object.keys(answer.rooms).map(layerOf);
    if (Object.keys(since).some((room) => !layers.includes(layerOf(room)))) return this.reload(); // rights narrowed
    this.board.follow(Object.keys(answer.rooms));
    this.take(answer.pushes);
  }

  /** Fetch the whole board of the scope: for pages that draw from values instead of patching what the server drew. */
  async load(): Promise<void> {
    const url = `${this.base()}/board?${new URLSearchParams({ scope: this.scope, prefer: this.page.prefer })}`;
    const answer = await fetchWithin(ANSWER_MS, url, { headers: this.headers() });
    if (!answer.ok) throw new Unanswered(answer.statusText);
    const { epoch, rooms, keys } = (await answer.json()) as { epoch: string; rooms: Record<string, number>; keys: Raw };
    if (epoch !== this.board.epoch) return this.reload();
    this.board.load(rooms, keys);
    this.tellKeys();
  }

  /** A version is known to be in the log. */
  private noticed(version: number): void {
    this.head = Math.max(this.head, version);
    this.tell();
  }

  /** The counter of the report that is shown; null where the page shows none. */
  private report(): number | null {
    return this.page.report === null ? null : this.board.counter("report");
  }

  /** Whom we speak as, and the version that we have seen: whoever answers catches up to it first. */
  private headers(): Record<string, string> {
    return { "X-Prefer": this.page.prefer, "X-Seen": String(Math.max(this.head, this.board.version())) };
  }

  private base(): string {
    return `/d/${encodeURIComponent(this.page.deliberation)}`;
  }

  // --- what comes in ---

  private take(pushes: Push[]): void {
    for (const push of pushes) {
      const outcome: Outcome = this.board.apply(push);
      if (outcome === "reset") return this.reload();
      if (outcome === "gap") void this.resync(push.room);
      this.head = Math.max(this.head, push.version);
    }
    this.tellKeys();
  }

  private takeAsides(asides: Aside[]): void {
    for (const aside of asides) this.board.aside(aside);
    this.tellKeys();
  }

  private beacon(heads: Record<string, number>): void {
    this.head = Math.max(this.head, ...Object.values(heads));
    for (const room of this.board.behind(heads)) void this.resync(room);
    this.tell();
  }

  private async resync(room: string): Promise<void> {
    if (this.asking.has(room)) return;
    this.asking.add(room);
    try {
      const push = await this.ask<Push | null>("resync", { room, since: this.board.rooms()[room] ?? 0 }, CONNECT_MS);
      this.asking.delete(room);
      if (push && "keys" in push) this.take([push]);
    } catch {
      this.asking.delete(room); // the next beacon or push, or connecting again, asks again
    }
  }

  private tellKeys(): void {
    const keys = this.board.drain();
    if (keys.length)
      for (const { prefix, listener } of [...this.listeners]) {
        const mine = keys.filter((key) => key.startsWith(prefix));
        if (mine.length) listener(mine, this.board);
      }
    this.tell();
  }

  private tell(): void {
    const status = this.status;
    for (const watcher of this.watchers) watcher(status);
  }

  private become(kind: LiveKind): void {
    this.kind = kind;
    this.tell();
  }

  // --- the socket ---

  private connected(): void {
    window.clearTimeout(this.fallback);
    this.fallback = undefined;
    this.attempts = 0;
    this.retryAfter = 0;
    this.asking.clear();
    this.stopPolling();
    this.become("live");
  }

  private lost(): void {
    if (!this.socket) return;
    if (this.kind !== "polling") this.become("reconnecting");
    this.fallback ??= window.setTimeout(() => this.startPolling(), FALLBACK_MS);
    const most = Math.min(BACKOFF_MS.most, BACKOFF_MS.least * 2 ** this.attempts++);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connectNow(), Math.max(this.retryAfter, most * (0.5 + Math.random() / 2)));
  }

  private connectNow(): void {
    if (this.socket && !this.socket.connected) this.socket.connect(); // no effect while one is being opened
  }

  private ask<T>(event: string, data: Raw, waitMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.socket?.connected) return reject(new Unanswered(event));
      this.socket.timeout(waitMs).emit(event, data, (late: Error | null, answer: T) =>
        late ? reject(new Unanswered(event)) : resolve(answer),
      );
    });
  }

  // --- without one ---

  private startPolling(): void {
    if (this.poll || this.socket?.connected) return;
    this.poll = new AbortController();
    void this.keepPolling(this.poll.signal);
  }

  private stopPolling(): void {
    this.poll?.abort();
    this.poll = null;
  }

  private async keepPolling(signal: AbortSignal): Promise<void> {
    for (let failed = 0; !signal.aborted; ) {
      try {
        const rooms = Object.entries(this.board.rooms()).map(([room, version]) => `${room}:${version}`);
        const query = new URLSearchParams({
          scope: this.scope,
          epoch: this.board.epoch,
          rooms: rooms.join(","),
          prefer: this.page.prefer,
        });
        if (this.page.report !== null) query.set("report", String(this.report()));
        if (this.kind !== "polling") query.set("wait", "0"); // whether this way is open is worth knowing at once
        const answer = await fetchWithin(POLL_MS, `${this.base()}/live?${query}`, { headers: this.headers() }, signal);
        if ([401, 403, 404].includes(answer.status)) return this.reload();
        if (!answer.ok) throw new Unanswered(answer.statusText);
        const said = (await answer.json()) as { reset?: boolean; pushes?: Push[]; asides?: Aside[] };
        if (signal.aborted) return;
        if (said.reset) return this.reload();
        failed = 0;
        this.kind = "polling";
        this.takeAsides(said.asides ?? []);
        this.take(said.pushes ?? []);
      } catch {
        if (signal.aborted) return;
        this.become("reconnecting");
        const most = Math.min(BACKOFF_MS.most, BACKOFF_MS.least * 2 ** failed++);
        await new Promise((resume) => setTimeout(resume, most * (0.5 + Math.random() / 2)));
      }
    }
  }

  private async post(id: string, command: Raw): Promise<Answer> {
    let answer: Response;
    try {
      answer = await fetchWithin(ANSWER_MS, `${this.base()}/commands`, {
        method: "POST",
        headers: { ...this.headers(), "Content-Type": "application/json", "X-CSRF-Token": this.page.csrf },
        body: JSON.stringify({ id, command }),
      });
    } catch {
      throw new Unanswered("network");
    }
    if (answer.status >= 500 || answer.status === 429) throw new Unanswered(answer.statusText);
    try {
      return (await answer.json()) as Answer;
    } catch {
      const message = _("Something went wrong here; send it again in a moment."); // it did not come from the platform
      return { error: `http_${answer.status}`, message, detail: {} };
    }
  }

  /** Load the page afresh: another life of the log, or other rights. Spread out, and never in a tight circle. */
  private reload(): void {
    const last = Number(sessionStorage.getItem("deliberate:reloaded") ?? 0);
    const soon = Math.random() * RELOAD_MS.spread;
    const wait = Date.now() - last < RELOAD_MS.again ? RELOAD_MS.again + soon : soon;
    this.stop();
    this.become("reconnecting");
    window.setTimeout(() => {
      sessionStorage.setItem("deliberate:reloaded", String(Date.now()));
      window.location.reload();
    }, wait);
  }
}

function layerOf(room: string): string {
  return room.slice(0, room.indexOf("#"));
}

/** The name of a room seen through another scope; rooms that know no scope keep theirs. */
function rescoped(room: string, scope: string): string {
  const layer = layerOf(room);
  return layer === "public" || layer === "members" ? `${layer}#${scope}` : room;
}

/** Fetch JSON of this host, giving up after so long, or when `signal` says so. */
async function fetchWithin(ms: number, url: string, init: RequestInit = {}, signal?: AbortSignal): Promise<Response> {
  const once = new AbortController();
  const abort = (): void => once.abort();
  const timer = window.setTimeout(abort, ms);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const headers = { Accept: "application/json", ...init.headers };
    return await fetch(url, { ...init, headers, signal: once.signal, credentials: "same-origin" });
  } finally {
    window.clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Keep the page's pills (`[data-live]`) saying where the line stands: text, and the class of its kind. */
export function showStatus(live: Live): void {
  const pills = document.querySelectorAll<HTMLElement>("[data-live]");
  live.onStatus(({ kind, version, behind }) => {
    for (const pill of pills) {
      const text = liveWords(kind, pill.dataset["live"] === "short" ? null : version, behind);
      if (pill.textContent !== text) pill.textContent = text;
      for (const other of ["live", "polling", "reconnecting"]) pill.classList.toggle(other, other === kind);
    }
  });
}
