/** The position graph as the report has it (`deliberate/consensus/live.py`): who is drawn where, tied to whom. */

/** [node, node, weight, congruence, conflict, common clauses]; nodes counted from 0. */
export type RawTie = [one: number, other: number, weight: number, congruence: number, conflict: number, common: number];

export interface Report {
  version: number;
  network: {
    nodes: { code: string; regional_group: string; x: number; y: number }[];
    edges: RawTie[];
  };
}

/** Names and groups in the reader's language, from the page. */
export interface Names {
  /** The version of the report that the page shows, or null. */
  report: number | null;
  names: Record<string, string>;
  groups: { id: string; name: string }[];
}

export interface Node {
  code: string;
  name: string;
  /** The place of its regional group among the groups, or -1; and its name, or nothing. */
  group: number;
  groupName: string;
  x: number;
  y: number;
  ties: Tie[];
}

export interface Tie {
  one: number;
  other: number;
  weight: number;
  common: number;
}

export interface Graph {
  nodes: Node[];
  ties: Tie[];
}

/** Shapes of the declared regional groups, in the order of declaring; the last is for none and for more groups. */
export const SHAPES = ["circle", "square", "triangle", "diamond", "down", "hexagon"] as const;
export type Shape = (typeof SHAPES)[number] | "ring";

export function shapeOf(group: number): Shape {
  return SHAPES[group] ?? "ring";
}

export function readGraph(report: Report, names: Names): Graph {
  const groupAt = new Map(names.groups.map((group, n) => [group.id, n]));
  const nodes: Node[] = report.network.nodes.map(({ code, regional_group, x, y }) => {
    const group = groupAt.get(regional_group) ?? -1;
    return { code, name: names.names[code] ?? code, group, groupName: names.groups[group]?.name ?? "", x, y, ties: [] };
  });
  const ties = report.network.edges.map(([one, other, weight, , , common]) => ({ one, other, weight, common }));
  for (const tie of ties) {
    nodes[tie.one]?.ties.push(tie);
    nodes[tie.other]?.ties.push(tie);
  }
  return { nodes, ties };
}

/** Who is at the other end of a tie of the node. */
export function partner(tie: Tie, node: number): number {
  return tie.one === node ? tie.other : tie.one;
}
