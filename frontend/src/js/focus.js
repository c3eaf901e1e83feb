// The focus is never lost: where what had it is swapped away, its place in the list, its panel or its part gets it.
import { settle } from "./drawer.js";

let trail = null;
const usable = (el) => el && el.isConnected && !el.disabled && el.getClientRects().length > 0;
const FIELD = "input, textarea, select";
const LINKS = "a[href], button:not([disabled]), input:not([type=hidden]), summary";

document.addEventListener("focusin", (event) => {
  const el = event.target, row = el.closest("[data-key-row], li, tr");
  const list = row?.parentElement;
  trail = {
    el, id: el.id,
    mates: row ? [...row.querySelectorAll("[id]")].map((each) => each.id) : [],
    place: list ? [...list.children].indexOf(row) : -1,
    list: list?.id || "",
    around: parents(el),
  };
});

function parents(el) {
  const ids = [];
  for (let up = el.parentElement; up; up = up.parentElement) if (up.id) ids.push(up.id);
  return ids;
}

function next() {
  const same = [trail.id, ...trail.mates].map((id) => id && document.getElementById(id)).find(usable);
  if (same?.matches(LINKS)) return same;
  const list = document.getElementById(trail.list);
  const row = list?.children[Math.min(trail.place, list.children.length - 1)];
  const neighbour = row && [...row.querySelectorAll(LINKS)].find(usable);
  if (neighbour) return neighbour;
  for (const id of trail.around) {
    const part = document.getElementById(id);
    const inside = part && [...part.querySelectorAll(LINKS)].find(usable);
    if (inside) return inside;
  }
  return null;
}

/** After a swap: give the focus back unless somebody has it or it was left on purpose. */
export function keepFocus() {
  const now = document.activeElement;
  if (!trail || usable(trail.el) || (now && now !== document.body && now.tagName !== "DIALOG" && usable(now))) return;
  const dialog = document.querySelector("dialog[open]");
  const found = next();
  if (dialog && !dialog.contains(found)) return dialog.id === "drawer" ? settle() : undefined;
  found?.focus({ preventScroll: true });
}

// Who went on elsewhere meanwhile keeps the focus: a part that comes back late takes no letters and no keys away.
const asking = new WeakMap();
document.addEventListener("htmx:before:request", (event) => asking.set(event.detail.ctx, document.activeElement));
document.addEventListener("htmx:before:swap", (event) => {
  const now = document.activeElement, { ctx } = event.detail;
  const stayed = now === asking.get(ctx) || ctx?.sourceElement?.contains(now);
  if (!now || now === document.body || (stayed && !now.matches(FIELD))) return;
  for (const { target, fragment } of event.detail.tasks || []) {
    const place = typeof target === "string" ? document.querySelector(target) : target;
    if (place?.contains?.(now)) continue;
    for (const each of fragment?.querySelectorAll?.("[autofocus]") || []) each.removeAttribute("autofocus");
  }
});
document.addEventListener("htmx:after:swap", () => requestAnimationFrame(keepFocus));
document.addEventListener("focus:check", () => requestAnimationFrame(keepFocus));
