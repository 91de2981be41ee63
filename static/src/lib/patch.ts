/**
 * Writes changed values into what the server rendered: elements carry `data-key` (a key of the board) and `data-field`
 * (what of it they show). Only text, classes and attributes are written, by the functions of `words.ts`, so a page
 * patched live equals the page loaded afresh. What has another structure (lists of statements) is the page's own.
 *
 *     field("round", "pill", (round: Round | null) => roundWords(round));
 *     patchPage(live);
 */
import type { Board } from "./push";
import type { Live } from "./live";
import { _, ngettext } from "./i18n";
import * as words from "./words";

/** What an element shows. `text` goes into its child `.said`, where it has one. */
export interface Shown {
  text?: string;
  attributes?: Record<string, string>;
}

export interface Context {
  board: Board;
  /** The parts of the key: ["cell", "op4", "KEN"]. */
  path: string[];
  element: Element;
  /** Whether the question is put on the clause of the key, as far as the page knows. */
  put: boolean;
}

/** Return what to show, or null to leave the element as it is. `value` is null where the key ended. */
export type Render<V = never> = (value: V, context: Context) => Shown | string | null;

interface Field {
  render: Render<unknown>;
  also: (path: string[]) => string[];
}

/** How long what just changed is marked for the eye. */
const ARRIVED_MS = 2_000;

const fields = new Map<string, Field>();

/**
 * Say how a field of keys beginning with `head` is shown. `also` names other keys that it depends on.
 * A later registration replaces an earlier one.
 */
export function field<V>(head: string, name: string, render: Render<V>, also: Field["also"] = () => []): void {
  fields.set(`${head}:${name}`, { render: render as Render<unknown>, also });
}

/** Patch the page from now on, and say in its live region what changed in status. */
export function patchPage(live: Live, root: ParentNode = document): void {
  live.subscribe("", (keys, board) => patch(board, keys, root));
}

/** Write the values of the changed keys into the elements that show them. */
export function patch(board: Board, keys: Iterable<string>, root: ParentNode = document): void {
  const changed = new Set(keys);
  for (const element of root.querySelectorAll<HTMLElement | SVGElement>("[data-key][data-field]")) {
    const key = element.dataset["key"] ?? "";
    const path = key.split("/");
    const found = fields.get(`${path[0]}:${element.dataset["field"]}`);
    if (!found || !(changed.has(key) || found.also(path).some((other) => changed.has(other)))) continue;
    if (!changed.has(key) && board.get(key) === null) continue; // the page shows it, the script never saw it
    const put = board.get<words.Question>("question")?.clause === clauseOf(path);
    const shown = found.render(board.get(key), { board, path, element, put });
    if (shown === null) continue;
    const before = element.textContent;
    show(element, typeof shown === "string" ? { text: shown } : shown);
    if (element.textContent === before) continue;
    element.classList.add("arrived");
    window.setTimeout(() => element.classList.remove("arrived"), ARRIVED_MS);
    if (path[0] === "clause" && element.dataset["field"] === "status") announceStatus(key, element);
  }
}

/** Write what is to be shown, touching nothing that is so already. */
export function show(element: Element, shown: Shown): void {
  if (shown.text !== undefined) write(element.querySelector(":scope > .said") ?? element, shown.text);
  for (const [name, value] of Object.entries(shown.attributes ?? {}))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function clauseOf(path: string[]): string | undefined {
  return path[0] === "mine" || path[0] === "chair" ? path[2] : path[1];
}

// --- what every page shows ---

const decided = (path: string[]): string[] => [`decision/${path[1]}`];
const question = (): string[] => ["question"];

field<words.Figures>(
  "clause",
  "status",
  (figures, { board, path }) => {
    const decision = board.get<words.Decision>(`decision/${path[1]}`);
    if (!decision && (figures[0] === "decided" || figures[0] === "recorded_vote")) return null;
    return { text: words.statusWords(figures, decision), attributes: { "data-code": figures[0] } };
  },
  decided,
);
field<words.Figures>("clause", "sources", (figures) => words.sourcesWords(figures));
field<words.Figures>("clause", "heard", (figures) => words.heardWords(figures));
field<words.Figures>("clause", "bar", (figures, { element }) => {
  for (const { code, x, width } of words.bar(figures)) {
    const rect = element.querySelector(`[data-level="${code}"] rect`);
    if (rect) show(rect, { attributes: { x, width } });
  }
  return {};
});
for (const code of [...words.CLAUSE_FIELDS.slice(1), "accept_with_reservation"])
  if (code !== "heard") field<words.Figures>("clause", code, (figures) => String(words.figure(figures, code)));

field<string>("cell", "words", (cell, { put }) => words.cellWords(cell ?? "..", put), question);
field<words.Mine | null>("mine", "words", (mine, { put }) => words.mineWords(mine, put), question);
field<words.Mine | null>("mine", "sentence", (mine) => words.mineSentence(mine));
field<words.Round | null>("round", "words", (round) => words.roundWords(round));
field<words.Question | null>("question", "words", (put) => (put ? words.questionWords(put) : ""));
field<{ revision: number }>("text", "revision", (text) => words.revisionWords(text.revision));

// --- saying it aloud ---

const EVERY_MS = 5_000;
const TOGETHER = 3;
const waiting = new Map<string, string>();
let last = -Infinity;
let timer: number | undefined;

/**
 * Say something in the page's live region (`[data-announce]`, made when it is missing), politely: at most one message
 * every five seconds; what comes meanwhile is said together, the newest word on each subject.
 */
export function announce(text: string, subject: string = text): void {
  waiting.delete(subject);
  waiting.set(subject, text);
  timer ??= window.setTimeout(speak, Math.max(0, last + EVERY_MS - Date.now()));
}

function speak(): void {
  timer = undefined;
  last = Date.now();
  const all = [...waiting.values()];
  waiting.clear();
  const said = all.slice(-TOGETHER);
  const more = all.length - said.length;
  if (more) said.push(ngettext("%(num)s more change", "%(num)s more changes", more));
  region().textContent = said.join("; ");
}

function region(): Element {
  const found = document.querySelector("[data-announce]");
  if (found) return found;
  const made = document.createElement("p");
  made.className = "vh";
  made.dataset["announce"] = "";
  made.setAttribute("aria-live", "polite");
  document.body.append(made);
  return made;
}

function announceStatus(key: string, element: HTMLElement | SVGElement): void {
  const name = element.dataset["name"] ?? element.closest<HTMLElement>("[data-name]")?.dataset["name"];
  const said = (element.querySelector(":scope > .said") ?? element).textContent ?? "";
  announce(name ? _("%(name)s: %(status)s", { name, status: said }) : said, key);
}
