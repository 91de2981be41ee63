/** The record, live: statuses and revisions as they change; what stands beside them is a load away, and the page says so. */
import { loadStrings } from "./lib/i18n";
import { Live, readPage, showStatus } from "./lib/live";
import { patchPage } from "./lib/patch";

async function start(): Promise<void> {
  const page = readPage();
  if (!page) return;
  await loadStrings(page.strings);
  const live = new Live(page);
  showStatus(live);
  patchPage(live);
  const moved = (): void => document.querySelector("[data-moved]")?.removeAttribute("hidden");
  for (const prefix of ["text/", "decision/", "round", "seat"]) live.subscribe(prefix, moved);
  live.start();
}

void start();
