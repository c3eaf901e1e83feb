// Answers of a note: a chosen radio is taken back by a second press; buttons that fill a field with one of two texts.
document.addEventListener("mousedown", (event) => {
  const radio = event.target.closest?.("label")?.querySelector("input[data-clearable]");
  if (radio) radio.dataset.was = radio.checked ? "1" : "";
});
document.addEventListener("keydown", (event) => {
  const radio = event.target;
  if (!radio.matches?.("input[data-clearable]") || !["Delete", "Backspace"].includes(event.key) || !radio.checked) return;
  event.preventDefault();
  clear(radio);
});
document.addEventListener("click", (event) => {
  const radio = event.target;
  if (radio.matches?.("input[data-clearable]") && radio.dataset.was) { radio.dataset.was = ""; clear(radio); }
  const button = event.target.closest?.("[data-put]");
  if (button) {
    const field = document.getElementById(button.dataset.put);
    field.value = button.dataset.with;
    field.focus();
  }
});

function clear(radio) {
  radio.checked = false;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
}

// What the server says of the answers after a save: the sums, and which of them it could not read.
export function showAnswers(form, { scores = [], wrong = {} }) {
  for (const el of form.querySelectorAll("[data-score]")) el.textContent = scores[Number(el.dataset.score)] || "—";
  for (const el of form.querySelectorAll("[data-answer]")) {
    const text = wrong[el.dataset.answer] || "", place = el.querySelector(".c-field__error");
    el.classList.toggle("c-field--error", Boolean(text));
    if (!place) continue;
    place.hidden = !text;
    place.textContent = text;
    for (const field of el.querySelectorAll("input, textarea")) field.toggleAttribute("aria-invalid", Boolean(text));
  }
}
