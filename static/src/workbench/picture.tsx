/**
 * The position graph as SVG: for up to some hundred stakeholders, and wherever WebGL is missing. Marks have the shape
 * of the declared regional group; ties of congruence are solid, of conflict dashed. One mark is in the tab order,
 * arrow keys go to the nearest in that direction, Enter keeps its neighbours shown, + and − go closer and farther.
 */
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent, TargetedWheelEvent } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { _ } from "../lib/i18n";
import { fit, neighbours, scale, seen, towards, WHOLE, type Point, type Size } from "./geometry";
import { place } from "./labels";
import { Mark } from "./mark";
import { shapeOf, type Graph } from "./model";
import { useMoving } from "./moving";
import { nodeWords } from "./words";

const CLOSER = 1.5;
const CLOSEST = 12;

export interface Shown {
  congruence: boolean;
  conflict: boolean;
}

export interface PictureProps {
  graph: Graph;
  size: Size;
  shown: Shown;
  /** The stakeholder whose ties are looked at, or null. */
  chosen: number | null;
  onChoose: (at: number | null) => void;
  onLook: (at: number | null) => void;
}

export function Picture({ graph, size, shown, chosen, onChoose, onLook }: PictureProps): JSX.Element {
  const svg = useRef<SVGSVGElement>(null);
  const [looked, setLooked] = useState<number | null>(null);
  const [tab, setTab] = useState(0);
  const [view, setView] = useState(WHOLE);
  const dragged = useRef(false);
  const wanted = useMemo(() => seen(fit(graph.nodes, size), size, view), [graph, size.width, size.height, view]);
  const places = useMoving(wanted, dragged.current);
  const radius = graph.nodes.length > 120 ? 4.5 : graph.nodes.length > 60 ? 6 : 7;
  const at = looked ?? chosen;
  const ties = graph.ties.filter((tie) => (tie.weight > 0 ? shown.congruence : shown.conflict));
  const strength = useMemo(() => scale(graph), [graph]);
  const near = useMemo(() => neighbours(ties, at), [graph, at, shown.congruence, shown.conflict]);
  const labels = useMemo(() => {
    const marks = wanted.map(([x, y], n) => ({ x, y, name: graph.nodes[n]?.name ?? "", weight: n === at ? Infinity : (graph.nodes[n]?.ties.length ?? 0) }));
    return place(marks, size, radius, at === null ? undefined : new Set([...near, at]));
  }, [wanted, size.width, size.height, radius, at, near]);

  function look(next: number | null): void {
    setLooked(next);
    onLook(next);
  }

  /** Go closer by a factor, towards the stakeholder looked at; 0 shows the whole. */
  function zoom(by: number, towards: Point | undefined = at === null ? undefined : wanted[at]): void {
    dragged.current = false;
    setView((now) => {
      const scale = Math.min(CLOSEST, Math.max(1, now.scale * by));
      if (scale === 1) return WHOLE;
      const [x, y] = towards ? [towards[0] / size.width - 0.5, towards[1] / size.height - 0.5] : [0, 0];
      const keep = 1 / now.scale - 1 / scale; // the point under the pointer stays where it is
      return { scale, x: now.x + x * keep, y: now.y + y * keep };
    });
  }

  /** Bring a mark that lies outside of the view into its middle. */
  function reveal(n: number): void {
    const [x, y] = wanted[n] ?? [0, 0];
    if (x >= 0 && y >= 0 && x <= size.width && y <= size.height) return;
    setView((now) => ({
      scale: now.scale,
      x: now.x + (x / size.width - 0.5) / now.scale,
      y: now.y + (y / size.height - 0.5) / now.scale,
    }));
  }

  function onPointerDown(event: TargetedPointerEvent<SVGSVGElement>): void {
    if (view.scale === 1 || event.button !== 0 || (event.target as Element).closest(".node")) return;
    const box = event.currentTarget;
    const [startX, startY] = [event.clientX, event.clientY];
    const ratio = size.width / box.getBoundingClientRect().width;
    const move = (to: PointerEvent): void => {
      dragged.current = true;
      const [dx, dy] = [(to.clientX - startX) * ratio, (to.clientY - startY) * ratio];
      setView({ ...view, x: view.x - dx / size.width / view.scale, y: view.y - dy / size.height / view.scale });
    };
    box.setPointerCapture(event.pointerId);
    box.addEventListener("pointermove", move);
    box.addEventListener("pointerup", () => box.removeEventListener("pointermove", move), { once: true });
  }

  function onWheel(event: TargetedWheelEvent<SVGSVGElement>): void {
    if (!event.ctrlKey && !event.metaKey) return; // the page scrolls as ever
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    const ratio = size.width / box.width;
    zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio]);
  }

  function onKeyDown(event: TargetedKeyboardEvent<SVGSVGElement>): void {
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (direction) {
      const next = towards(wanted, tab, direction as Point);
      if (next !== null) svg.current?.querySelector<SVGElement>(`[data-node="${next}"]`)?.focus();
    } else if (event.key === "+" || event.key === "=") zoom(CLOSER);
    else if (event.key === "-") zoom(1 / CLOSER);
    else if (event.key === "0") zoom(0);
    else if (event.key === "Enter" || event.key === " ") onChoose(chosen === tab ? null : tab);
    else if (event.key === "Escape") onChoose(null);
    else return;
    event.preventDefault();
  }

  return (
    <>
    <p class="zoom">
      <button type="button" class="btn" onClick={() => zoom(CLOSER)} aria-label={_("Closer")} disabled={view.scale >= CLOSEST}>
        +
      </button>
      <button type="button" class="btn" onClick={() => zoom(1 / CLOSER)} aria-label={_("Farther")} disabled={view.scale === 1}>
        −
      </button>
      <button type="button" class="btn" onClick={() => zoom(0)} disabled={view.scale === 1}>
        {_("Whole")}
      </button>
    </p>
    <svg
      ref={svg}
      class={(at === null ? "net" : "net looking") + (view.scale > 1 ? " close" : "")}
      onPointerDown={onPointerDown}
      onWheel={onWheel}
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="group"
      aria-label={_("Position graph of %(n)s stakeholders. The tables below say the same.", { n: graph.nodes.length })}
      onKeyDown={onKeyDown}
      onClick={(event) => event.target === svg.current && onChoose(null)}
    >
      <g aria-hidden="true">
        {ties.map((tie) => {
          const [a, b] = [places[tie.one], places[tie.other]];
          if (!a || !b) return null;
          const mine = at !== null && (tie.one === at || tie.other === at);
          return (
            <line
              key={`${tie.one}-${tie.other}`}
              class={(tie.weight > 0 ? "congruence" : "conflict") + (mine ? " mine" : "")}
              x1={a[0]}
              y1={a[1]}
              x2={b[0]}
              y2={b[1]}
              stroke-width={0.6 + 1.2 * strength(tie.weight)}
              stroke-opacity={mine ? 1 : (tie.weight > 0 ? 0.14 : 0.1) + 0.34 * strength(tie.weight)}
            />
          );
        })}
      </g>
      {graph.nodes.map((node, n) => {
        const [x, y] = places[n] ?? [0, 0];
        return (
          <g
            key={node.code}
            class={`node g${node.group < 0 || node.group > 5 ? "x" : node.group}${n === at ? " at" : near.has(n) ? " near" : ""}`}
            transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
            role="button"
            tabIndex={n === tab ? 0 : -1}
            data-node={n}
            aria-label={nodeWords(graph, n)}
            aria-pressed={n === chosen}
            onFocus={() => {
              setTab(n);
              look(n);
              reveal(n);
            }}
            onBlur={() => look(null)}
            onMouseEnter={() => look(n)}
            onMouseLeave={() => look(null)}
            onClick={() => onChoose(chosen === n ? null : n)}
          >
            <circle class="reach" r={Math.max(12, radius + 4)} />
            <Mark shape={shapeOf(node.group)} radius={radius} />
          </g>
        );
      })}
      <g class="labels" aria-hidden="true">
        {labels.map((label) => {
          const [x, y] = wanted[label.at] ?? [0, 0];
          const [nowX, nowY] = places[label.at] ?? [0, 0];
          return (
            <text
              key={label.at}
              x={(label.x + nowX - x).toFixed(1)}
              y={(label.y + nowY - y).toFixed(1)}
              text-anchor={label.anchor}
              dy=".34em"
            >
              {graph.nodes[label.at]?.name}
            </text>
          );
        })}
      </g>
    </svg>
    </>
  );
}
