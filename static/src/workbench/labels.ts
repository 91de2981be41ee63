/** Which names to write beside their marks: the best tied first, as long as no name covers a mark or another name. */

export interface Mark {
  x: number;
  y: number;
  name: string;
  weight: number;
}

export interface Label {
  at: number;
  x: number;
  y: number;
  anchor: "start" | "end" | "middle";
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const HEIGHT = 15;
const GAP = 4;

/** About how wide a name is at 13 px: characters of Chinese, Japanese and Korean are twice as wide as Latin ones. */
export function width(name: string): number {
  let wide = 0;
  for (const character of name) wide += (character.codePointAt(0) ?? 0) >= 0x2e80 ? 13 : 6.9;
  return wide;
}

/** Place labels in a picture of this size; `radius` is that of the marks. `only` these names are wanted, all without it. */
export function place(
  marks: Mark[],
  size: { width: number; height: number },
  radius: number,
  only?: ReadonlySet<number>,
): Label[] {
  const taken: Box[] = marks.map(({ x, y }) => around(x, y, radius + 1));
  const labels: Label[] = [];
  const order = marks.map((_mark, at) => at).sort((a, b) => (marks[b]?.weight ?? 0) - (marks[a]?.weight ?? 0) || a - b);
  for (const at of order) {
    const mark = marks[at];
    if (!mark || (only && !only.has(at))) continue;
    const wide = width(mark.name);
    for (const candidate of candidates(mark, wide, radius)) {
      const { box } = candidate;
      const inside = box.left >= 2 && box.top >= 2 && box.right <= size.width - 2 && box.bottom <= size.height - 2;
      if (!inside || taken.some((other, n) => n !== at && meet(other, box))) continue;
      taken.push(box);
      labels.push({ at, x: candidate.x, y: candidate.y, anchor: candidate.anchor });
      break;
    }
  }
  return labels;
}

function* candidates(mark: Mark, wide: number, radius: number): Generator<Omit<Label, "at"> & { box: Box }> {
  const { x, y } = mark;
  const away = radius + GAP;
  const up = y - HEIGHT / 2;
  yield { x: x + away, y, anchor: "start", box: { left: x + away, right: x + away + wide, top: up, bottom: up + HEIGHT } };
  yield { x: x - away, y, anchor: "end", box: { left: x - away - wide, right: x - away, top: up, bottom: up + HEIGHT } };
  for (const [dy, top] of [
    [-(away + HEIGHT / 2), y - away - HEIGHT],
    [away + HEIGHT / 2, y + away],
  ] as const)
    yield { x, y: y + dy, anchor: "middle", box: { left: x - wide / 2, right: x + wide / 2, top, bottom: top + HEIGHT } };
}

function around(x: number, y: number, radius: number): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function meet(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
