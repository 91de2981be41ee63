/** What this seat holds: the open paragraph's block and buttons, what still needs the seat, its groups. */
import { _, N_, ngettext } from "../lib/i18n";
import type { Live } from "../lib/live";
import { announce, field } from "../lib/patch";
import type { Board } from "../lib/push";
import { cellClass, cellMark, cellWords, stanceWords, type Mine, type Question, type Round } from "../lib/words";
import { Forms } from "./forms";
import { isCheckedIn } from "./question";
import { groupName, nameOf } from "./voices";

const NEEDS: Record<string, string> = {
  question: N_("The question is put"),
  none: N_("No position yet"),
  reaffirm: N_("To reaffirm"),
  confirm: N_("Alignment to confirm"),
  conflict: N_("Two blocs differ"),
};
const NOTHING = "..";

field<Mine | null>("mine", "badge", (mine) => ({
  text: cellMark(mine?.cell ?? NOTHING),
  attributes: { class: `st ${cellClass(mine?.cell ?? NOTHING)}` },
}));
field<Mine | null>("mine", "stance", (mine, { put }) => cellWords(mine?.cell ?? NOTHING, put), () => ["question"]);
field<Mine | null>("mine", "recorded", (mine) =>
  mine?.own ? "· " + _("version %(version)s", { version: mine.own.version }) : "",
);
field<Mine | null>("mine", "source", (mine) => sourceWords(mine));
field<Mine | null>("mine", "confidence", (mine) =>
  mine?.confidence ? _("Told to the facilitators alone: %(stance)s.", { stance: stanceWords(mine.confidence.stance) }) : "",
);
field<string>("cell", "letter", (cell) => ({
  text: cellMark(cell ?? NOTHING),
  attributes: { class: `st ${cellClass(cell ?? NOTHING)}` },
}));

/** Return by whose statement the seat holds what it holds, where it is not its own. */
function sourceWords(mine: Mine | null): string {
  if (!mine || mine.own) return "";
  if (mine.aligned) {
    const shown = { name: nameOf(mine.aligned.with).textContent ?? "", version: mine.aligned.version };
    return mine.to_confirm
      ? _("%(name)s changed the statement of version %(version)s that you aligned with.", shown)
      : _("Aligned with the statement of %(name)s, version %(version)s.", shown);
  }
  return mine.by_bloc ? _("%(bloc)s speaks for you.", { bloc: groupName(mine.by_bloc) }) : "";
}

/** Return what is to be done about a value of `mine/…`: none, conflict, confirm, reaffirm, or "" for nothing. */
export function heldCode(mine: Mine | null): string {
  if (!mine) return "none";
  const stance = mine.cell.charAt(0);
  if (stance === "!") return "conflict";
  if (stance === ".") return mine.to_confirm ? "confirm" : "none";
  return "sar".includes(stance) && mine.own ? "reaffirm" : "";
}

/** Keep all of it true; return a way to look again at what still needs the seat. */
export function keepMine(live: Live): () => void {
  const needs = (): void => showNeeds(live.board);
  live.subscribe("mine/", (keys, board) => {
    for (const key of keys) {
      const mine = board.get<Mine>(key);
      const clause = key.split("/")[2] ?? "";
      const shown = document.querySelector<HTMLElement>(`.me[data-key="${CSS.escape(key)}"]`);
      if (shown) {
        shown.dataset["held"] = heldCode(mine);
        shown.dataset["own"] = mine?.own?.stance ?? "";
        shown.dataset["seen"] = String(mine?.own?.version ?? 0);
      }
      if (clause === live.page.scope) showOpen(mine);
    }
    needs();
  });
  for (const prefix of ["round", "question", "decision/"]) live.subscribe(prefix, needs);
  live.subscribe("round", (_keys, board) => showRound(board));
  live.subscribe("cell/", showGroups);
  return needs;
}

/** The open paragraph: which buttons there are, and what its forms say that they have seen. */
function showOpen(mine: Mine | null): void {
  const own = mine?.own ?? null;
  const can = {
    reaffirm: own !== null && ["stale", "maintained"].includes(own.freshness),
    withdraw: own !== null,
    unalign: Boolean(mine?.aligned),
    retract: Boolean(mine?.confidence),
  };
  for (const [what, may] of Object.entries(can))
    document.querySelector(`[data-when="${what}"]`)?.toggleAttribute("hidden", !may);
  document.querySelector('[data-field="confidence"]')?.toggleAttribute("hidden", !can.retract);
  seenBy(document.querySelector('[data-when="withdraw"]'), own?.version);
  seenBy(document.querySelector('[data-when="retract"]'), mine?.confidence?.version);
  const form = document.querySelector<HTMLFormElement>("form.take[data-bloc='']");
  if (!form) return;
  if (Forms.dirty(form)) {
    announce(_("A position of your delegation on this paragraph was recorded meanwhile."), "mine");
    return; // what is being written was meant for what stood before: the rules will say so
  }
  seenBy(form, own?.version);
  for (const radio of form.querySelectorAll<HTMLInputElement>("[name=stance]")) radio.checked = radio.value === own?.stance;
}

function seenBy(form: Element | null, version: number | undefined): void {
  const seen = form?.querySelector<HTMLInputElement>("[name=seen]");
  if (seen) seen.value = String(version ?? 0);
}

/** What still needs the seat: the marks in the list, the count, and the list of reasons. */
function showNeeds(board: Board): void {
  const open = board.get<Round>("round")?.open ?? false;
  const put = board.get<Question>("question")?.clause;
  let count = 0;
  for (const shown of document.querySelectorAll<HTMLElement>(".me[data-held]")) {
    const clause = shown.dataset["key"]?.split("/")[2] ?? "";
    const item = document.querySelector<HTMLElement>(`[data-need-of="${CSS.escape(clause)}"]`);
    const decided = board.get(`decision/${clause}`) !== null || isDecided(shown);
    const asked = clause === put && !isCheckedIn() && document.querySelector('[data-put="present"]') !== null;
    const need = decided ? "" : asked ? "question" : open || clause === put ? (shown.dataset["held"] ?? "") : "";
    shown.dataset["need"] = need;
    if (item) item.hidden = need === "";
    const why = item?.querySelector("[data-why]");
    if (why) why.textContent = need ? _(NEEDS[need] ?? need) : "";
    if (need) count += 1;
  }
  const all = document.querySelector<HTMLElement>("[data-needs]");
  if (all) all.hidden = count === 0;
  const told = document.querySelector("[data-needs-count]");
  if (told) told.textContent = ngettext("%(num)s needs you", "%(num)s need you", count);
}

function isDecided(shown: HTMLElement): boolean {
  const status = shown.closest("a")?.querySelector<HTMLElement>(".status");
  return status?.dataset["code"] === "decided";
}

/** Forms are for an open round, or for the paragraph under question. */
function showRound(board: Board): void {
  const open = board.get<Round>("round")?.open ?? false;
  const round = board.get<Round>("round");
  for (const part of document.querySelectorAll<HTMLElement>("[data-open-only]")) part.hidden = !open;
  for (const note of document.querySelectorAll<HTMLElement>("[data-closed-only]")) {
    note.hidden = open;
    if (round) note.textContent = _("Round %(number)s is closed. Positions are taken in an open round.", { number: round.number });
  }
}

/** How many of each of my groups can accept: counted from the cells that the page shows. */
function showGroups(): void {
  for (const group of document.querySelectorAll<HTMLElement>("[data-members]")) {
    const members = (group.dataset["members"] ?? "").split(" ").filter(Boolean);
    const n = members.filter((seat) => {
      const mark = document.querySelector(`[data-seat="${CSS.escape(seat)}"] .st`)?.classList;
      return mark && !mark.contains("stale") && ["S", "A", "R"].some((letter) => mark.contains(letter));
    }).length;
    const shown = group.querySelector("[data-accepting]");
    const said = _("%(n)s of %(total)s can accept", { n, total: members.length });
    if (shown && shown.textContent !== said) shown.textContent = said;
  }
}
