/**
 * The desk, live: patches what the server rendered, sends positions without leaving the page, and keeps what is being
 * written. Opening another paragraph is an ordinary link.
 */
import { Forms } from "./desk/forms";
import { keepMine } from "./desk/mine";
import { answered, keepQuestion } from "./desk/question";
import { keepText } from "./desk/text";
import { keepVoices } from "./desk/voices";
import { _, loadStrings } from "./lib/i18n";
import { Live, readPage, showStatus } from "./lib/live";
import { Outbox } from "./lib/outbox";
import { patchPage } from "./lib/patch";
import { Texts } from "./lib/texts";

async function start(): Promise<void> {
  const page = readPage();
  if (!page) return;
  document.querySelector(".clauses [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  await loadStrings(page.strings);
  const live = new Live(page);
  const texts = new Texts(live);
  showStatus(live);
  patchPage(live);
  keepVoices(live, texts);
  const needs = keepMine(live);
  keepQuestion(live, needs);
  keepText(live, texts);
  new Forms(live, new Outbox(live), (command) => {
    answered(command);
    needs();
  });
  live.start();
}

void start();
