// Short messages with undo. The server sends HX-Trigger: {"toast": {"text", "undo_url", "tone"}}.
import { brief, post, say } from "./http.js";

const region = () =>
  document.querySelector("dialog[open] [data-toasts]") || document.querySelector("body > [data-toasts]");

export function toast({ text, undo_url: undo, tone = "" }) {
  const place = region();
  if (!place || !text) return;
  const box = document.createElement("div");
  box.className = `c-toast${tone === "danger" ? " c-toast--danger" : ""}`;
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (undo) {
    const back = button(say("undo"), () => takeBack(undo, box));
    back.dataset.key = "KeyZ";
    place.querySelectorAll("[data-key=KeyZ]").forEach((older) => delete older.dataset.key);  // the newest is taken back
    box.append(back);
  }
  const close = button("", () => box.remove());
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", say("close"));
  close.innerHTML = '<svg class="c-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true"><path d="M18 6 6 18M6 6l12 12"/></svg>';
  box.append(close);
  place.append(box);
  while (place.children.length > 3) place.firstElementChild.remove();
  leaveLater(box, undo ? 10000 : 6000);
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

// A message stays while somebody reads or holds it.
function leaveLater(box, after) {
  let timer;
  const start = () => { timer = setTimeout(() => box.remove(), after); };
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", start);
  box.addEventListener("focusin", () => clearTimeout(timer));
  box.addEventListener("focusout", start);
  start();
}

async function takeBack(url, box) {
  box.remove();
  try {
    const answer = await post(url, {});
    if (!answer.ok) return toast({ text: brief(await answer.text()) || say("failed"), tone: "danger" });
    document.dispatchEvent(new CustomEvent("live:refresh"));
    toast({ text: say("undone") });
  } catch {
    toast({ text: say("offline_action"), tone: "danger" });
  }
}

// Messages that came with the page leave like the others.
export function start() {
  for (const box of document.querySelectorAll("[data-toasts] > .c-toast")) leaveLater(box, 8000);
}

document.addEventListener("toast", (event) => toast(event.detail?.value ? { text: event.detail.value } : event.detail || {}));
