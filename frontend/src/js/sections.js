// Tabs that jump to the parts of one long page say where the reader is, where the parts stand below each other.
const oneColumn = matchMedia("(max-width: 1199.98px)");

function centre(link, bar) {
  const [place, frame] = [link.getBoundingClientRect(), bar.getBoundingClientRect()];
  bar.scrollBy({ left: place.x + place.width / 2 - frame.x - frame.width / 2 });
}

function mark() {
  const bar = document.querySelector("[data-sections]");
  if (!bar) return;
  const links = [...bar.querySelectorAll("a")];
  const line = innerHeight * 0.35;
  const above = (link) => (document.querySelector(link.hash)?.getBoundingClientRect().top ?? Infinity) <= line;
  const here = oneColumn.matches ? links.filter(above).pop() || links[0] : null;
  for (const link of links) {
    if (link === here && !link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      centre(link, bar);
    } else if (link !== here) link.removeAttribute("aria-current");
  }
}

let waits = false;
function soon() {
  if (waits) return;
  waits = true;
  requestAnimationFrame(() => { waits = false; mark(); });
}

// Of tabs that lead to pages, the present one is in sight, however narrow the screen.
function showPresent() {
  for (const link of document.querySelectorAll(".c-tabs:not([data-sections]) [aria-current]")) centre(link, link.closest(".c-tabs"));
}

export function start() {
  showPresent();
  mark();
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
}
