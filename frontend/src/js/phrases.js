// In a form with data-phrases="address" a "/" at the beginning of a word opens a menu of ready phrases: type on to
// choose, arrows and Enter, Escape. What stands in [brackets] of the phrase is marked; Tab goes to the next one.
const MARK = /(?:^|\s)\/([\p{L}\p{N}\u200c_-]*)$/u;
let open = null; // {field, list, from, asked}
const filling = new WeakSet();

function wordAt(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const found = MARK.exec(field.value.slice(0, field.selectionStart));
  return found ? { text: found[1], from: field.selectionStart - found[1].length - 1 } : null;
}

function close() {
  if (!open) return;
  open.list.remove();
  for (const name of ["aria-controls", "aria-activedescendant"]) open.field.removeAttribute(name);
  open = null;
}

function choose(at) {
  const options = [...open.list.children];
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  open.at = at;
  open.field.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

async function show(field, word, address) {
  const asked = `${address}?q=${encodeURIComponent(word.text)}`;
  const answer = await fetch(asked, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || document.activeElement !== field) return;
  const now = wordAt(field);
  if (!now || now.text !== word.text) return;
  const html = await answer.text();
  close();
  const list = document.createElement("ul");
  list.className = "c-combo__list c-phrases";
  list.id = `${field.id}-phrases`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.form.dataset.phrasesLabel || "/");
  list.innerHTML = html;
  if (!list.children.length) return;
  [...list.children].forEach((option, place) => { option.id = `${list.id}-${place}`; });
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  open = { field, list, from: word.from, at: 0 };
  choose(0);
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function put(option) {
  const { field, from } = open, end = field.selectionStart, text = option.dataset.value;
  close();
  field.setRangeText(text, from, end, "end");
  filling.add(field);
  if (!next(field, from, from + text.length)) filling.delete(field);
  field.focus();
  changed(field);
}

function next(field, from, until = field.value.length) {
  const found = /\[[^\]\n]*\]/.exec(field.value.slice(from, until));
  if (!found) return false;
  field.setSelectionRange(from + found.index, from + found.index + found[0].length);
  return true;
}

document.addEventListener("input", (event) => {
  const field = event.target, form = field.form;
  if (!form?.dataset.phrases || !field.matches("textarea, input[type=text], input:not([type])")) return;
  const word = wordAt(field);
  if (word) show(field, word, form.dataset.phrases);
  else if (open?.field === field) close();
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (open?.field === field) {
    const options = open.list.children;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose((open.at + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
    else if (event.key === "Enter" || event.key === "Tab") put(options[open.at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Tab" && !event.shiftKey && filling.has(field)) {
    if (next(field, field.selectionEnd)) event.preventDefault();
    else filling.delete(field);
  } else if (event.key === "Escape") filling.delete(field);
}, true);
document.addEventListener("mousedown", (event) => {
  const option = open && event.target.closest?.(".c-phrases [role=option]");
  if (!option) return;
  event.preventDefault();
  put(option);
});
document.addEventListener("focusout", (event) => { if (open?.field === event.target) close(); });
