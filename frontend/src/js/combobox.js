// ARIA combobox. The server answers ?q= with <li role="option" data-value data-label | data-href>.
import { say } from "./http.js";

let timer, running;
const box = (el) => el.closest?.("[data-combobox]");
const list = (root) => root.querySelector("[role=listbox]");
const options = (root) => [...list(root).querySelectorAll("[role=option]")];
const current = (root) => list(root).querySelector('[aria-selected="true"]');

function open(root, shown) {
  list(root).hidden = !shown;
  root.querySelector("[role=combobox]").setAttribute("aria-expanded", String(shown));
  if (!shown) mark(root, null);
}

function mark(root, option) {
  for (const each of options(root)) each.setAttribute("aria-selected", String(each === option));
  const input = root.querySelector("[role=combobox]");
  if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
  else input.removeAttribute("aria-activedescendant");
}

async function ask(root, input) {
  const words = input.value.trim();
  if (words.length < Number(root.dataset.min ?? 1)) return open(root, false);
  running?.abort();
  running = new AbortController();
  const url = new URL(root.dataset.combobox, location.href);
  url.searchParams.set("q", words);
  try {
    const answer = await fetch(url, { signal: running.signal, headers: { "HX-Request": "true", Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    list(root).innerHTML = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") return;
    list(root).textContent = say("offline_action");
  }
  options(root).forEach((option, i) => { option.id = `${list(root).id}-${i}`; option.setAttribute("aria-selected", "false"); });
  open(root, list(root).childNodes.length > 0);
  if (root.dataset.first !== undefined && options(root).length) mark(root, options(root)[0]);  // Enter takes the best one
  const count = options(root).length;
  root.querySelector("[data-combobox-count]").textContent = count ? say("found", count) : say("found_none");
}

function choose(root, option) {
  if (option.dataset.href) { location.href = option.dataset.href; return; }
  const input = root.querySelector("[role=combobox]"), hidden = root.querySelector("input[type=hidden]");
  input.value = option.dataset.label || option.textContent.trim();
  if (hidden) { hidden.value = option.dataset.value; hidden.dispatchEvent(new Event("change", { bubbles: true })); }
  open(root, false);
  root.dispatchEvent(new CustomEvent("combobox:change", { bubbles: true, detail: { value: option.dataset.value } }));
}

document.addEventListener("input", (event) => {
  const root = event.target.matches?.("[role=combobox]") && box(event.target);
  if (!root) return;
  const hidden = root.querySelector("input[type=hidden]");
  if (hidden) hidden.value = "";
  clearTimeout(timer);
  timer = setTimeout(() => ask(root, event.target), 180);
});

document.addEventListener("keydown", (event) => {
  const root = event.target.matches?.("[role=combobox]") && box(event.target);
  if (!root) return;
  const all = options(root), at = all.indexOf(current(root));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list(root).hidden) return ask(root, event.target);
    mark(root, all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
  } else if (event.key === "Enter" && !list(root).hidden && (current(root) || all.length === 1)) {
    event.preventDefault();
    choose(root, current(root) || all[0]);
  } else if (event.key === "Escape" && !list(root).hidden) {
    event.preventDefault();
    event.stopPropagation();
    open(root, false);
  }
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("[data-combobox] [role=option]");
  if (option) { event.preventDefault(); choose(box(option), option); }
});
document.addEventListener("focusout", (event) => {
  const root = box(event.target);
  if (root && !root.contains(event.relatedTarget)) open(root, false);
});
