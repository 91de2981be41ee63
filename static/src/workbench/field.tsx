/** The position graph by WebGL (sigma), for more stakeholders than SVG moves smoothly. Loaded only when it is needed. */
import Graphology from "graphology";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import Sigma from "sigma";
import type { Graph } from "./model";
import { partner } from "./model";
import type { PictureProps } from "./picture";

interface Colours {
  ink: string;
  sheet: string;
  faint: string;
  congruence: string;
  conflict: string;
  groups: string[];
}

/** Whether this browser can draw so at all. */
export function canDraw(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

export function Field({ graph, size, shown, chosen, onChoose, onLook }: PictureProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Sigma | null>(null);
  const looked = useRef<number | null>(null);
  const view = useRef({ graph, shown, chosen, onChoose, onLook });
  view.current = { graph, shown, chosen, onChoose, onLook };

  useEffect(() => {
    if (!box.current) return;
    const colours = read(box.current);
    const near = (n: number): boolean => {
      const at = looked.current ?? view.current.chosen;
      return at === null || n === at || (view.current.graph.nodes[at]?.ties ?? []).some((tie) => partner(tie, at) === n);
    };
    const sigma = new Sigma(new Graphology(), box.current, {
      allowInvalidContainer: true,
      labelColor: { color: colours.ink },
      labelFont: "system-ui, sans-serif",
      labelSize: 12,
      labelRenderedSizeThreshold: 4,
      minEdgeThickness: 0.6,
      zIndex: true,
      nodeReducer: (key, data) => {
        const n = Number(key);
        const at = looked.current ?? view.current.chosen;
        return near(n) ? { ...data, forceLabel: at !== null, zIndex: 1 } : { ...data, color: colours.faint, label: "", zIndex: 0 };
      },
      edgeReducer: (_key, data) => {
        const at = looked.current ?? view.current.chosen;
        const mine = at === null || data["one"] === at || data["other"] === at;
        const on = data["weight"] > 0 ? view.current.shown.congruence : view.current.shown.conflict;
        return { ...data, hidden: !on || !mine, size: at === null ? data["size"] : 2 * data["size"] };
      },
    });
    const look = (n: number | null): void => {
      looked.current = n;
      view.current.onLook(n);
      sigma.refresh({ skipIndexation: true });
    };
    sigma.on("enterNode", ({ node }) => look(Number(node)));
    sigma.on("leaveNode", () => look(null));
    sigma.on("clickNode", ({ node }) => view.current.onChoose(view.current.chosen === Number(node) ? null : Number(node)));
    sigma.on("clickStage", () => view.current.onChoose(null));
    drawn.current = sigma;
    fill(sigma, graph, colours);
    return () => sigma.kill();
  }, []);

  useEffect(() => {
    if (drawn.current && box.current) fill(drawn.current, graph, read(box.current));
  }, [graph]);
  useEffect(() => void drawn.current?.refresh({ skipIndexation: true }), [shown.congruence, shown.conflict, chosen]);
  useEffect(() => void drawn.current?.resize(), [size.width, size.height]);

  return <div class="field-of-ties" ref={box} aria-hidden="true" />;
}

function fill(sigma: Sigma, graph: Graph, colours: Colours): void {
  const next = new Graphology({ multi: false, type: "undirected" });
  for (const [n, node] of graph.nodes.entries()) {
    const color = colours.groups[node.group] ?? colours.groups[colours.groups.length - 1];
    next.addNode(String(n), { x: node.x, y: node.y, size: 4.5, label: node.name, color });
  }
  for (const tie of graph.ties) {
    const color = tie.weight > 0 ? colours.congruence : colours.conflict;
    next.addEdge(String(tie.one), String(tie.other), { ...tie, color, size: 0.6 + 1.4 * Math.abs(tie.weight) });
  }
  sigma.setGraph(next);
}

/** Sigma draws with colours, not with style sheets: they are read from the tokens. */
function read(box: Element): Colours {
  const style = getComputedStyle(box);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: token("--ink"),
    sheet: token("--sheet"),
    faint: token("--rule"),
    congruence: token("--tie"),
    conflict: token("--untie"),
    groups: ["--g0", "--g1", "--g2", "--g3", "--g4", "--g5", "--gx"].map(token),
  };
}
