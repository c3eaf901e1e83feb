// Arrow keys inside lists and grids: data-arrows="selector of the things to walk over". Up and down by where they
// stand on the screen, left and right as they are read, Home and End.
import { rtl } from "./http.js";

const STEP = { ArrowDown: "down", ArrowUp: "up", Home: "first", End: "last" };

function aim(event) {
  if (event.code === "ArrowLeft") return rtl() ? "next" : "before";
  if (event.code === "ArrowRight") return rtl() ? "before" : "next";
  return STEP[event.code];
}

const middle = (box) => (box.left + box.right) / 2;

function nearest(items, from, down) {
  const here = from.getBoundingClientRect();
  let best = null, least = Infinity;
  for (const each of items) {
    const box = each.getBoundingClientRect();
    const rows = down ? box.top - here.top : here.top - box.top;
    if (rows < 4) continue;
    const far = rows * 10 + Math.abs(middle(box) - middle(here));
    if (far < least) { least = far; best = each; }
  }
  return best;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const root = event.target.closest?.("[data-arrows]");
  if (!root || event.target.matches("input:not([type=radio]), textarea, select")) return;
  const way = aim(event);
  if (!way) return;
  const items = [...root.querySelectorAll(root.dataset.arrows)].filter((el) => el.getClientRects().length);
  const at = items.indexOf(event.target.closest(root.dataset.arrows) || items.find((el) => el.closest("[data-key-row], li")?.contains(event.target)));
  if (!items.length) return;
  const to = {
    first: items[0], last: items.at(-1), next: items[at + 1], before: items[at - 1],
    down: at < 0 ? items[0] : nearest(items, items[at], true), up: at < 0 ? null : nearest(items, items[at], false),
  }[way];
  if (!to) return;
  event.preventDefault();
  to.focus();
});
