// A place for files says how many were chosen, and takes those that are dropped on it.
import { digits } from "./http.js";

document.addEventListener("change", (event) => {
  const text = event.target.closest?.("[data-drop]")?.querySelector("[data-drop-text]");
  const count = event.target.files?.length;
  if (text && count) text.textContent = count === 1 ? event.target.files[0].name : text.dataset.many.replace("#", digits(count));
});
for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => event.target.closest?.("[data-drop]")?.classList.toggle("c-drop--over", over));
}
