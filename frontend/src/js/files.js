// The phone's page: every chosen picture is sent by itself, so that a lost connection loses one, and says so.
import { csrf } from "./http.js";

const form = document.querySelector("[data-send-each]");
const list = document.querySelector("[data-sent]");

function preview(file) {
  const image = document.createElement(file.type.startsWith("image/") ? "img" : "span");
  if (image.tagName === "SPAN") { image.className = "c-sent__blank"; return image; }
  image.alt = "";
  const reader = new FileReader(); // the policy allows data: only
  reader.addEventListener("load", () => { image.src = reader.result; });
  if (file.size < 12e6) reader.readAsDataURL(file);
  return image;
}

let last = Promise.resolve(); // one after the other: a phone's line is thin

function send(file, row, state, again) {
  again?.remove();
  last = last.then(() => new Promise((done) => sendNow(file, row, state, done)));
}

function sendNow(file, row, state, done) {
  state.dataset.state = "";
  state.textContent = form.dataset.sending;
  const request = new XMLHttpRequest(), data = new FormData();
  data.append("file", file);
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRFToken", csrf());
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) row.querySelector("progress").value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    let told = {};
    try { told = JSON.parse(request.responseText); } catch { /* a page of a proxy */ }
    const ok = request.status === 200;
    row.querySelector("progress").hidden = true;
    state.dataset.state = ok ? "ok" : "bad";
    state.textContent = ok ? form.dataset.arrived : told.message || form.dataset.offline;
  });
  request.addEventListener("loadend", done);
  request.addEventListener("error", () => {
    state.dataset.state = "bad";
    state.textContent = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "c-btn c-btn--sm";
    button.textContent = form.dataset.offline;
    button.addEventListener("click", () => send(file, row, state, button));
    state.append(button);
  });
  request.send(data);
}

function row(file) {
  const item = document.createElement("li"), state = document.createElement("span"), bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", form.dataset.sending);
  state.setAttribute("role", "status");
  item.append(preview(file), state, bar);
  list.prepend(item);
  return [item, state];
}

form?.addEventListener("change", (event) => {
  const chosen = [...(event.target.files || [])];
  event.target.value = "";
  for (const file of chosen) { const [item, state] = row(file); send(file, item, state); }
});
