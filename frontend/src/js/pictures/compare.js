// Two photos over one another: the range is the slider, for keyboard, mouse and touch alike.
for (const place of document.querySelectorAll("[data-compare]")) {
  const range = place.querySelector("input");
  const cut = () => place.style.setProperty("--cut", `${range.value}%`);
  range.addEventListener("input", cut);
  cut();
}
