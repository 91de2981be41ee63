/** What every page has: menus that close when one is done with them, local times, drafts forgotten on leaving. */

/** A menu closes by Escape, by a click elsewhere, and when the focus leaves it. */
function keepMenus(): void {
  const open = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(event.target as Node)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}

/** A deadline in the reader's own time, where that is not UTC. */
function showLocalTimes(): void {
  const say = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
  for (const shown of document.querySelectorAll<HTMLElement>("[data-local]")) {
    const at = new Date(shown.dataset["local"] ?? "");
    if (!Number.isNaN(at.getTime()) && at.getTimezoneOffset() !== 0) shown.textContent = `(${say.format(at)})`;
  }
}

/** What stays on top has the height of its contents: the rest of the page is laid out below it. */
function measureTop(): void {
  const top = document.querySelector<HTMLElement>(".around");
  if (!top) return;
  const measured = (): void => document.documentElement.style.setProperty("--around", `${Math.ceil(top.getBoundingClientRect().height)}px`);
  new ResizeObserver(measured).observe(top);
}

keepMenus();
measureTop();
showLocalTimes();
document.addEventListener("submit", (event) => {
  if (!(event.target as HTMLElement).dataset["forgets"]) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("deliberate:draft:")) localStorage.removeItem(key);
});

export {};
