// The kiosk: digits by finger, and back to the beginning when nobody touches it any more.
const root = document.querySelector("[data-kiosk]");
const after = Number(root?.dataset.resetAfter || 0) * 1000;
let field = document.querySelector(".c-kiosk__input"), timer;

function wait() {
  clearTimeout(timer);
  if (after) timer = setTimeout(() => location.replace(root.dataset.kiosk), after);
}

document.addEventListener("focusin", (event) => { if (event.target.matches?.(".c-kiosk__input")) field = event.target; });
document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-digit]")?.dataset.digit;
  if (!key || !field) return;
  if (key === "back") field.value = field.value.slice(0, -1);
  else if (field.value.length < field.maxLength) field.value += key;
  field.focus();
});
// Enter in the first line leads to the second.
document.addEventListener("keydown", (event) => {
  const next = document.getElementById("proof");
  if (event.key === "Enter" && event.target.id === "who" && next && !next.value) { event.preventDefault(); next.focus(); }
});
for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, wait);
wait();
