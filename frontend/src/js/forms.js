// Small comforts of forms. All of them work without.
import { latin, post } from "./http.js";

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-autosubmit]")) event.target.form?.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.matches?.("[data-theme-form]") && button) {
    event.preventDefault();
    document.documentElement.dataset.theme = button.value || "auto";
    form.querySelectorAll("[name=theme]").forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    post(form.action, { theme: button.value }, { headers: { "HX-Request": "true" } });
    return;
  }
  // A second press of the same button must not send the form twice.
  if (form.dataset.sent && !form.hasAttribute("hx-post")) { event.preventDefault(); return; }
  if (form.method === "post" && !event.defaultPrevented && !form.hasAttribute("hx-post")) {
    form.dataset.sent = "1";
    button?.setAttribute("aria-busy", "true");
  }
});
// The second click of a double click is nobody's wish: it would call the next patient, or press what came in its place.
document.addEventListener("click", (event) => {
  const button = event.detail > 1 && event.target.closest?.("button:not([type=button]), [hx-post]");
  if (!button || !(button.hasAttribute("hx-post") || button.form?.hasAttribute("hx-post"))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
addEventListener("pageshow", (event) => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("form [aria-busy]")) button.removeAttribute("aria-busy");
  // Times shown again by the way back may be taken meanwhile.
  if (event.persisted && document.querySelector("[data-fresh]")) location.reload();
});

// Digits of any keyboard show as Latin where the field is read left to right; the caret stays.
document.addEventListener("input", (event) => {
  const el = event.target;
  if (!el.matches?.('input[dir="ltr"]') || !/[۰-۹٠-٩]/.test(el.value)) return;
  const at = el.selectionStart;
  el.value = latin(el.value);
  try { el.setSelectionRange(at, at); } catch { /* number fields have no caret */ }
});

// Notes counted one kind after the other: their sum stands in the field above them.
document.addEventListener("input", (event) => {
  const box = event.target.dataset?.worth && event.target.closest("[data-notes]"), sum = box?.querySelector("input:not([data-worth])");
  if (!sum) return;
  let whole = 0;
  for (const note of box.querySelectorAll("[data-worth]")) whole += Number(note.dataset.worth) * (parseInt(latin(note.value), 10) || 0);
  sum.value = (Math.round(whole * 100) / 100).toLocaleString("en");
});

// The full code sends itself: no tap more on a phone.
document.addEventListener("input", (event) => {
  const el = event.target;
  if (el.matches?.("[data-code]") && latin(el.value).replace(/\D/g, "").length === Number(el.dataset.code)) el.form?.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const source = event.target.closest?.("[data-copy]");
  if (source) {
    await navigator.clipboard?.writeText(source.dataset.copy);
    source.dispatchEvent(new CustomEvent("toast", { bubbles: true, detail: { text: source.dataset.copied || "" } }));
  }
  if (event.target.closest?.("[data-print]")) print();
});

// One press fills several fields: data-fill='{"time": "10:15"}'; another choice fetches other presses.
document.addEventListener("click", (event) => {
  const source = event.target.closest?.("[data-fill]"), form = source?.closest("form");
  if (!form) return;
  for (const [name, value] of Object.entries(JSON.parse(source.dataset.fill))) {
    const el = form.elements[name];
    if (!el) continue;
    if (name === "day" && ![...el.options].some((each) => each.value === value)) el.add(new Option(source.dataset.fillSaid, value)); // far ahead
    el.value = value;
  }
  for (const each of form.querySelectorAll("[data-fill]")) each.setAttribute("aria-pressed", String(each === source));
});
document.addEventListener("change", async (event) => {
  const from = event.target.closest?.("[data-fill-from]"), into = from && document.getElementById(from.dataset.fillInto);
  if (!into) return;
  const url = new URL(from.dataset.fillFrom, location.href);
  for (const each of from.querySelectorAll("select, input:checked")) url.searchParams.set(each.name, each.value);
  const held = document.activeElement?.id;
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || !into.isConnected) return;
  into.outerHTML = await answer.text();
  document.querySelector(`#${from.dataset.fillInto} [data-fill]`)?.click();
  if (held && document.activeElement === document.body) document.getElementById(held)?.focus();
});

// The chosen day of a strip stands in sight.
function showChosen() {
  for (const day of document.querySelectorAll(".c-days > [aria-current]")) {
    const strip = day.parentElement, box = day.getBoundingClientRect(), all = strip.getBoundingClientRect();
    if (box.left < all.left || box.right > all.right) strip.scrollLeft += (box.left + box.right - all.left - all.right) / 2;
  }
}
document.addEventListener("htmx:after:swap", () => requestAnimationFrame(showChosen));

// A long list opens where it matters now, unless the page was scrolled already.
function showNow() {
  const list = document.querySelector("[data-scroll-to]");
  if (list?.offsetParent && scrollY < 10) document.getElementById(list.dataset.scrollTo)?.closest("li").scrollIntoView({ block: "center" });
}

// The error summary leads to the field.
export function start() {
  showChosen();
  showNow();
  if (document.querySelector("[data-print-now]")) setTimeout(print, 300);
  document.querySelector(".c-summary[autofocus], .c-summary[data-focus]")?.focus();
}
