/** Countdowns: `<time data-until="…">` ticks by the server's clock, and the page is fetched when a window runs out. */
import { _ } from "./i18n";

let timer: number | undefined;
let skew: number | null = null;

/** Start or go on counting; `over` is called once when the next window runs out. */
export function keepTime(over: () => void): void {
  window.clearInterval(timer);
  const server = Date.parse(document.body.dataset["at"] ?? "");
  skew ??= Number.isNaN(server) ? 0 : server - Date.now();
  const until = [...document.querySelectorAll<HTMLElement>("time[data-until]")].filter((time) => left(time) > 0);
  if (until.length === 0) return;
  const tick = (): void => {
    for (const time of until) time.textContent = say(left(time));
    if (until.some((time) => left(time) <= 0)) {
      window.clearInterval(timer);
      window.setTimeout(over, 250); // the server's clock must have passed it too
    }
  };
  tick();
  timer = window.setInterval(tick, 1_000);
}

/** Milliseconds until the element's moment, by the server's clock. */
function left(time: HTMLElement): number {
  return Date.parse(time.dataset["until"] ?? "") - Date.now() - (skew ?? 0);
}

function say(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 120) return _("%(n)s s", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  return minutes < 120
    ? _("%(minutes)s min %(seconds)s s", { minutes, seconds: String(seconds % 60).padStart(2, "0") })
    : _("%(hours)s h %(minutes)s min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
