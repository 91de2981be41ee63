/**
 * The lists that have no fixed shape: who cannot accept and what would change it, reservations and dissociations.
 * Drawn as `_objection.html` and `_beside.html` draw them.
 */
import { _ } from "../lib/i18n";
import type { Live } from "../lib/live";
import type { Texts } from "../lib/texts";
import { objectionWords, onBehalfWords, stanceWords, type Objection } from "../lib/words";

/** An item of `beside/…`. */
interface Beside {
  by: string;
  stance: string;
  statement: string | null;
  scope: string | null;
}

/** Keep the lists of the open paragraph true. */
export function keepVoices(live: Live, texts: Texts): void {
  const follow = <V>(head: string, draw: (item: V) => HTMLElement): void => {
    live.subscribe(`${head}/`, (keys, board) => {
      const list = document.querySelector<HTMLElement>(`[data-list="${head}"]`);
      if (!list || !keys.includes(list.dataset["key"] ?? "")) return;
      const items = board.get<V[]>(list.dataset["key"] ?? "") ?? [];
      void redraw(list, items.map(draw), texts);
    });
  };
  follow("cannot", objection);
  follow("beside", beside);
}

/** Show the items once their words are there, so that nothing flickers. */
async function redraw(list: HTMLElement, items: HTMLElement[], texts: Texts): Promise<void> {
  const turn = String(Number(list.dataset["turn"] ?? 0) + 1);
  list.dataset["turn"] = turn;
  await Promise.all(items.map((item) => texts.fill(item)));
  if (list.dataset["turn"] !== turn) return; // a later change is on its way
  const known = new Set([...list.children].map((child) => child.textContent));
  for (const item of items) if (!known.has(item.textContent)) item.classList.add("arrived");
  list.replaceChildren(...items);
  const name = list.dataset["list"] ?? "";
  document.querySelector<HTMLElement>(`[data-none="${name}"]`)?.toggleAttribute("hidden", items.length > 0);
  document.querySelector<HTMLElement>(`[data-some="${name}"]`)?.toggleAttribute("hidden", items.length === 0);
}

function objection(item: Objection): HTMLElement {
  const voice = element("li", { "data-stance": "object" });
  voice.append(bold(speaker(item)), " ", element("span", { class: "soft" }, objectionWords(item)));
  if (item.statement) voice.append(element("br"), quote(item.statement, "quote"));
  if (item.would_lift) {
    const lift = element("span", { class: "lift" });
    lift.append(element("span", { class: "vh" }, _("Would let it accept:") + " "), quote(item.would_lift));
    voice.append(" ", lift);
  }
  return voice;
}

function beside(item: Beside): HTMLElement {
  const voice = element("li", { "data-stance": item.stance });
  voice.append(bold(nameOf(item.by)), " ", element("span", { class: "soft" }, stanceWords(item.stance)));
  if (item.scope) {
    const about = element("span", { class: "about" });
    about.append(quote(item.scope, "quote"));
    voice.append(" ", element("span", { class: "soft" }, _("on the words")), " ", about);
  }
  voice.append(element("br"), item.statement ? quote(item.statement, "quote") : element("span", { class: "soft" }, _("its words may follow")));
  return voice;
}

function speaker({ by, mandates }: Objection): Node {
  const [bloc = "", seat] = by.split(":");
  if (seat === undefined) return nameOf(by);
  return document.createTextNode(onBehalfWords(nameOf(seat).textContent ?? seat, groupName(bloc), mandates));
}

/** The name of a seat as the page has it, in its language. */
export function nameOf(seat: string): Node {
  const shown = document.querySelector(`[data-seat="${CSS.escape(seat)}"] .nm`)?.firstElementChild;
  return shown ? shown.cloneNode(true) : document.createTextNode(seat);
}

/** The name of a group as the page has it. */
export function groupName(group: string): string {
  return document.querySelector(`[data-group="${CSS.escape(group)}"]`)?.textContent ?? group;
}

function bold(inside: Node): HTMLElement {
  const made = element("b");
  made.append(inside);
  return made;
}

function quote(digest: string, classes?: string): HTMLElement {
  return element("span", { ...(classes ? { class: classes } : {}), "data-text": digest });
}

function element(tag: string, attributes: Record<string, string> = {}, text?: string): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}
