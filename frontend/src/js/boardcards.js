// The cards of the day board: from rows of data to what the calendar draws.
import { digits, persian } from "./http.js";

const pad = (number) => String(number).padStart(2, "0");
// A board whose day begins at six is six hours behind the clock: added again wherever a time is shown or sent.
let shift = 0;
const wrap = (minutes) => (minutes + 1440) % 1440;
export const told = (minute) => `${pad(Math.floor(wrap(minute + shift) / 60))}:${pad(minute % 60)}`;
export const time = (date) => told(date.getHours() * 60 + date.getMinutes());
/** The date of a time of the clock in the working day that begins on `day`. */
export function dateOf(day, at) {
  if (minutesOf(`${day}T${at}`) >= shift) return day;
  const next = new Date(`${day}T12:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
export const clock = (date) => digits(time(date));
export const minutesOf = (text) => Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16));
const isPrivate = () => document.documentElement.dataset.privacy === "on";
const shifted = (text, minutes) => {
  const at = new Date(`${text}:00Z`);
  at.setUTCMinutes(at.getUTCMinutes() + minutes);
  return at.toISOString().slice(0, 16);
};

/** In a week each column is a day: everything is laid on the board's one date. */
export function places(data) {
  if (!data.week) return { of: (row) => ({ start: row.start, end: row.end, columns: (row.resources || [row.resource]).filter(Boolean).map(String) }) };
  return {
    of(row) {
      const day = row.start.slice(0, 10);
      const end = row.end.slice(0, 10) === day ? row.end.slice(10) : "T23:59";
      return { start: data.date + row.start.slice(10), end: data.date + end, columns: [day] };
    },
  };
}

export function makeCards(data, icons) {
  shift = data.shift || 0;
  const place = places(data);

  const asEvent = (row) => {
    const { start, end, columns } = place.of(row);
    return {
      id: String(row.id), start, end, resourceIds: columns, title: row.name,
      startEditable: row.movable !== false && data.editable !== false,
      durationEditable: false,
      className: `c-visit c-status--${(row.status || "booked").replace(/_/g, "-")}`,
      extendedProps: row,
    };
  };

  const asClosed = (row, i) => {
    const { start, end, columns } = place.of(row);
    return {
      id: `closed-${i}`, start, end, display: "background", title: row.label || "", className: "c-closed",
      resourceIds: columns.length ? columns : data.resources.map((each) => String(each.id)),
    };
  };

  /** The minutes before and after a visit in which doctor and room are taken too. */
  const buffersOf = (row) => {
    const { start, end, columns } = place.of(row);
    const made = [];
    if (row.before) made.push([shifted(start, -row.before), start]);
    if (row.after) made.push([end, shifted(end, row.after)]);
    return made.map(([from, to], i) => ({
      id: `buffer-${row.id}-${i}`, start: from, end: to, display: "background", className: "c-buffer", resourceIds: columns, title: "",
    }));
  };

  const all = () => [
    ...data.events.map(asEvent),
    ...(data.closed || []).map(asClosed),
    ...data.events.filter((row) => (row.before || row.after) && row.status !== "cancelled").flatMap(buffersOf),
  ];

  function card({ event }) {
    if (event.display === "background") return { domNodes: [] };
    const row = event.extendedProps;
    const button = document.createElement("button"), top = document.createElement("span"), more = document.createElement("span");
    Object.assign(button, { type: "button", className: "c-visit__card", id: `visit-${event.id}`, tabIndex: -1 });
    button.dataset.url = row.url || "";
    top.className = "c-visit__top";
    more.className = "c-visit__more";
    const drawing = icons?.querySelector(`[data-status="${row.status}"] svg`)?.cloneNode(true);
    const name = document.createElement("b");
    name.textContent = row.name;
    name.dataset.short = row.short || "";
    name.className = "c-private";
    if (drawing) top.append(drawing);
    top.append(name, ...signs(row));
    more.textContent = [clock(event.start), row.text, row.label].filter(Boolean).join(" · ");
    button.append(top, more);
    const range = `${clock(event.start)}–${clock(event.end)}`;
    const words = [range, row.text, row.label, row.pay_label, ...signs(row).map((each) => each.title)].filter(Boolean);
    const comma = persian ? "، " : ", ";
    button.setAttribute("aria-label", [isPrivate() ? row.short : row.name, ...words].join(comma));
    button.title = button.getAttribute("aria-label");
    return { domNodes: row.arrive && data.check_in ? [button, arriveButton(row)] : [button] };
  }

  function signs(row) {
    const found = (row.marks || []).map((key) => icons?.querySelector(`[data-mark="${key}"]`)?.cloneNode(true)).filter(Boolean);
    const pay = row.pay && icons?.querySelector(`[data-pay="${row.pay}"] svg`)?.cloneNode(true);
    if (pay) { pay.classList.add("c-visit__pay"); found.push(pay); }
    return found;
  }

  /** Check-in in one click, on the card itself. */
  function arriveButton(row) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "c-visit__go", id: `arrive-${row.id}`, tabIndex: -1, title: data.check_in.label });
    if (row.status === "late" || Math.abs(minutesOf(row.start) - data.minute_now) < 45) button.classList.add("c-visit__go--now");
    button.dataset.checkIn = data.check_in.url.replace("{id}", row.id);
    button.setAttribute("aria-label", `${data.check_in.label}: ${row.name}`);
    const drawing = icons?.querySelector('[data-status="arrived"] svg')?.cloneNode(true);
    if (drawing) button.append(drawing);
    return button;
  }

  return { all, card, columnsOf: (row) => place.of(row) };
}
