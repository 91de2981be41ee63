/** The marks of stakeholders: a shape for each declared regional group. */
import type { JSX } from "preact";
import type { Shape } from "./model";

export function Mark({ shape, radius }: { shape: Shape; radius: number }): JSX.Element {
  const r = radius;
  switch (shape) {
    case "square":
      return <rect class="mark" x={-0.88 * r} y={-0.88 * r} width={1.76 * r} height={1.76 * r} />;
    case "triangle":
      return <path class="mark" d={`M0 ${-1.15 * r}L${1.1 * r} ${0.8 * r}H${-1.1 * r}Z`} />;
    case "down":
      return <path class="mark" d={`M0 ${1.15 * r}L${1.1 * r} ${-0.8 * r}H${-1.1 * r}Z`} />;
    case "diamond":
      return <path class="mark" d={`M0 ${-1.25 * r}L${1.1 * r} 0L0 ${1.25 * r}L${-1.1 * r} 0Z`} />;
    case "hexagon":
      return <path class="mark" d={`M${-r} 0L${-0.5 * r} ${-0.9 * r}H${0.5 * r}L${r} 0L${0.5 * r} ${0.9 * r}H${-0.5 * r}Z`} />;
    case "ring":
      return <circle class="mark ring" r={0.85 * r} />;
    case "circle":
      return <circle class="mark" r={r} />;
  }
}
