// A conversation: Enter sends, the newest is in sight, what was seen is told to the server.
import { post } from "./http.js";

const chats = () => [...document.querySelectorAll("[data-chat]")];
const list = (chat) => chat.querySelector(".c-chat__list");
const newest = (chat) => Number(list(chat)?.dataset.last || 0);

function down(chat) {
  const rows = list(chat);
  if (rows) rows.scrollTop = rows.scrollHeight;
}

/** Seen is what stands on a page that somebody looks at. */
function seen(chat) {
  const last = newest(chat);
  const place = chat.getBoundingClientRect(), inSight = place.height && place.top < innerHeight && place.bottom > 0;
  if (document.hidden || !last || !inSight || Number(chat.dataset.seen || 0) >= last) return;
  chat.dataset.seen = last;
  post(chat.dataset.seenUrl, { last });
}

function look() {
  for (const chat of chats()) {
    const last = newest(chat);
    if (Number(chat.dataset.shown || -1) !== last) {
      chat.dataset.shown = last;
      down(chat);
    }
    seen(chat);
  }
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-chat] textarea");
  if (!field || event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  if (field.value.trim()) field.form.requestSubmit();
});

// Every message has a key of its own, so that sending twice writes once; a sent one makes room for the next.
document.addEventListener("submit", (event) => {
  const key = event.target.querySelector?.("[data-chat-key]");
  if (key && !key.value) key.value = crypto.randomUUID();
}, true);
document.addEventListener("chat:sent", (event) => {
  const chat = event.target.closest?.("[data-chat]") || document.querySelector("[data-chat]"), form = chat?.querySelector("form");
  if (!form) return;
  form.querySelector("textarea").value = "";
  form.querySelector("[data-chat-key]").value = "";
  form.querySelector("textarea").focus();
});
document.addEventListener("visibilitychange", look);
document.addEventListener("scroll", look, { passive: true });
document.addEventListener("htmx:after:swap", look);
look();

// A quick reply is put into the field; a person still reads it before it is sent.
document.addEventListener("click", (event) => {
  const reply = event.target.closest("[data-reply]"), field = document.querySelector("[data-chat] textarea");
  if (!reply || !field) return;
  field.value = field.value ? `${field.value}\n${reply.dataset.reply}` : reply.dataset.reply;
  field.focus();
});
