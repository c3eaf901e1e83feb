// The board by the keyboard alone: arrows walk over visits and free places, Enter opens or books, A checks in, M moves.
import { digits, rtl } from "./http.js";
import { minutesOf, told } from "./boardcards.js";

const STEPS = { ArrowDown: "down", ArrowUp: "up", Home: "first", End: "last" };

export function boardKeys({ root, data, cards, shown, turn, book }) {
  const slot = data.slotMinutes || 15;
  const first = Number(data.slotMinTime.slice(0, 2)) * 60, last = Number(data.slotMaxTime.slice(0, 2)) * 60;
  let here = null; // {column, minute}: the free place that has or had the focus

  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "c-cursor", id: "board-cursor", tabIndex: -1, hidden: true });
  button.addEventListener("click", () => here && book(at(here.minute), shown()[here.column]));

  const at = told;
  const spans = (rows, column) => rows.map((row) => ({ row, ...cards.columnsOf(row) }))
    .filter(({ columns }) => !columns.length || columns.includes(String(shown()[column]?.id)))
    .map(({ row, start, end }) => ({ row, from: minutesOf(start), to: minutesOf(end) || last }))
    .sort((one, two) => one.from - two.from || one.row.id - two.row.id);
  const visits = (column) => spans(data.events, column);
  const closedAt = (column, minute) => spans(data.closed || [], column).find(({ from, to }) => from <= minute && minute < to);
  const inside = (column, minute) => visits(column).find(({ from, to }) => from < minute + slot && to > minute);

  function showCursor(column, minute) {
    here = { column, minute };
    const layer = root.querySelector(".ec-body .ec-events");
    if (!layer) return;
    if (button.parentElement !== layer) layer.append(button);
    const height = parseFloat(getComputedStyle(root.querySelector(".ec-main")).getPropertyValue("--ec-slot-height")) || 26;
    button.hidden = false;
    button.style.gridColumn = String(column + 1);
    button.style.insetBlockStart = `${((minute - first) / slot) * height}px`;
    button.style.blockSize = `${height}px`;
    button.textContent = digits(at(minute));
    button.setAttribute("aria-label", `${digits(at(minute))}, ${shown()[column]?.title || ""}: ${data.words.book}`);
    focus(button);
  }

  function focus(el) {
    el.focus({ preventScroll: true });
    el.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function toVisit(found) {
    const el = document.getElementById(`visit-${found.row.id}`);
    if (!el) return false;
    button.hidden = true;
    focus(el);
    return true;
  }

  /** To a visit, or to the free place where there is none; closed time is stepped over. */
  function go(column, minute, forward = true) {
    for (let guard = 0; guard < 60; guard += 1) {
      if (minute < first || minute >= last) return;
      const visit = inside(column, minute);
      if (visit && toVisit(visit)) return;
      const shut = closedAt(column, minute);
      if (!shut) return data.urls.new ? showCursor(column, minute) : undefined;
      minute = forward ? shut.to : Math.floor((shut.from - 1) / slot) * slot;
    }
  }

  function current() {
    const el = document.activeElement;
    if (el === button && here) return { ...here, from: here.minute, to: here.minute + slot };
    const card = el?.closest?.(".ec-event")?.querySelector(".c-visit__card");
    if (!card) return null;
    const id = card.id.replace("visit-", "");
    for (let column = 0; column < shown().length; column += 1) {
      const found = visits(column).find(({ row }) => String(row.id) === id);
      if (found) return { ...found, column };
    }
    return null;
  }

  function enter() {
    const now = Math.floor((data.minute_now ?? first) / slot) * slot;
    if (here) return go(Math.min(here.column, shown().length - 1), here.minute);
    go(0, Math.min(Math.max(now, first), last - slot));
  }

  function walk(way, from) {
    const { column } = from, list = visits(column);
    const place = list.findIndex(({ row }) => row.id === from.row?.id);
    if (way === "first") return go(column, first);
    if (way === "last") return go(column, last - slot, false);
    if (way === "down") {
      const beside = list[place + 1];
      if (place >= 0 && beside && beside.from < from.to && toVisit(beside)) return;
      const next = Math.ceil(from.to / slot) * slot; // a visit of twenty minutes ends between two places
      const between = list.find((each) => each.from >= from.to && each.from < next);
      if (between && toVisit(between)) return;
      return go(column, next);
    }
    if (way === "up") {
      const beside = list[place - 1];
      if (place > 0 && beside.to > from.from && toVisit(beside)) return;
      return go(column, Math.ceil(from.from / slot) * slot - slot, false);
    }
    let to = column + (way === "next" ? 1 : -1);
    if (to < 0 || to >= shown().length) {
      if (!turn(way === "next" ? 1 : -1)) return;
      to = way === "next" ? 0 : shown().length - 1;
      return requestAnimationFrame(() => go(to, Math.floor(from.from / slot) * slot));
    }
    go(to, Math.floor(from.from / slot) * slot);
  }

  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const forward = rtl() ? "ArrowLeft" : "ArrowRight", back = rtl() ? "ArrowRight" : "ArrowLeft";
    const way = STEPS[event.code] || { [forward]: "next", [back]: "before" }[event.code];
    const from = current();
    if (way) {
      event.preventDefault();
      event.stopPropagation();
      return from ? walk(way, from) : enter();
    }
    if (!from?.row) return;
    const card = document.getElementById(`visit-${from.row.id}`);
    if (event.code === "KeyA") {
      const arrive = document.getElementById(`arrive-${from.row.id}`);
      if (arrive) { event.preventDefault(); event.stopPropagation(); arrive.click(); }
    }
    if (event.code === "KeyM" && from.row.movable && data.editable) {
      event.preventDefault();
      event.stopPropagation();
      window.clinic.openDrawer(data.urls.move.replace("{id}", from.row.id), { from: card });
    }
  });

  // B, from anywhere on the page.
  root.addEventListener("board:enter", enter);

  return {
    /** After new data: what had the focus has it again, a place that was booked meanwhile gives it to the visit. */
    restore(id) {
      if (id === "board-cursor" && here) return go(here.column, here.minute);
      const el = id && (document.getElementById(id) || document.getElementById(id.replace("arrive-", "visit-")));
      if (el) el.focus({ preventScroll: true });
      else if (id) enter();
    },
    hide() { button.hidden = true; },
  };
}
