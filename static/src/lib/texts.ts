/**
 * Words by digest: statements, reservations, wordings. Many are asked for in one request, each is kept while the page
 * lives, and a text that was redacted leaves its tombstone at once, wherever it stands.
 *
 *     const texts = new Texts(live);
 *     const { words, lang } = await texts.get(objection.statement);
 *     await texts.fill(element);        // every `[data-text="<digest>"]` within
 */
import type { Live } from "./live";
import { redactedWords } from "./words";

export interface Text {
  /** The words; the tombstone's where they were redacted. */
  words: string;
  /** The language that they are in; null where it is not known. */
  lang: string | null;
  redacted: boolean;
}

type Stored = { words: string; lang: string | null } | null;

const TOGETHER_MS = 20;
const TOGETHER_MAX = 40; // 64 hex digits each: an address of 2.7 kB

export class Texts {
  private readonly kept = new Map<string, Promise<Text>>();
  private wanted = new Map<string, (found: Stored) => void>();
  private timer: number | undefined;

  constructor(private readonly live: Live) {
    live.subscribe("redacted/", (keys) => {
      for (const key of keys) this.redact(key.slice("redacted/".length));
    });
  }

  /** Return a text; one that cannot be had now is asked for again next time. */
  get(digest: string): Promise<Text> {
    let found = this.kept.get(digest);
    if (!found) {
      found = new Promise<Stored>((resolve) => this.ask(digest, resolve)).then(asText);
      this.kept.set(digest, found);
    }
    return found;
  }

  /** Write the words of every `[data-text]` within `root` that has none yet, with their language. */
  async fill(root: ParentNode): Promise<void> {
    const empty = [...root.querySelectorAll<HTMLElement>("[data-text]")].filter((element) => !element.textContent);
    await Promise.all(empty.map(async (element) => write(element, await this.get(element.dataset["text"] ?? ""))));
  }

  private redact(digest: string): void {
    const gone = asText(null);
    this.kept.set(digest, Promise.resolve(gone));
    for (const element of document.querySelectorAll<HTMLElement>(`[data-text="${CSS.escape(digest)}"]`)) write(element, gone);
  }

  private ask(digest: string, resolve: (found: Stored) => void): void {
    this.wanted.set(digest, resolve);
    if (this.wanted.size >= TOGETHER_MAX) void this.fetch();
    else this.timer ??= window.setTimeout(() => void this.fetch(), TOGETHER_MS);
  }

  private async fetch(): Promise<void> {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    const asked = this.wanted;
    this.wanted = new Map();
    const { deliberation, prefer } = this.live.page;
    const query = new URLSearchParams({ prefer });
    for (const digest of asked.keys()) query.append("d", digest);
    let found: Record<string, Stored> | null = null;
    try {
      const answer = await fetch(`/d/${encodeURIComponent(deliberation)}/texts?${query}`, {
        credentials: "same-origin",
        headers: { Accept: "application/json" },
      });
      if (answer.ok || answer.status === 410) found = (await answer.json()) as Record<string, Stored>;
    } catch {
      found = null;
    }
    for (const [digest, resolve] of asked) {
      if (!found) this.kept.delete(digest);
      resolve(found ? (found[digest] ?? null) : { words: "", lang: null });
    }
  }
}

function asText(found: Stored): Text {
  return found ? { ...found, redacted: false } : { words: redactedWords(), lang: null, redacted: true };
}

/** Put a text into an element: words, language and direction, and the class `gone` where it was redacted. */
export function write(element: HTMLElement, text: Text): void {
  if (element.textContent !== text.words) element.textContent = text.words;
  if (text.lang) element.lang = text.lang;
  else element.removeAttribute("lang");
  element.dir = "auto";
  element.classList.toggle("gone", text.redacted);
}
