// The day board: columns of doctors and rooms. Data come from <script id="board-data"> and, on a notice, from urls.events.
import { createCalendar, Interaction, ResourceTimeGrid } from "@event-calendar/core";
import { brief, digits, persian, post, say } from "./http.js";

const root = document.getElementById("board");
const data = JSON.parse(document.getElementById("board-data").textContent);
const icons = document.getElementById("board-icons")?.content;
let page = 0, board, dropped = 0;

const pad = (number) => String(number).padStart(2, "0");
/** Wall-clock time of the branch, without zone: the server knows the zone. */
const wall = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
const clock = (date) => digits(`${pad(date.getHours())}:${pad(date.getMinutes())}`);
const link = (pattern, values) => {
  const url = new URL(pattern.replace("{id}", values.id ?? ""), location.href);
  for (const [name, value] of Object.entries(values)) if (name !== "id") url.searchParams.set(name, value);
  return url.pathname + url.search;
};

// ---- columns: as many as can be read, at most six; the rest by pages
const perPage = () => Math.max(1, Math.min(6, Math.floor((root.clientWidth - 56) / 132)));
const pages = () => Math.ceil(data.resources.length / perPage());
const shown = () => data.resources.slice(page * perPage(), (page + 1) * perPage());

function turn(to) {
  page = Math.max(0, Math.min(to, pages() - 1));
  board.setOption("resources", columns());
  pager();
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

const columns = () => shown().map(({ id, title, sub }) => ({ id: String(id), title, extendedProps: { sub } }));

function head({ resource }) {
  const box = document.createElement("div");
  box.className = "c-board__head";
  for (const [tag, text] of [["b", resource.title], ["small", resource.extendedProps.sub]]) {
    if (!text) continue;
    const line = document.createElement(tag);
    line.textContent = text;
    box.append(line);
  }
  return { domNodes: [box] };
}

// ---- events
const asEvent = (row) => ({
  id: String(row.id),
  start: row.start,
  end: row.end,
  resourceIds: (row.resources || [row.resource]).map(String),
  startEditable: row.movable !== false && data.editable !== false,
  durationEditable: false,
  title: row.name,
  className: `c-visit c-status--${(row.status || "booked").replace(/_/g, "-")}`,
  extendedProps: row,
});
const asClosed = (row, i) => ({
  id: `closed-${i}`, start: row.start, end: row.end, display: "background", title: row.label || "",
  ...(row.resource ? { resourceIds: [String(row.resource)] } : { resourceIds: data.resources.map((each) => String(each.id)) }),
  className: "c-closed",
});
const all = () => [...data.events.map(asEvent), ...(data.closed || []).map(asClosed)];

function card({ event }) {
  if (event.display === "background") return { domNodes: [] };
  const row = event.extendedProps;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "c-visit__card";
  button.id = `visit-${event.id}`;
  button.dataset.url = row.url || "";
  const top = document.createElement("span"), more = document.createElement("span");
  top.className = "c-visit__top";
  more.className = "c-visit__more";
  const drawing = icons?.querySelector(`[data-status="${row.status}"] svg`)?.cloneNode(true);
  if (drawing) top.append(drawing);
  const name = document.createElement("b");
  name.textContent = row.name;
  name.dataset.short = row.short || "";
  name.className = "c-private";
  top.append(name);
  const said = [];
  for (const key of row.marks || []) {
    const mark = icons?.querySelector(`[data-mark="${key}"]`)?.cloneNode(true);
    if (!mark) continue;
    top.append(mark);
    said.push(mark.title);
  }
  more.textContent = [clock(event.start), row.text, row.label].filter(Boolean).join(" · ");
  const mark = row.pay && icons?.querySelector(`[data-pay="${row.pay}"] svg`)?.cloneNode(true);
  if (mark) { mark.classList.add("c-visit__pay"); top.append(mark); }
  button.append(top, more);
  const range = `${clock(event.start)}–${clock(event.end)}`;
  button.setAttribute("aria-label", [row.name, range, row.text, row.label, row.pay_label, ...said].filter(Boolean).join(persian ? "، " : ", "));
  button.title = button.getAttribute("aria-label");
  return { domNodes: [button] };
}

root.addEventListener("click", (event) => {
  const button = event.target.closest(".c-visit__card");
  // The click that ends a drag opens nothing.
  if (!button || !button.dataset.url || performance.now() - dropped < 300) return;
  window.clinic.openDrawer(button.dataset.url, { from: button });
});

async function drop(info) {
  dropped = performance.now();
  const { event, oldResource, newResource } = info;
  const moved = { start: wall(event.start), end: wall(event.end) };
  if (newResource) Object.assign(moved, { resource: newResource.id, from: oldResource?.id || "" });
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
    const fresh = await answer.json();
    const focused = document.activeElement?.id;
    data.events = fresh.events || [];
    data.closed = fresh.closed || data.closed;
    board.setOption("events", all());
    if (focused?.startsWith("visit-")) requestAnimationFrame(() => document.getElementById(focused)?.focus({ preventScroll: true }));
  } catch { /* the next notice asks again */ }
}

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
    slotLabelFormat: (time) => clock(time),
    dayHeaderFormat: () => "",
    nowIndicator: true,
    editable: data.editable !== false,
    eventDurationEditable: false,
    longPressDelay: 350,
    pointer: true,
    slotEventOverlap: false,
    resources: columns(),
    resourceLabelContent: head,
    events: all(),
    eventContent: card,
    eventDrop: drop,
    eventDragStop: () => { dropped = performance.now(); },
    dateClick: ({ date, resource, jsEvent }) => {
      if (!data.urls.new || jsEvent?.target?.closest?.(".c-visit")) return;
      const slot = data.slotMinutes || 15;
      date.setMinutes(Math.floor(date.getMinutes() / slot) * slot);
      window.clinic.openDrawer(link(data.urls.new, { start: wall(date), ...(resource ? { resource: resource.id } : {}) }));
    },
    viewDidMount: mend,
    eventAllUpdated: mend,
  });
  pager();
  mend();
  new MutationObserver(mend).observe(root, { childList: true, subtree: true });
  let before = perPage();
  new ResizeObserver(() => { if (perPage() !== before) { before = perPage(); turn(page); } }).observe(root);
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-board-prev]")) turn(page - 1);
  if (event.target.closest?.("[data-board-next]")) turn(page + 1);
});
root.addEventListener("live:notice", refresh);
document.addEventListener("live:refresh", refresh);
start();
