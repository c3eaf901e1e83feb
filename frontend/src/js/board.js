// The day board: columns of doctors (in a week: of days). Data come from <script id="board-data"> and, on a notice, from urls.events.
import { createCalendar, Interaction, ResourceTimeGrid } from "@event-calendar/core";
import { clock, dateOf, makeCards, time } from "./boardcards.js";
import { boardKeys } from "./boardkeys.js";
import { brief, digits, persian, post, say } from "./http.js";

const root = document.getElementById("board");
const data = JSON.parse(document.getElementById("board-data").textContent);
const cards = makeCards(data, document.getElementById("board-icons")?.content);
let page = 0, board, dropped = -Infinity, keys;

const pad = (number) => String(number).padStart(2, "0");
const dayOf = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
/** Wall-clock time of the branch, without zone: the server knows the zone. In a week the column is the day. */
const wall = (date, column) => `${dateOf(data.week ? column : dayOf(date), time(date))}T${time(date)}`;
const link = (pattern, values) => {
  const url = new URL(pattern.replace("{id}", values.id ?? ""), location.href);
  for (const [name, value] of Object.entries(values)) if (name !== "id") url.searchParams.set(name, value);
  return url.pathname + url.search;
};

// ---- columns: as many as can be read, at most six (a week has seven days); the rest by pages
const most = data.week ? 7 : 6;
const perPage = () => Math.max(1, Math.min(most, Math.floor((root.clientWidth - 56) / (data.week ? 96 : 132))));
const pages = () => Math.ceil(data.resources.length / perPage());
const shown = () => data.resources.slice(page * perPage(), (page + 1) * perPage());

function turn(to) {
  const wanted = Math.max(0, Math.min(to, pages() - 1)), moved = wanted !== page;
  page = wanted;
  keys?.hide();
  board.setOption("resources", columns());
  pager();
  return moved;
}

function pager() {
  const bar = document.querySelector("[data-board-pager]");
  if (!bar) return;
  bar.hidden = pages() < 2;
  const from = page * perPage() + 1, to = Math.min(from + perPage() - 1, data.resources.length);
  bar.querySelector("[data-board-page]").textContent = say("columns").replace("{first}", digits(from)).replace("{last}", digits(to)).replace("{all}", digits(data.resources.length));
  bar.querySelector("[data-board-prev]").disabled = page === 0;
  bar.querySelector("[data-board-next]").disabled = page >= pages() - 1;
}

const columns = () => shown().map(({ id, title, sub, today, url }) => ({ id: String(id), title, extendedProps: { sub, today, url } }));

function head({ resource }) {
  const { sub, today, url } = resource.extendedProps;
  const box = document.createElement(url ? "a" : "div");
  if (url) box.href = url;
  box.className = `c-board__head${today ? " c-board__head--today" : ""}`;
  for (const [tag, text] of [["b", resource.title], ["small", sub]]) {
    if (!text) continue;
    const line = document.createElement(tag);
    line.textContent = text;
    box.append(line);
  }
  return { domNodes: [box] };
}

// ---- what a person does
function book(at, column) {
  const start = `${dateOf(data.week ? column.id : data.date, at)}T${at}`;
  window.clinic.openDrawer(link(data.urls.new, { start, resource: data.week ? data.doctor : column.id }));
}

root.addEventListener("click", (event) => {
  const going = event.target.closest("[data-check-in]");
  if (going) {
    event.stopPropagation();
    going.disabled = true;
    return window.clinic.htmx.ajax("POST", going.dataset.checkIn, { source: root, swap: "none" }).finally(() => { going.disabled = false; });
  }
  const button = event.target.closest(".c-visit__card");
  // The click that ends a drag opens nothing.
  if (!button || !button.dataset.url || performance.now() - dropped < 300) return;
  window.clinic.openDrawer(button.dataset.url, { from: button });
});

async function drop(info) {
  dropped = performance.now();
  const { event, oldResource, newResource } = info;
  const column = newResource?.id ?? event.resourceIds[0];
  const moved = { start: wall(event.start, column), end: wall(event.end, column) };
  if (newResource || data.week) Object.assign(moved, { resource: data.week ? data.doctor : column, from: oldResource?.id || "" });
  try {
    const answer = await post(link(data.urls.move, { id: event.id }), moved, { headers: { Accept: "application/json" } });
    const text = await answer.text();
    const said = (answer.headers.get("Content-Type") || "").includes("json") ? JSON.parse(text) : {};
    if (!answer.ok) {
      info.revert();
      if (said.url) window.clinic.openDrawer(said.url);
      const reason = said.message || said.detail || Object.values(said.errors || {}).flat()[0];
      return window.clinic.toast({ text: reason || brief(text) || say(`status_${answer.status}`) || say("failed"), tone: "danger" });
    }
    window.clinic.toast({ text: said.text || say("moved"), undo_url: said.undo_url });
  } catch {
    info.revert();
    return window.clinic.toast({ text: say("offline_action"), tone: "danger" });
  }
  refresh();
}

let asking;
async function refresh() {
  if (!data.urls.events) return;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(data.urls.events, { signal: asking.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const fresh = await answer.json(), before = JSON.stringify([data.events, data.closed]);
    data.events = fresh.events || [];
    data.closed = fresh.closed || data.closed;
    if (JSON.stringify([data.events, data.closed]) === before) return; // drawing the same anew would only disturb who works
    draw();
  } catch { /* the next notice asks again */ }
}

/** Draw the cards anew; the focus stays where it is on the board. A key pressed between the two falls on the page: it is handed on. */
const early = []; // keys that came between
let held = "", pressed = false, late = false;
function draw() {
  late = pressed; // a card that is swapped under a pointer never hears its click
  if (pressed) return;
  if (root.contains(document.activeElement)) held = document.activeElement.id;
  board.setOption("events", cards.all());
  if (held) requestAnimationFrame(() => { giveBack(); requestAnimationFrame(settled); });
}

root.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(() => { pressed = false; if (late) draw(); }), true);
}

function giveBack() {
  const now = document.activeElement;
  if (held && (now === document.body || root.contains(now))) keys.restore(held);
}

function settled() {
  if (document.activeElement === document.body) giveBack();
  held = "";
  for (const key of early.splice(0)) {
    const el = document.activeElement;
    if (el.dispatchEvent(new KeyboardEvent("keydown", { ...key, bubbles: true, cancelable: true })) && key.code === "Enter") el.click?.();
  }
}

document.addEventListener("keydown", (event) => {
  if (!held || event.target !== document.body) return;
  const { code, key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (ctrlKey || metaKey || altKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  early.push({ code, key, shiftKey });
}, true);

// The library's table roles do not make a table that screen readers accept; plain groups of buttons do.
function mend() {
  const roles = "[role=table],[role=row],[role=rowgroup],[role=columnheader],[role=cell],[role=rowheader]";
  for (const el of [root, ...root.querySelectorAll(roles)]) if (el.matches(roles)) el.removeAttribute("role");
  for (const name of ["aria-colindex", "aria-rowindex", "aria-colcount", "aria-rowcount"]) {
    for (const el of root.querySelectorAll(`[${name}]`)) el.removeAttribute(name);
  }
  const scroller = root.querySelector(".ec-main");
  if (!scroller) return;
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", data.title || document.title);
}

function start() {
  board = createCalendar(root, [ResourceTimeGrid, Interaction], {
    view: "resourceTimeGridDay",
    date: data.date,
    ...(data.offset ? { timeZone: data.offset } : {}),
    locale: persian ? "fa-IR" : "en-GB",
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotDuration: { minutes: data.slotMinutes || 15 },
    slotLabelInterval: { minutes: 60 },
    snapDuration: { minutes: data.snapMinutes || 5 },
    slotHeight: 26,
    slotMinTime: data.slotMinTime || "08:00",
    slotMaxTime: data.slotMaxTime || "20:00",
    scrollTime: data.scrollTime || data.slotMinTime || "08:00",
    slotLabelFormat: (date) => clock(date),
    dayHeaderFormat: () => "",
    nowIndicator: !data.week,
    editable: data.editable !== false,
    eventDurationEditable: false,
    longPressDelay: 350,
    pointer: true,
    slotEventOverlap: false,
    resources: columns(),
    resourceLabelContent: head,
    events: cards.all(),
    eventContent: cards.card,
    eventDrop: drop,
    eventDragStop: () => { dropped = performance.now(); },
    dateClick: ({ date, resource, jsEvent }) => {
      if (!data.urls.new || jsEvent?.target?.closest?.(".c-visit, .c-cursor")) return;
      const slot = data.slotMinutes || 15;
      date.setMinutes(Math.floor(date.getMinutes() / slot) * slot);
      book(time(date), { id: resource?.id ?? data.resources[0].id });
    },
    viewDidMount: mend,
    eventAllUpdated: mend,
  });
  keys = boardKeys({ root, data, cards, shown, turn: (step) => turn(page + step), book });
  pager();
  mend();
  new MutationObserver(mend).observe(root, { childList: true, subtree: true });
  let before = perPage();
  new ResizeObserver(() => { if (perPage() !== before) { before = perPage(); turn(page); } }).observe(root);
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-board-prev]")) turn(page - 1);
  if (event.target.closest?.("[data-board-next]")) turn(page + 1);
  if (event.target.closest?.("[data-board-enter]")) root.dispatchEvent(new CustomEvent("board:enter"));
});
root.addEventListener("live:notice", refresh);
document.addEventListener("live:refresh", refresh);
document.addEventListener("privacy:changed", draw);
start();
