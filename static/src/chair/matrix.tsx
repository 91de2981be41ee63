/**
 * The live matrix: who holds what on which paragraph. A real grid: one cell is in the tab order, arrow keys move, Home
 * and End go to the ends, Enter opens the paragraph; every cell says itself in words.
 *
 * Lines are boxes of their own, so that a browser lays out and paints only those in sight (`content-visibility` in
 * _style-chair.css): 250 seats by 60 paragraphs are 15,000 cells.
 */
import { useSignal, type Signal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { memo } from "preact/compat";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { _ } from "../lib/i18n";
import { cellClass, cellMark, cellWords } from "../lib/words";
import type { At, Group, Model } from "./model";

const PAGE_LINES = 10;

export interface MatrixProps {
  model: Model;
  /** Called with the index of the paragraph that was chosen. */
  onOpen: (clause: number) => void;
}

/** A place in the grid: line 0 is the head, the others are seats in the order of the groups. */
interface Place {
  line: number;
  clause: number;
}

export function Matrix({ model, onOpen }: MatrixProps): JSX.Element {
  const { groups, clauses } = model.data;
  const grid = useRef<HTMLDivElement>(null);
  const active = useRef<HTMLElement | null>(null);
  const seats = useMemo(() => groups.flatMap((group) => group.seats), [groups]);
  const reading = useSignal<At | null>(null);

  /** Make an element the one that Tab comes to. */
  function activate(cell: HTMLElement | null): void {
    if (!cell || cell === active.current) return;
    active.current?.removeAttribute("tabindex");
    cell.setAttribute("tabindex", "0");
    active.current = cell;
  }

  useLayoutEffect(() => {
    if (!active.current?.isConnected) activate(element(grid.current, { line: 0, clause: model.open.peek() }));
  });

  function go(to: Place): void {
    const cell = element(grid.current, {
      line: clamp(to.line, 0, seats.length),
      clause: clamp(to.clause, 0, clauses.length - 1),
    });
    activate(cell);
    cell?.focus();
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function onKeyDown(event: TargetedKeyboardEvent<HTMLDivElement>): void {
    const at = placeOf(event.target);
    if (!at || event.altKey || event.metaKey) return;
    const to = moved(at, event, seats.length, clauses.length);
    if (to) go(to);
    else if (event.key === "Enter" || event.key === " ") onOpen(at.clause);
    else return;
    event.preventDefault();
  }

  function read(target: EventTarget | null): void {
    const at = placeOf(target);
    const seat = at ? seats[at.line - 1] : undefined;
    reading.value = at && seat !== undefined ? { seat, clause: at.clause } : null;
  }

  return (
    <>
      <div class="matrix-scroll">
        <div
          ref={grid}
          class="matrix"
          role="grid"
          aria-readonly="true"
          aria-labelledby="matrix-title"
          aria-rowcount={seats.length + groups.length + 1}
          aria-colcount={clauses.length + 1}
          style={{ "--paragraphs": String(clauses.length) }}
          onKeyDown={onKeyDown}
          onMouseDown={(event) => activate(cellOf(event.target))}
          onClick={(event) => {
            const at = placeOf(event.target);
            if (at) onOpen(at.clause);
          }}
          onFocusIn={(event) => {
            activate(cellOf(event.target));
            read(event.target);
          }}
          onMouseOver={(event) => read(event.target)}
          onMouseLeave={() => read(document.activeElement)}
        >
          <Strip open={model.open} />
          <div role="rowgroup" class="heads">
            <div role="row" class="line" data-line="0">
              <div role="columnheader" class="corner">
                <span class="vh">{_("Stakeholder")}</span>
              </div>
              {clauses.map((clause, n) => (
                <Head key={clause.id} number={clause.number} title={clause.title} at={n} open={model.open} />
              ))}
            </div>
          </div>
          {groups.map((group, n) => (
            <div role="rowgroup" key={n}>
              <GroupHead group={group} model={model} />
              {group.seats.map((seat) => (
                <Line key={seat} seat={seat} line={seats.indexOf(seat) + 1} model={model} />
              ))}
            </div>
          ))}
        </div>
      </div>
      <Reading model={model} at={reading} />
    </>
  );
}

/** The column of the open paragraph, marked behind the cells. */
function Strip({ open }: { open: Signal<number> }): JSX.Element {
  return <div class="strip" aria-hidden="true" style={{ "--at": String(open.value) }} />;
}

interface HeadProps {
  number: string;
  title: string;
  at: number;
  open: Signal<number>;
}

function Head({ number, title, at, open }: HeadProps): JSX.Element {
  const here = open.value === at;
  return (
    <div role="columnheader" class={here ? "open" : undefined} aria-selected={here} title={title}>
      {number}
    </div>
  );
}

function GroupHead({ group, model }: { group: Group; model: Model }): JSX.Element {
  const open = model.open.value;
  const clause = model.data.clauses[open];
  return (
    <div role="row" class="line group">
      <div role="rowheader" aria-colspan={model.data.clauses.length + 1}>
        {group.label}{" "}
        {clause && (
          <span class="soft">
            {_("%(heard)s of %(all)s heard on %(number)s", {
              heard: model.heard(group, open),
              all: group.seats.length,
              number: clause.number,
            })}
          </span>
        )}
      </div>
    </div>
  );
}

interface LineProps {
  seat: number;
  line: number;
  model: Model;
}

const Line = memo(function Line({ seat, line, model }: LineProps): JSX.Element {
  const codes = model.rows[seat]?.value ?? "";
  const cells: JSX.Element[] = [];
  for (let clause = 0; 2 * clause < codes.length; clause++) {
    const code = codes.slice(2 * clause, 2 * clause + 2);
    cells.push(
      <div role="gridcell" aria-label={say(model, { seat, clause }, code)}>
        <span class={`st ${cellClass(code)}`}>{cellMark(code)}</span>
      </div>,
    );
  }
  return (
    <div role="row" class="line" data-line={line}>
      <div role="rowheader">{model.data.seats[seat]?.name}</div>
      {cells}
    </div>
  );
});

/** The cell under the pointer or the focus in words, for those who see; screen readers have each cell's own name. */
function Reading({ model, at }: { model: Model; at: Signal<At | null> }): JSX.Element {
  const hint = _("Point at a cell, or move with the arrow keys, to read it in words. Enter opens the paragraph.");
  return (
    <p class="reading" aria-hidden="true">
      {at.value ? say(model, at.value) : hint}
    </p>
  );
}

/** What a cell says in words. */
export function say(model: Model, at: At, code = model.cell(at)): string {
  return _("%(who)s, %(paragraph)s: %(what)s", {
    who: model.data.seats[at.seat]?.name ?? "",
    paragraph: model.data.clauses[at.clause]?.number ?? "",
    what: cellWords(code),
  });
}

/** Where a key leads, or null for a key that leads nowhere. */
function moved({ line, clause }: Place, event: TargetedKeyboardEvent<HTMLDivElement>, lines: number, clauses: number): Place | null {
  const forward = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
  switch (event.key) {
    case "ArrowRight":
      return { line, clause: clause + forward };
    case "ArrowLeft":
      return { line, clause: clause - forward };
    case "ArrowDown":
      return { line: line + 1, clause };
    case "ArrowUp":
      return { line: line - 1, clause };
    case "PageDown":
      return { line: line + PAGE_LINES, clause };
    case "PageUp":
      return { line: line - PAGE_LINES, clause };
    case "Home":
      return { line: event.ctrlKey ? 0 : line, clause: 0 };
    case "End":
      return { line: event.ctrlKey ? lines : line, clause: clauses - 1 };
    default:
      return null;
  }
}

/** The cell or head that holds a target of an event. */
function cellOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(".line > :is([role=gridcell], [role=columnheader]:not(.corner))") : null;
}

function placeOf(target: EventTarget | null): Place | null {
  const cell = cellOf(target);
  const line = cell?.parentElement;
  return cell && line ? { line: Number(line.dataset["line"]), clause: [...line.children].indexOf(cell) - 1 } : null;
}

function element(grid: ParentNode | null, { line, clause }: Place): HTMLElement | null {
  return (grid?.querySelector(`[data-line="${line}"]`)?.children[clause + 1] as HTMLElement | undefined) ?? null;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Let the eye find what just changed. */
export function flash(grid: ParentNode, model: Model, changed: At[]): void {
  const seats = model.data.groups.flatMap((group) => group.seats);
  for (const { seat, clause } of changed.slice(0, 200)) {
    const mark = element(grid, { line: seats.indexOf(seat) + 1, clause })?.firstElementChild;
    if (!mark) continue;
    mark.classList.add("arrived");
    mark.addEventListener("animationend", () => mark.classList.remove("arrived"), { once: true });
  }
}
