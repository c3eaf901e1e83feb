// <form data-keep="name">: what is typed is kept in this browser until the server has taken it; it comes back after a
// crash, a lost connection or a closed tab. A form drawn with data-keep-taken says that the last one was taken.
const prefix = "keep:";
const typed = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");

function restore(form) {
  const key = prefix + form.dataset.keep;
  if (form.dataset.keepTaken !== undefined) return localStorage.removeItem(key);
  if (form.querySelector("[aria-invalid=true], .c-field--error, .c-over")) return undefined; // the server gave it back itself
  let kept;
  try { kept = JSON.parse(localStorage.getItem(key) || "[]"); } catch { return undefined; }
  for (const [name, value] of kept) {
    const field = form.elements[name];
    if (field && "value" in field && (field.type !== "hidden" || name === "patient")) field.value = value;
  }
  return undefined;
}

function keep(form) {
  try { localStorage.setItem(prefix + form.dataset.keep, JSON.stringify(typed(form))); } catch { /* full or closed */ }
}

export function start() {
  for (const form of document.querySelectorAll("form[data-keep]")) {
    restore(form);
    for (const event of ["input", "change", "submit"]) form.addEventListener(event, () => keep(form));
  }
}
