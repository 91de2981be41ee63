/** The open paragraph's text: a revision shows at once; what changed, and a decision, are a load away. */
import { _ } from "../lib/i18n";
import type { Live } from "../lib/live";
import { announce } from "../lib/patch";
import { write, type Texts } from "../lib/texts";

/** The value of `text/…`. */
interface Text {
  revision: number;
  wording: Record<string, string>;
  challenge_until: string | null;
}

/** Keep the text true, and say what happened to it. */
export function keepText(live: Live, texts: Texts): void {
  const { scope, original, seat } = live.page as typeof live.page & { original: string };
  let shown = live.board.get<Text>(`text/${scope}`);
  let mandates = mine(live.board.get<string[][]>("mandates"), seat);
  live.subscribe(`text/${scope}`, (keys, board) => {
    const text = keys.includes(`text/${scope}`) ? board.get<Text>(`text/${scope}`) : null;
    if (!text) return;
    if (text.revision !== shown?.revision) {
      void rewrite(text, original, texts);
      tell(_("This paragraph was revised: Rev.%(revision)s.", { revision: text.revision }), _("Show what changed"));
    } else {
      tell(_("The standing of this revision changed."), _("Load the page again"));
    }
    for (const old of document.querySelectorAll<HTMLElement>("[data-redline], [data-challenge]")) old.hidden = true;
    shown = text;
  });
  live.subscribe(`decision/${scope}`, (keys) => {
    if (keys.includes(`decision/${scope}`)) tell(_("A decision on this paragraph was recorded."), _("Load the page again"));
  });
  live.subscribe("mandates", (_keys, board) => {
    const now = mine(board.get<string[][]>("mandates"), seat);
    if (now !== mandates) tell(_("A mandate of your delegation changed."), _("Load the page again"));
    mandates = now;
  });
}

/** The mandates that a seat gave or holds, as one string to compare. */
function mine(mandates: string[][] | null, seat: string | null): string {
  return JSON.stringify((mandates ?? []).filter(([giver, , speaker]) => giver === seat || speaker === seat));
}

/** Show the wording in all columns at once, and let the one-click restatement name the new revision. */
async function rewrite(text: Text, original: string, texts: Texts): Promise<void> {
  const reaffirm = document.querySelector<HTMLFormElement>('[data-when="reaffirm"]');
  if (reaffirm) {
    reaffirm.querySelector<HTMLInputElement>("[name=revision]")!.value = String(text.revision);
    reaffirm.querySelector("button")!.textContent = _("Reaffirm for Rev.%(revision)s", { revision: text.revision });
  }
  const columns = [...document.querySelectorAll<HTMLElement>("[data-field='wording']")];
  const found = await Promise.all(
    columns.map((column) => texts.get(text.wording[column.dataset["tongue"] ?? ""] ?? text.wording[original] ?? "")),
  );
  for (const [at, column] of columns.entries()) {
    const said = found[at]!;
    write(column, { ...said, lang: said.lang ?? column.dataset["tongue"] ?? null });
    column.classList.add("arrived");
  }
}

function tell(text: string, link: string): void {
  const note = document.querySelector<HTMLElement>("[data-field='moved']");
  if (!note) return;
  const again = document.createElement("a");
  again.href = window.location.pathname + window.location.search;
  again.textContent = link;
  note.replaceChildren(`${text} `, again);
  note.hidden = false;
  announce(text, "text");
}
