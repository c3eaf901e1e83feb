// A frame for a signature: strokes of whole numbers within 600 × 200, drawn smoothly, kept as JSON in a hidden input.
const started = new WeakSet();
function startAll() {
  for (const place of document.querySelectorAll("[data-sign]")) {
    if (started.has(place)) continue;
    started.add(place);
    start(place);
  }
}
startAll();
new MutationObserver(startAll).observe(document.body, { childList: true, subtree: true }); // panels come later

function start(place) {
  const pad = place.querySelector("canvas"), kept = place.querySelector('input[name="signature"]'), pen = pad.getContext("2d");
  let strokes = [], now = null;
  try { strokes = JSON.parse(kept.value || "[]"); } catch { strokes = []; }

  function draw() {
    pen.clearRect(0, 0, pad.width, pad.height);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#10202e";
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.5, stroke[0][1]);
      pen.stroke();
    }
  }
  const inside = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    return [inside(((event.clientX - box.x) / box.width) * 600, 600), inside(((event.clientY - box.y) / box.height) * 200, 200)];
  };
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    if (strokes.length < 80) strokes.push((now = [at(event)]));
    draw();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!now) return;
    const [x, y] = at(event), [lastX, lastY] = now[now.length - 1];
    if (Math.abs(x - lastX) + Math.abs(y - lastY) < 2 || now.length > 600) return;
    now.push([x, y]);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { now = null; kept.value = JSON.stringify(strokes); });
  place.querySelector("[data-sign-clear]").addEventListener("click", () => { strokes = []; kept.value = ""; draw(); });
  draw();
}
