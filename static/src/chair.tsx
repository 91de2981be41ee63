/**
 * The chair's pages. The matrix is drawn here and follows every push at once; everything else is the server's HTML,
 * fetched again when something changed (`lib/refresh.ts`). Countdowns tick, and a page whose window runs out is
 * fetched at that moment.
 */
import { render } from "preact";
import { flash, Matrix } from "./chair/matrix";
import { Model, type Data } from "./chair/model";
import { loadStrings } from "./lib/i18n";
import { Live, readPage, showStatus } from "./lib/live";
import { keepFresh } from "./lib/refresh";
import { keepTime } from "./lib/time";

function readData(from: Document): Data | null {
  const found = from.getElementById("matrix-data");
  return found ? (JSON.parse(found.textContent || "null") as Data | null) : null;
}

class Table {
  model: Model;
  private readonly where: HTMLElement;
  private fold: string | null = null;

  constructor(
    data: Data,
    where: HTMLElement,
    private readonly refresh: () => void,
  ) {
    this.where = where;
    this.model = new Model(data);
    this.draw();
  }

  draw(): void {
    render(<Matrix model={this.model} onOpen={(clause) => this.open(clause)} />, this.where);
  }

  /** Draw anew from a fresh page, where a seat or a paragraph was added. */
  replace(data: Data): void {
    const open = this.model.data.clauses[this.model.open.peek()]?.id;
    this.model = new Model({ ...data, open: open ?? data.open });
    this.draw();
  }

  /** Take changed cells; false when the matrix no longer fits. */
  take(keys: string[], value: (key: string) => unknown): boolean {
    const changed = this.model.take(keys, value);
    if (!changed) return false;
    requestAnimationFrame(() => flash(this.where, this.model, changed));
    return true;
  }

  /** Open a paragraph by its id, with one of its folds, and bring it into view; false where it is not known. */
  openById(id: string, fold?: string): boolean {
    const clause = this.model.data.clauses.findIndex((known) => known.id === id);
    if (clause < 0) return false;
    this.fold = fold ?? null;
    this.open(clause);
    return true;
  }

  /** After a refresh: what was asked for is shown. */
  settle(): void {
    if (this.fold === null) return;
    const fold = document.getElementById(this.fold);
    if (fold instanceof HTMLDetailsElement) fold.open = true;
    document.getElementById("open")?.scrollIntoView({ block: "nearest" });
    this.fold = null;
  }

  private open(clause: number): void {
    const chosen = this.model.data.clauses[clause];
    if (!chosen) return;
    this.model.open.value = clause;
    const url = new URL(window.location.href);
    url.searchParams.set("clause", chosen.id);
    window.history.replaceState(null, "", url);
    this.refresh();
  }
}

/** The folds of the open paragraph, by what it needs. */
const FOLDS: Record<string, string> = { reaffirm: "reaffirm", awaiting: "awaiting", not_heard: "unheard" };

/** What a click does besides following links: open a paragraph in place, tick a whole group. */
function listen(table: Table | null): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const link = target.closest<HTMLElement>("[data-open]");
    if (link && table && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      if (!table.openById(link.dataset["open"] ?? "", FOLDS[link.dataset["who"] ?? ""])) return;
      event.preventDefault();
    }
    const group = target.closest("[data-tick]")?.closest("fieldset");
    const boxes = [...(group?.querySelectorAll<HTMLInputElement>("input[type=checkbox]") ?? [])];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}

async function start(): Promise<void> {
  const page = readPage();
  if (!page) return;
  await loadStrings(page.strings);
  const data = readData(document);
  if (data) page.seats = data.seats.map((seat) => seat.id);
  const live = new Live(page);
  showStatus(live);
  let anew = false;
  const follow = page.page === "chair" ? ["clause/", "cannot/", "chair/", "round", "question", "decision/", "text/", "seat"] : [""];
  const refresh = keepFresh(live, follow, {
    whole: () => anew,
    onFresh: (fresh) => {
      const next = anew ? readData(fresh) : null;
      if (next && table) {
        anew = false;
        table.replace(next);
      }
      table?.settle();
      keepTime(refresh);
    },
  });
  const where = document.getElementById("matrix");
  const table = data && where ? new Table(data, where, refresh) : null;
  live.subscribe("cell/", (keys, board) => {
    if (table && !table.take(keys, (key) => board.get(key))) {
      anew = true;
      refresh();
    }
  });
  keepTime(refresh);
  listen(table);
  live.start();
}

void start();
