/**
 * Keeps a server-rendered page true without drawing it twice: when something was pushed, the page is fetched again and
 * what differs in its regions (`[data-fresh]`) is taken over, so that a page that lived for an hour equals one that was
 * loaded now. Focus, open folds, what was typed and what was ticked stay. At most once a second, and never in a
 * background tab.
 */
import type { Live } from "./live";

const AT_MOST_EVERY_MS = 1_000;
const BEHIND_MS = 300;

export interface Options {
  /** Whether the whole page is wanted, and not only what is refreshed. */
  whole?: () => boolean;
  /** Called with the fetched page, after its regions were taken over. */
  onFresh?: (fresh: Document) => void;
}

/** Follow the line: refresh on every push whose keys begin with one of the prefixes. Returns a way to ask for it. */
export function keepFresh(live: Live, prefixes: string[], options: Options = {}): () => void {
  let wanted = false;
  let busy = false;
  let last = 0;

  async function fetchOnce(): Promise<void> {
    const url = new URL(window.location.href);
    if (!options.whole?.()) url.searchParams.set("part", "live");
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (Number(fresh.body.dataset["version"]) < live.status.version) {
      wanted = true; // another process answered, which had not caught up yet
      await pause(BEHIND_MS);
      return;
    }
    takeOver(document, fresh);
    options.onFresh?.(fresh);
  }

  async function run(): Promise<void> {
    if (busy || document.hidden) return;
    busy = true;
    while (wanted && !document.hidden) {
      wanted = false;
      await pause(Math.max(0, last + AT_MOST_EVERY_MS - Date.now()));
      last = Date.now();
      try {
        await fetchOnce();
      } catch {
        await pause(AT_MOST_EVERY_MS); // the line says that it is down; the next push asks again
      }
    }
    busy = false;
  }

  function ask(): void {
    wanted = true;
    void run();
  }

  for (const prefix of prefixes) live.subscribe(prefix, ask);
  document.addEventListener("visibilitychange", () => void run());
  return ask;
}

/** Take over the regions of a fresh page into the shown one. */
export function takeOver(shown: Document, fresh: Document): void {
  for (const region of shown.querySelectorAll<HTMLElement>("[data-fresh]")) {
    const name = region.dataset["fresh"] ?? "";
    const next = fresh.querySelector(`[data-fresh="${CSS.escape(name)}"]`);
    if (next) morph(region, next);
  }
}

/** Make `shown` equal to `fresh`, touching only what differs. Children are matched by `id`, else by their place. */
function morph(shown: Element, fresh: Element): void {
  attributes(shown, fresh);
  const named = new Map<string, Element>();
  for (const child of shown.children) if (child.id) named.set(child.id, child);
  let at = shown.firstChild;
  for (const next of [...fresh.childNodes]) {
    const known = next instanceof Element && next.id ? named.get(next.id) : undefined;
    if (known && known !== at) {
      shown.insertBefore(known, at);
      at = known;
    }
    if (!at) {
      shown.append(document.importNode(next, true));
      continue;
    }
    const after: ChildNode | null = at.nextSibling;
    if (same(at, next)) {
      if (at instanceof Element) morph(at, next as Element);
      else if (at.nodeValue !== next.nodeValue) at.nodeValue = next.nodeValue;
      at = after;
    } else {
      shown.insertBefore(document.importNode(next, true), at);
      if (!(at instanceof Element && at.id && fresh.querySelector(`#${CSS.escape(at.id)}`))) {
        at.remove();
        at = after;
      }
    }
  }
  while (at) {
    const after: ChildNode | null = at.nextSibling;
    at.remove();
    at = after;
  }
}

function same(one: Node, other: Node): boolean {
  if (one.nodeName !== other.nodeName) return false;
  return !(one instanceof Element && other instanceof Element) || one.id === other.id;
}

/** What a person did to an element is theirs: open folds, and the id of a form that may be on its way. */
function attributes(shown: Element, fresh: Element): void {
  if (shown instanceof HTMLInputElement && (shown.name === "command_id" || shown.name === "csrf_token")) return;
  const mine = (name: string): boolean => shown.nodeName === "DETAILS" && name === "open";
  for (const { name } of [...shown.attributes])
    if (!fresh.hasAttribute(name) && !mine(name)) shown.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (!mine(name) && shown.getAttribute(name) !== value) shown.setAttribute(name, value);
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}
