/** A ring that empties while a code counts. */

import { s } from "./dom.js";

const RADIUS = 15;
const LENGTH = 2 * Math.PI * RADIUS;
/** Below this many seconds the ring warns. */
const SOON = 5;

/**
 * @returns {{element: SVGElement, set: (left: number, whole: number) => void}} `set` takes seconds
 */
export function makeRing() {
  const circle = { cx: 18, cy: 18, r: RADIUS };
  const track = s("circle", { ...circle, class: "ring-track" });
  const arc = s("circle", {
    ...circle,
    class: "ring-arc",
    "stroke-dasharray": LENGTH,
    transform: "rotate(-90 18 18)",
  });
  const seconds = s("text", { x: 18, y: 18, class: "ring-seconds" });
  const element = s(
    "svg",
    { viewBox: "0 0 36 36", class: "ring", "aria-hidden": "true" },
    track,
    arc,
    seconds,
  );
  return {
    element,
    set(left, whole) {
      const part = whole > 0 ? Math.max(0, Math.min(1, left / whole)) : 0;
      arc.setAttribute("stroke-dashoffset", String(LENGTH * (1 - part)));
      element.classList.toggle("soon", left <= SOON);
      seconds.textContent = left > 999 ? "" : String(Math.max(0, Math.ceil(left)));
    },
  };
}
