import { useEffect, useRef, useState } from "preact/hooks";
import type { Point } from "./geometry";

const MOVE_MS = 700;

/** Where marks are drawn while they move to where they belong now. */
export function useMoving(wanted: Point[], atOnce: boolean): Point[] {
  const [shown, setShown] = useState(wanted);
  const from = useRef(wanted);
  const now = useRef(wanted);
  useEffect(() => {
    from.current = now.current;
    const still = atOnce || window.matchMedia("(prefers-reduced-motion: reduce)").matches || from.current.length !== wanted.length;
    const begin = performance.now();
    let frame = 0;
    const step = (time: number): void => {
      const t = still ? 1 : Math.min(1, (time - begin) / MOVE_MS);
      const eased = 1 - (1 - t) ** 3;
      now.current = wanted.map(([x, y], n) => {
        const [a, b] = from.current[n] ?? [x, y];
        return [a + (x - a) * eased, b + (y - b) * eased];
      });
      setShown(now.current);
      if (t < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [wanted]);
  return shown.length === wanted.length ? shown : wanted;
}
