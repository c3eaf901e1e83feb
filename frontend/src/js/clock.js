// Times that run: data-countdown="ISO" (minutes:seconds left), data-timer-since="ISO" data-warn="20" (minutes gone).
import { digits } from "./http.js";

const pad = (number) => String(number).padStart(2, "0");

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
    if (el.dataset.warn) el.classList.toggle("c-warned", gone >= Number(el.dataset.warn));
  }
  for (const el of document.querySelectorAll("[data-clock]")) {
    const parts = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: el.dataset.clock || undefined }).format(now);
    if (el.textContent !== digits(parts)) el.textContent = digits(parts);
  }
}

export function start() {
  tick();
  setInterval(tick, 1000);
}
