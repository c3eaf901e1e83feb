// The one panel: <a href="/desk/visits/4/" data-drawer> loads its fragment into #drawer.
import htmx from "./requests.js";
import { say } from "./http.js";
import { toast } from "./toast.js";

const panel = () => document.getElementById("drawer");
const body = () => document.getElementById("drawer-body");
let opener;

export async function openDrawer(url, { wide = false, from = document.activeElement } = {}) {
  const dialog = panel();
  if (!dialog) { location.href = url; return; }
  dialog.classList.toggle("c-drawer--wide", wide);
  if (!dialog.open) {
    opener = from;
    body().innerHTML = "";
    const wait = document.createElement("p");
    wait.className = "c-drawer__wait";
    body().append(wait);
    setTimeout(() => { if (wait.isConnected) wait.textContent = say("loading"); }, 300);
    dialog.showModal();
  }
  body().dataset.url = url;
  await htmx.ajax("GET", url, { source: body(), target: body(), swap: "innerHTML" });
  if (body().querySelector(":scope > .c-drawer__wait")) return closeDrawer();
  settle();
}

export function settle() {
  const heading = body().querySelector("h2[id]");
  panel().setAttribute("aria-labelledby", heading?.id || "drawer-name");
  const first = body().querySelector("[autofocus], .c-summary a") || body().querySelector("[data-drawer-start]") || heading;
  if (first) { if (first === heading) first.tabIndex = -1; first.focus(); }
}

export function closeDrawer() {
  panel()?.close();
}

// The first field in which somebody wrote or chose something that was not sent yet.
function typed() {
  const fields = body().querySelectorAll("form input:not([type=hidden]), form textarea, form select");
  return [...fields].find((el) => {
    if (el.type === "checkbox" || el.type === "radio") return el.checked !== el.defaultChecked;
    if (el.tagName === "SELECT") return [...el.options].some((each) => each.defaultSelected) && !el.selectedOptions[0]?.defaultSelected;
    return el.value.trim() !== el.defaultValue.trim();
  });
}

function keepTyped() {
  toast({ text: say("drawer_typed") });
  typed()?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-drawer]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    const url = link.dataset.drawer || link.getAttribute("href");
    if (!url || !panel()) return;
    event.preventDefault();
    openDrawer(url, { wide: link.dataset.drawerWide !== undefined, from: link });
    return;
  }
  if (event.target.closest?.("[data-drawer-close]")) { event.preventDefault(); closeDrawer(); }
  if (event.target === panel()) typed() ? keepTyped() : closeDrawer();
  const shown = event.target.closest?.("[data-dialog]");
  if (shown) document.getElementById(shown.dataset.dialog)?.showModal();
  const shut = event.target.closest?.("[data-dialog-close]");
  if (shut) shut.closest("dialog")?.close();
});

document.addEventListener("drawer:close", closeDrawer);
document.addEventListener("drawer:open", (event) => openDrawer(event.detail.value || event.detail.url));
document.addEventListener("drawer:reload", () => { if (panel()?.open) openDrawer(body().dataset.url); });

export function start() {
  panel()?.addEventListener("cancel", (event) => { // Escape: the second one closes
    if (event.target !== panel() || !typed()) return;
    event.preventDefault();
    keepTyped();
  });
  panel()?.addEventListener("close", () => {
    body().innerHTML = "";
    const back = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
    back?.focus?.();
    opener = null;
  });
}

// Menus close on a click elsewhere and on Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.c-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.c-menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
