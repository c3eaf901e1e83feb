// <form data-autosave action> is posted 2 s after the last key, on blur and on leaving. Text that is not yet saved
// is kept in sessionStorage and comes back, with the version it was written on, so that it never silently replaces what
// somebody else saved since. The answer is JSON {"version", "saved_at"}; 409 means somebody else wrote: its "html" is
// shown in the element that data-autosave-conflict names. A form with data-autosave-fresh forgets what was kept; one with
// data-autosave-now is not yet saved as it stands; an element with data-autosave-done names the address that has all.
import htmx from "./requests.js";
import { showAnswers } from "./answers.js";
import { brief, post, say } from "./http.js";

const states = new WeakMap();
const key = (form) => `autosave:${form.getAttribute("action") || location.pathname}`;
const OWN = new Set(["csrfmiddlewaretoken", "version", "page", "asked", "template"]);
// Every value by name, as a list: boxes of one name may be ticked together.
function fields(form) {
  const typed = {};
  for (const box of form.querySelectorAll("input[type=checkbox], input[type=radio]")) typed[box.name] = [];
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && !OWN.has(name)) (typed[name] ||= []).push(value);
  return typed;
}

function tell(form, state, text) {
  for (const el of form.ownerDocument.querySelectorAll("[data-autosave-state]")) {
    if (el.closest("form") && el.closest("form") !== form) continue;
    el.dataset.state = state;
    el.textContent = text;
  }
}

function keep(form) {
  const on = form.elements.version?.value;
  try { store(form).setItem(key(form), JSON.stringify({ on, typed: fields(form) })); } catch { /* full or closed */ }
}
function forget(form) { try { store(form).removeItem(key(form)); } catch { /* closed */ } }
// With data-autosave-keep="local" it outlives the window: a patient's own phone, until the server has it.
function store(form) { return form.dataset.autosaveKeep === "local" ? localStorage : sessionStorage; }

async function save(form, leaving = false) {
  const state = states.get(form);
  if (!state?.dirty || state.stopped || !form.isConnected || ((state.saving || sent.has(form)) && !leaving)) return;
  clearTimeout(state.timer);
  state.dirty = false;
  state.saving = true;
  state.way = new AbortController();
  try {
    const answer = await post(form.action, new FormData(form), { keepalive: leaving, headers: { Accept: "application/json" }, signal: state.way.signal });
    const text = await answer.text();
    const data = (answer.headers.get("Content-Type") || "").includes("json") ? JSON.parse(text) : {};
    if (answer.ok) {
      if (data.version !== undefined && form.elements.version) form.elements.version.value = data.version;
      if (data.scores) showAnswers(form, data);
      if (!state.dirty && form.isConnected) { forget(form); tell(form, "saved", say("saved", data.saved_at || "")); }
    } else if (form.isConnected) {
      state.dirty = true;
      keep(form);
      state.stopped = answer.status === 409 || answer.status === 403;
      if (data.html) clash(form, data.html);
      tell(form, answer.status === 409 ? "conflict" : "unsaved", data.message || brief(text) || say(`status_${answer.status}`) || say("unsaved"));
      if (answer.status >= 500) state.timer = setTimeout(() => save(form), 10000);
    }
  } catch {
    if (!form.isConnected || state.way.signal.aborted) return;
    state.dirty = true;
    keep(form);
    tell(form, "offline", say("offline_kept"));
    state.timer = setTimeout(() => save(form), 5000);
  } finally {
    state.saving = false;
    if (state.dirty && !state.stopped && !state.timer) state.timer = setTimeout(() => save(form), 2000);
  }
}

function clash(form, html) {
  const place = document.getElementById(form.dataset.autosaveConflict || "");
  if (!place) return;
  place.innerHTML = html;
  htmx.process(place);
  place.focus();
}

function touch(form) {
  const state = states.get(form) || {};
  states.set(form, state);
  state.dirty = true;
  keep(form);
  if (state.stopped) return;
  tell(form, "unsaved", say("unsaved"));
  clearTimeout(state.timer);
  state.timer = setTimeout(() => { state.timer = 0; save(form); }, 2000);
}

// A form that the server is drawing anew: what is typed meanwhile stands nowhere else, so it waits for the new one.
const sent = new Map(), redrawn = new Map();
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  for (const form of ctx.target?.querySelectorAll?.("form[data-autosave]") || []) {
    ctx.holds = [...(ctx.holds || []), form];
    sent.set(form, fields(form));
    redrawn.set(key(form), sent.get(form));
  }
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  for (const form of ctx.holds || []) {
    sent.delete(form);
    save(form);
  }
});

function carry(form, kept) {
  const before = redrawn.get(key(form)) || {};
  let changed = false;
  forget(form);
  for (const [name, values] of Object.entries(kept?.typed || {})) {
    const was = before[name] || [], field = form.elements[name];
    if (!Object.keys(before).length || String(was) === String(values) || !field?.matches?.("textarea, input:not([type=hidden])")) continue;
    field.value = field.value === (was[0] ?? "") || !field.value ? values[0] ?? "" : `${values[0] ?? ""}\n\n${field.value}`;
    changed = true;
  }
  if (changed) touch(form);
}

function restore(form) {
  if (states.has(form)) return;
  states.set(form, {});
  let kept;
  try { kept = JSON.parse(store(form).getItem(key(form)) || "null"); } catch { kept = null; }
  if (form.hasAttribute("data-autosave-fresh")) return carry(form, kept);
  if (!kept?.typed) return form.hasAttribute("data-autosave-now") && touch(form);
  let changed = false;
  for (const [name, values] of Object.entries(kept.typed)) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "hidden") continue;
      const was = field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
      if (typeof was === "boolean") field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
      changed ||= was !== (typeof was === "boolean" ? field.checked : field.value);
    }
  }
  if (!changed && !form.hasAttribute("data-autosave-now")) return forget(form);
  if (kept.on !== undefined && form.elements.version) form.elements.version.value = kept.on;
  touch(form);
}

// Sent for good: what is still on its way must not arrive behind it. What was typed stays kept until an answer is there.
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  const state = states.get(target);
  if (!state || defaultPrevented) return;
  keep(target);
  clearTimeout(state.timer);
  state.timer = 0;
  state.dirty = false;
  state.way?.abort();
});

const mine = (el) => el.closest?.("form[data-autosave]");
document.addEventListener("input", (event) => { const form = mine(event.target); if (form) touch(form); });
document.addEventListener("focusout", (event) => { const form = mine(event.target); if (form) save(form); });
const leave = () => document.querySelectorAll("form[data-autosave]").forEach((form) => save(form, true));
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
addEventListener("online", leave);
document.addEventListener("htmx:after:swap", start);

export function start() {
  for (const { dataset } of document.querySelectorAll("[data-autosave-done]")) {
    for (const kept of [localStorage, sessionStorage]) try { kept.removeItem(`autosave:${dataset.autosaveDone}`); } catch { /* closed */ }
  }
  document.querySelectorAll("form[data-autosave]").forEach(restore);
}
