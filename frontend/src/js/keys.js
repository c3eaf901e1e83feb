// Up and down walk along [data-walk]; keys act in the [data-keys-scope] that has the focus, else on the page.
// Keys for the desk, by place on the keyboard (event.code), so that the Persian layout works too.
// data-key="KeyN", data-key="KeyG KeyQ" (one after the other), "Next"/"Prev" (arrows in reading direction).
import { rtl } from "./http.js";

let first = "", since = 0;
const typing = (el) => el.closest?.("input, textarea, select, [contenteditable], [role=listbox], [role=grid]");
const off = () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } };

function name(event) {
  if (event.code === "ArrowLeft") return rtl() ? "Next" : "Prev";
  if (event.code === "ArrowRight") return rtl() ? "Prev" : "Next";
  return event.code === "Slash" && event.shiftKey ? "Help" : event.code;
}

function find(scope, keys) {
  return [...scope.querySelectorAll("[data-key]")].find((el) => el.dataset.key === keys && !el.disabled && el.getClientRects().length);
}

// In a list the row with the focus answers first: data-row-key on its buttons.
function rowKey(event, key) {
  const row = event.target.closest?.("[data-key-row]");
  return row && [...row.querySelectorAll(`[data-row-key="${key}"]`)].find((el) => !el.disabled && el.getClientRects().length);
}

document.addEventListener("keydown", (event) => {
  if (off() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const key = name(event);
  const dialog = document.querySelector("dialog[open]");
  if (/^Arrow(Up|Down)$/.test(event.code) && event.target.matches?.("[data-walk]")) {
    const all = [...document.querySelectorAll("[data-walk]")].filter((el) => el.getClientRects().length);
    const next = all[all.indexOf(event.target) + (event.code === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
    return;
  }
  if (event.shiftKey && key !== "Help") return;
  if (/^(Next|Prev)$/.test(key) && event.target.closest?.("a, button, [tabindex], summary")) return;
  const near = !dialog && event.target.closest?.("[data-keys-scope]");
  const scope = dialog || (near && find(near, key) ? near : document);
  const own = rowKey(event, key);
  // A key held down is one press, whatever it does.
  if (own) { event.preventDefault(); if (!event.repeat) own.click(); return; }
  if (key === "Help" && !dialog) { event.preventDefault(); showKeys(); return; }
  const chord = first && performance.now() - since < 1500 ? find(scope, `${first} ${key}`) : null;
  const target = chord || find(scope, key);
  first = key === "KeyG" && !chord ? key : "";
  since = performance.now();
  if (!target) return;
  event.preventDefault();
  if (event.repeat && !/^(Next|Prev)$/.test(key)) return;
  first = "";
  if (target.matches("input, textarea")) { target.focus(); target.select(); } else target.click();
});

const LABEL = { Slash: "/", Help: "?", Next: "→", Prev: "←", Arrows: "↑ ↓ ← →", Enter: "↵", Escape: "Esc", ShiftP: "⇧ P" };
const label = (key) => LABEL[key] || key.replace(/^(Key|Digit)/, "").toLowerCase();

function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog) return;
  const list = dialog.querySelector("[data-keys-list]");
  list.replaceChildren();
  const seen = new Set();
  for (const el of document.querySelectorAll("[data-key], [data-row-key], [data-key-note]")) {
    const keys = el.dataset.key || el.dataset.rowKey || el.dataset.keyNote;
    const what = document.createElement("dd");
    what.textContent = el.dataset.keyLabel || el.getAttribute("aria-label") || el.textContent.trim();
    if (seen.has(keys) || !what.textContent) continue;
    seen.add(keys);
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const cap = document.createElement("kbd");
      cap.className = "c-kbd";
      cap.textContent = rtl() && /^(Next|Prev)$/.test(key) ? { Next: "←", Prev: "→" }[key] : label(key);
      term.append(cap, " ");
    }
    list.append(term, what);
  }
  dialog.showModal();
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-keys-off]")) localStorage.setItem("keys", event.target.checked ? "on" : "off");
});
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-keys-show]")) showKeys(); });
