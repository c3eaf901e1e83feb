// Times that run: data-countdown="ISO" (minutes:seconds left), data-timer-since="ISO" data-warn="20" (minutes gone);
// with data-alarm="30" too, the next [data-level] around it becomes "warn" and "long".
import { digits } from "./http.js";

const pad = (number) => String(number).padStart(2, "0");

// Long, too long: told by the style sheet with an icon and a word, not by colour alone.
function level(el, gone) {
  const now = gone >= Number(el.dataset.alarm) ? "long" : gone >= Number(el.dataset.warn) ? "warn" : "";
  const place = el.closest("[data-level]") || el;
  if (place.dataset.level !== now) place.dataset.level = now;
}

function tick() {
  const now = Date.now();
  for (const el of document.querySelectorAll("[data-countdown]")) {
    const left = Math.max(0, Math.round((Date.parse(el.dataset.countdown) - now) / 1000));
    const text = digits(`${pad(Math.floor(left / 60))}:${pad(left % 60)}`);
    if (el.textContent !== text) el.textContent = text;
    if (left === 0 && !el.dataset.over) {
      el.dataset.over = "1";
      el.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
    } else if (left > 0) delete el.dataset.over;
  }
  for (const el of document.querySelectorAll("[data-timer-since]")) {
    const gone = Math.max(0, Math.floor((now - Date.parse(el.dataset.timerSince)) / 60000));
    const text = digits(gone);
    if (el.textContent !== text) el.textContent = text;
    if (el.dataset.alarm) level(el, gone);
    else if (el.dataset.warn) el.classList.toggle("c-warned", gone >= Number(el.dataset.warn));
  }
  for (const el of document.querySelectorAll("[data-clock]")) {
    const parts = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: el.dataset.clock || undefined }).format(now);
    if (el.textContent !== digits(parts)) el.textContent = digits(parts);
  }
}

export function start() {
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:after:swap", tick); // new parts do not wait a second for their number
}
