/**
 * The workbench. The graph is drawn here from the report, whose coordinates the back office computed; the tables are
 * the server's, and are fetched again when a new report is told of. Both say of which version they are.
 */
import { render, type ComponentType, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { loadStrings, _ } from "./lib/i18n";
import { Live, readPage, showStatus } from "./lib/live";
import { keepFresh } from "./lib/refresh";
import { readGraph, shapeOf, type Graph, type Names, type Report } from "./workbench/model";
import { Mark } from "./workbench/mark";
import { Picture, type PictureProps } from "./workbench/picture";
import { nodeWords } from "./workbench/words";

/**
 * Up to this many stakeholders SVG draws: it can be read by keyboard and screen reader, and has shapes. Beyond, WebGL
 * does, where there is any: hovering over the 2,000 ties of 300 stakeholders is where SVG begins to lag.
 */
const SVG_NODES_MAX = 300;
const PROPORTION = 0.62;

type Drawer = ComponentType<PictureProps>;

function Workbench({ graph, names }: { graph: Graph; names: Names }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [shown, setShown] = useState({ congruence: true, conflict: true });
  const [chosen, setChosen] = useState<string | null>(null);
  const [looked, setLooked] = useState<number | null>(null);
  const Drawn = useDrawer(graph.nodes.length);

  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);

  const at = graph.nodes.findIndex((node) => node.code === chosen);
  const reading = looked ?? (at < 0 ? null : at);
  const congruence = graph.ties.filter((tie) => tie.weight > 0).length;
  const count = { congruence, conflict: graph.ties.length - congruence };
  const present = names.groups.map((group, n) => ({ ...group, n })).filter(({ n }) => graph.nodes.some((node) => node.group === n));
  const size = { width, height: Math.max(320, Math.round(width * PROPORTION)) };
  return (
    <>
      <div class="graph-tools">
        {(["congruence", "conflict"] as const).map((sign) => (
          <label class="choice" key={sign}>
            <input type="checkbox" checked={shown[sign]} onChange={(event) => setShown({ ...shown, [sign]: event.currentTarget.checked })} />
            <svg class="net sample" width="30" height="10" aria-hidden="true">
              <line class={sign} x1="1" y1="5" x2="29" y2="5" stroke-width="2" />
            </svg>
            {sign === "congruence" ? _("Congruence") : _("Conflict")} <span class="soft num">{count[sign]}</span>
          </label>
        ))}
        <label class="choice chooser">
          {_("Show")}{" "}
          <select value={chosen ?? ""} onChange={(event) => setChosen(event.currentTarget.value || null)}>
            <option value="">{_("all stakeholders")}</option>
            {graph.nodes.map((node) => (
              <option key={node.code} value={node.code}>
                {node.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="canvas" ref={box}>
        {width > 0 && Drawn && (
          <Drawn graph={graph} size={size} shown={shown} chosen={at < 0 ? null : at} onChoose={(n) => setChosen(n === null ? null : (graph.nodes[n]?.code ?? null))} onLook={setLooked} />
        )}
      </div>
      <p class="reading" aria-live="polite">
        {reading === null ? _("Point at a stakeholder, or move with the arrow keys, to see its ties.") : nodeWords(graph, reading)}
      </p>
      {present.length > 0 && (
        <ul class="legend" aria-label={_("Marks: declared regional groups")}>
          {present.map(({ n, name }) => (
            <li key={n}>
              <svg class="net" width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
                <g class={`node g${n > 5 ? "x" : n}`}>
                  <Mark shape={Drawn === Picture ? shapeOf(n) : "circle"} radius={6} />
                </g>
              </svg>
              {name}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** SVG for a hundred or so, WebGL for more. */
function useDrawer(nodes: number): Drawer | null {
  const [drawer, setDrawer] = useState<{ of: Drawer } | null>(nodes <= SVG_NODES_MAX ? { of: Picture } : null);
  useEffect(() => {
    if (nodes <= SVG_NODES_MAX) return setDrawer({ of: Picture });
    let wanted = true;
    void import("./workbench/field").then(({ canDraw, Field }) => {
      if (wanted) setDrawer({ of: canDraw() ? Field : Picture });
    });
    return () => {
      wanted = false;
    };
  }, [nodes > SVG_NODES_MAX]);
  return drawer?.of ?? null;
}

async function fetchReport(deliberation: string): Promise<Report | null> {
  const answer = await fetch(`/d/${encodeURIComponent(deliberation)}/report`, {
    headers: { Accept: "application/json" },
    credentials: "same-origin",
  });
  return answer.ok ? ((await answer.json()) as Report) : null;
}

function readNames(from: Document): Names {
  return JSON.parse(from.getElementById("graph-data")?.textContent || "{}") as Names;
}

async function start(): Promise<void> {
  const page = readPage();
  if (!page) return;
  await loadStrings(page.strings);
  const live = new Live(page);
  showStatus(live);
  let names = readNames(document);

  async function draw(): Promise<void> {
    const where = document.getElementById("graph");
    if (!where) return names.report === null ? undefined : window.location.reload(); // the first report is there
    const report = await fetchReport(page?.deliberation ?? "");
    if (report) render(<Workbench graph={readGraph(report, names)} names={names} />, where);
  }

  keepFresh(live, ["report"], {
    onFresh: (fresh) => {
      names = readNames(fresh);
      void draw();
    },
  });
  await draw();
  live.start();
}

void start();
