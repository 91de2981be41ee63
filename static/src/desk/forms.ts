/**
 * Forms that go to `/act`: with scripts they are sent through the outbox and the page stays; what is being written is
 * kept on this device until it is recorded. Without scripts the same forms are posted.
 */
import { _ } from "../lib/i18n";
import type { Live } from "../lib/live";
import { mint, Drafts, type Entry, type Outbox } from "../lib/outbox";
import { announce } from "../lib/patch";
import { receiptWords } from "../lib/words";

const NOT_FIELDS = new Set(["csrf_token", "command_id", "next", "prefer"]);
const MOMENTS = new Set(["expected_by"]);
const KEEP_AFTER_MS = 400;

/** Return the command that a form describes, as `from_form` in `deliberate/web/api.py` reads it. */
export function commandOf(form: HTMLFormElement): Record<string, unknown> {
  const data = new FormData(form);
  const chosen = data.get("stance");
  const command: Record<string, unknown> = {};
  for (const [entry, raw] of data) {
    const [name = "", stance] = entry.split("@");
    const value = String(raw).trim();
    if (NOT_FIELDS.has(name) || value === "" || (stance !== undefined && stance !== chosen)) continue;
    if (name === "seats") command[name] = data.getAll(name).map(String);
    else command[name] = MOMENTS.has(name) ? `${value}T23:59:00.000Z` : value;
  }
  return command;
}

export class Forms {
  private readonly drafts: Drafts;
  private readonly sent = new Map<string, HTMLFormElement>();

  constructor(
    private readonly live: Live,
    private readonly outbox: Outbox,
    /** Called with what was recorded. */
    private readonly recorded: (command: Record<string, unknown>, form: HTMLFormElement | null) => void,
  ) {
    this.drafts = new Drafts(live.page.deliberation, live.page.seat);
    for (const form of document.querySelectorAll<HTMLFormElement>("form.take")) this.keep(form);
    document.addEventListener("submit", (event) => this.submit(event));
    outbox.watch((entry) => this.tell(entry));
  }

  /** Whether somebody is writing in the form. */
  static dirty(form: HTMLFormElement): boolean {
    return form.dataset["dirty"] === "true";
  }

  private submit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (!form.action.endsWith("/act") || form.method !== "post") return;
    event.preventDefault();
    const command = commandOf(form);
    if (this.superseded(form, command)) return;
    const id = form.querySelector<HTMLInputElement>("[name=command_id]")!;
    this.sent.set(id.value, form);
    this.outbox.send(command, id.value);
  }

  /** The text moved while this was written: say so once; sent again, it is meant for the text that is shown now. */
  private superseded(form: HTMLFormElement, command: Record<string, unknown>): boolean {
    const text = this.live.board.get<{ revision: number }>(`text/${String(command["clause"])}`);
    if (!text || command["revision"] === undefined || Number(command["revision"]) === text.revision) return false;
    form.querySelector<HTMLInputElement>("[name=revision]")!.value = String(text.revision);
    const said = _("The text was revised to Rev.%(revision)s meanwhile. Read it, then send this again.", { revision: text.revision });
    this.say(form, said, "warn");
    return true;
  }

  private tell({ id, command, fate }: Entry): void {
    const form = this.sent.get(id) ?? document.querySelector<HTMLInputElement>(`[name=command_id][value="${CSS.escape(id)}"]`)?.form ?? null;
    const button = form?.querySelector("button:not([type])") ?? null;
    if (fate.kind === "sending") {
      button?.setAttribute("aria-disabled", "true");
      if (form) this.say(form, _("Sending …"), "quiet");
      return;
    }
    button?.removeAttribute("aria-disabled");
    this.sent.delete(id);
    if (form) form.querySelector<HTMLInputElement>("[name=command_id]")!.value = mint();
    if (fate.kind === "refused") {
      const seen = fate.error === "moved" ? Number(fate.detail["version"]) : NaN;
      if (form && !Number.isNaN(seen)) form.querySelector<HTMLInputElement>("[name=seen]")?.setAttribute("value", String(seen));
      this.say(form, fate.message, "error");
      return;
    }
    const { version, digest, changed } = fate.receipt;
    if (form?.classList.contains("take")) this.forget(form);
    const said = changed ? _("Recorded.") : _("Nothing changed: it stood like that already.");
    this.say(form, said, "done", changed ? `${version}:${digest}` : "", changed ? receiptWords(version, digest) : "");
    this.recorded(command, form);
  }

  /** Say something where the form is: refusals as an alert, the rest politely. */
  private say(form: HTMLFormElement | null, text: string, tone: "quiet" | "done" | "warn" | "error", receipt = "", short = ""): void {
    const note = this.note(form);
    note.className = tone === "quiet" || tone === "done" ? "receipt said" : `flash said ${tone}`;
    note.setAttribute("role", tone === "error" ? "alert" : "status");
    note.textContent = text;
    if (receipt) {
      const code = document.createElement("code");
      code.textContent = short;
      code.title = receipt;
      code.dataset["receipt"] = receipt;
      note.append(" ", _("Receipt:"), " ", code);
    }
    if (tone === "done") announce(text);
  }

  /** Where words on a form go: after it, or for a row of buttons after the row. */
  private note(form: HTMLFormElement | null): HTMLElement {
    const beside = form?.querySelector<HTMLElement>("[data-draft-note]");
    if (beside) return beside;
    const row = form?.closest<HTMLElement>(".row, .restate, .put, .card") ?? form ?? document.getElementById("main")!;
    const next = row.nextElementSibling;
    if (next instanceof HTMLElement && next.classList.contains("said")) return next;
    const made = document.createElement("p");
    row.after(made);
    return made;
  }

  // --- drafts ---

  private keep(form: HTMLFormElement): void {
    const name = draftOf(form);
    const kept = this.drafts.load(name);
    if (kept && !document.querySelector(".flash[role=alert]")) this.restore(form, kept);
    let timer: number | undefined;
    form.addEventListener("input", () => {
      form.dataset["dirty"] = "true";
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        if (!Forms.dirty(form)) return;
        this.drafts.save(name, valuesOf(form));
        this.say(form, _("Draft kept on this device."), "quiet");
      }, KEEP_AFTER_MS);
    });
  }

  private restore(form: HTMLFormElement, kept: Record<string, string>): void {
    for (const element of form.elements) {
      if (element instanceof HTMLInputElement && ["radio", "checkbox"].includes(element.type))
        element.checked = kept[element.name] === element.value;
      else if (written(element)) element.value = kept[element.name] ?? element.value;
    }
    form.dataset["dirty"] = "true";
    this.say(form, _("A draft from this device is shown; it is not recorded yet.") + " ", "quiet");
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn quiet";
    drop.textContent = _("Discard the draft");
    drop.addEventListener("click", () => {
      form.reset();
      this.forget(form);
      this.say(form, _("The draft is gone."), "quiet");
    });
    this.note(form).append(drop);
  }

  private forget(form: HTMLFormElement): void {
    delete form.dataset["dirty"];
    this.drafts.clear(draftOf(form));
  }
}

type Written = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function written(element: Element): element is Written {
  const typed = element instanceof HTMLInputElement && element.type !== "hidden";
  return typed || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

function draftOf(form: HTMLFormElement): string {
  return [form.dataset["clause"], form.dataset["bloc"]].filter(Boolean).join("/");
}

function valuesOf(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const element of form.elements) {
    if (!written(element)) continue;
    const ticked = !(element instanceof HTMLInputElement) || !["radio", "checkbox"].includes(element.type) || element.checked;
    if (ticked && element.name) values[element.name] = element.value;
  }
  return values;
}
