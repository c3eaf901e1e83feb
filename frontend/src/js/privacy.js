// Privacy mode: names become initials while others look at the screen. Shift+P, or a button with data-privacy.
// A cookie, so that the next page comes without names from the server on.
const on = () => document.documentElement.dataset.privacy === "on";

function set(wanted) {
  if (wanted) document.documentElement.dataset.privacy = "on";
  else delete document.documentElement.dataset.privacy;
  document.cookie = `privacy=${wanted ? "on" : ""}; path=/; samesite=lax; max-age=${wanted ? 43200 : 0}`;
  start();
  document.dispatchEvent(new CustomEvent("privacy:changed"));
}

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-privacy-toggle]")) set(!on()); });
document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyP" || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select") || !document.querySelector("[data-privacy-toggle]")) return;
  event.preventDefault();
  set(!on());
});

export function start() {
  for (const button of document.querySelectorAll("[data-privacy-toggle]")) button.setAttribute("aria-pressed", String(on()));
}
