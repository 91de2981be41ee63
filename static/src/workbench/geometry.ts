/** Where marks are in the picture, and what of it is seen. The places themselves are the report's. */
import { partner, type Graph, type Node } from "./model";

export type Point = [x: number, y: number];

export interface Size {
  width: number;
  height: number;
}

const PADDING = 34;

/** How close one looks, and at which point of the whole picture (0 to 1 each way). */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0.5, y: 0.5 };

/** Fit the report's coordinates into the picture, keeping their proportions. */
export function fit(nodes: Node[], size: Size): Point[] {
  if (nodes.length === 0) return [];
  const xs = nodes.map((node) => node.x);
  const ys = nodes.map((node) => node.y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(
    (size.width - 2 * PADDING) / Math.max(right - left, 1e-9),
    (size.height - 2 * PADDING) / Math.max(bottom - top, 1e-9),
    size.width,
  );
  return nodes.map(({ x, y }) => [
    size.width / 2 + (x - (left + right) / 2) * scale,
    size.height / 2 - (y - (top + bottom) / 2) * scale,
  ]);
}

/** Where the marks of the whole picture are seen in a view of it. */
export function seen(places: Point[], size: Size, { scale, x, y }: View): Point[] {
  return places.map(([a, b]) => [
    size.width / 2 + (a - x * size.width) * scale,
    size.height / 2 + (b - y * size.height) * scale,
  ]);
}

/** How strong a tie is among those drawn, from 0 to 1, whichever its sign. */
export function scale(graph: Graph): (weight: number) => number {
  const all = graph.ties.map((tie) => Math.abs(tie.weight));
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return (weight) => (most > least ? (Math.abs(weight) - least) / (most - least) : 1);
}

/** Who is tied to the node that is looked at. */
export function neighbours(ties: Graph["ties"], at: number | null): Set<number> {
  const found = new Set<number>();
  if (at !== null) for (const tie of ties) if (tie.one === at || tie.other === at) found.add(partner(tie, at));
  return found;
}

/** The nearest mark in a direction, less what lies aside of it. */
export function towards(places: Point[], from: number, [dx, dy]: Point): number | null {
  const [x, y] = places[from] ?? [0, 0];
  let best: number | null = null;
  let least = Infinity;
  for (const [n, [a, b]] of places.entries()) {
    const ahead = (a - x) * dx + (b - y) * dy;
    if (n === from || ahead <= 0) continue;
    const aside = Math.abs((a - x) * dy) + Math.abs((b - y) * dx);
    const cost = ahead + 2 * aside;
    if (cost < least) [best, least] = [n, cost];
  }
  return best;
}
