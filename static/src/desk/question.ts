/** The bar that appears on every desk while the question is put, and what this seat answered. */
import { keepTime } from "../lib/time";
import { _ } from "../lib/i18n";
import type { Live } from "../lib/live";
import { announce } from "../lib/patch";
import type { Question } from "../lib/words";

/** Keep the bar true; `changed` is called when another question is put, or none any more. */
export function keepQuestion(live: Live, changed: () => void): void {
  const bar = document.querySelector<HTMLElement>(".put");
  if (!bar) return;
  keepTime(() => undefined);
  live.subscribe("question", (_keys, board) => {
    const question = board.get<Question>("question");
    const before = bar.dataset["question"] ?? "";
    bar.hidden = question === null;
    bar.dataset["question"] = question ? String(question.number) : "";
    if (question && before !== String(question.number)) open(bar, question, live);
    if (before !== bar.dataset["question"]) changed();
  });
  live.subscribe("mine/", (_keys, board) => {
    const question = board.get<Question>("question");
    if (question) objecting(bar, question.clause);
  });
}

function open(bar: HTMLElement, question: Question, live: Live): void {
  const number = document.querySelector(`[data-need-of="${CSS.escape(question.clause)}"] b`)?.textContent ?? question.clause;
  const said = _("The question is put on %(number)s", { number });
  write(bar, "[data-put-title]", said);
  write(
    bar,
    "[data-put-ask]",
    _("May I take it that the Meeting wishes to adopt %(number)s as it stands in Rev.%(revision)s?", {
      number,
      revision: question.revision,
    }),
  );
  const read = bar.querySelector<HTMLAnchorElement>("[data-put-read]");
  if (read) {
    read.hidden = question.clause === live.page.scope;
    read.href = `/d/${encodeURIComponent(live.page.deliberation)}/desk?clause=${encodeURIComponent(question.clause)}`;
  }
  bar.querySelector<HTMLElement>("[data-until]")!.dataset["until"] = question.until;
  keepTime(() => undefined);
  for (const [name, value] of Object.entries({ question: question.number, clause: question.clause, revision: question.revision, seen: 0 }))
    for (const field of bar.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)) field.value = String(value);
  answer(bar, "floor", _("I need the floor"), false);
  answer(bar, "present", _("We are present"), false);
  objecting(bar, question.clause);
  announce(said, "question");
}

/** Note what this seat just answered. */
export function answered(command: Record<string, unknown>): void {
  const bar = document.querySelector<HTMLElement>(".put");
  if (!bar) return;
  if (command["type"] === "check_in") answer(bar, "present", _("You are checked in"), true);
  if (command["type"] === "request_floor") answer(bar, "floor", _("You asked for the floor"), true);
}

/** Whether this seat is checked in for the question, as far as this page knows. */
export function isCheckedIn(): boolean {
  return document.querySelector('[data-put="present"][data-done]') !== null;
}

function answer(bar: HTMLElement, what: string, text: string, done: boolean): void {
  const form = bar.querySelector<HTMLElement>(`[data-put="${what}"]`);
  form?.toggleAttribute("data-done", done);
  const button = form?.querySelector("button");
  if (button) button.textContent = text;
}

/** Whether this seat objects on the paragraph: the list of paragraphs knows what it holds on each. */
function objecting(bar: HTMLElement, clause: string): void {
  const held = document.querySelector<HTMLElement>(`.me[data-key$="/${CSS.escape(clause)}"]`)?.dataset;
  const objects = held?.["own"] === "object";
  bar.querySelector<HTMLElement>("[data-put-objects]")?.toggleAttribute("hidden", !objects);
  bar.querySelector<HTMLElement>('[data-put="object"]')?.toggleAttribute("hidden", objects);
  const seen = bar.querySelector<HTMLInputElement>('[data-put="object"] [name="seen"]');
  if (seen) seen.value = held?.["seen"] ?? "0";
}

function write(bar: HTMLElement, selector: string, text: string): void {
  const found = bar.querySelector(selector);
  if (found) found.textContent = text;
}
