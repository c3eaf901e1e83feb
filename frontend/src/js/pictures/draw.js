// Drawing on a copy of a picture. The marks are kept as a list, so that the last one can be taken back.
import { post, rtl } from "../http.js";

const form = document.querySelector("[data-draw]");
if (form) start(form);

function start(form) {
  const canvas = form.querySelector("canvas"), pen = canvas.getContext("2d");
  const words = form.elements.words, image = new Image();
  const marks = [], cursor = { x: canvas.width / 2, y: canvas.height / 2 };
  let now = null, keyed = false;
  const width = Math.max(3, Math.round(Math.max(canvas.width, canvas.height) / 260));

  image.addEventListener("load", paint);
  image.src = canvas.dataset.src;

  function paint() {
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    for (const mark of now ? [...marks, now] : marks) one(mark);
    if (keyed && document.activeElement === canvas) cross();
  }

  function one({ tool, colour, points, text }) {
    const first = points[0], last = points[points.length - 1];
    pen.lineWidth = width;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = pen.fillStyle = colour;
    pen.shadowColor = colour === "#ffffff" ? "#000000" : "#ffffff"; // seen on light and dark skin alike
    pen.shadowBlur = width;
    pen.beginPath();
    if (tool === "text") {
      pen.font = `600 ${width * 9}px Vazirmatn, sans-serif`;
      pen.direction = rtl() ? "rtl" : "ltr";
      pen.textAlign = "center";
      pen.fillText(text, first.x, first.y);
    } else if (tool === "ring") {
      pen.ellipse((first.x + last.x) / 2, (first.y + last.y) / 2, Math.abs(last.x - first.x) / 2, Math.abs(last.y - first.y) / 2, 0, 0, 7);
      pen.stroke();
    } else {
      const path = tool === "arrow" ? [first, last] : points;
      path.forEach((point, at) => (at ? pen.lineTo(point.x, point.y) : pen.moveTo(point.x, point.y)));
      if (path.length === 1) pen.lineTo(first.x + 0.1, first.y);
      pen.stroke();
      if (tool === "arrow") tip(first, last);
    }
    pen.shadowBlur = 0;
  }

  function tip(from, to) {
    const angle = Math.atan2(to.y - from.y, to.x - from.x), long = width * 6;
    pen.beginPath();
    for (const side of [-0.45, 0.45]) {
      pen.moveTo(to.x, to.y);
      pen.lineTo(to.x - long * Math.cos(angle + side), to.y - long * Math.sin(angle + side));
    }
    pen.stroke();
  }

  function cross() {
    pen.strokeStyle = "#000000";
    pen.lineWidth = Math.max(2, width / 2);
    pen.strokeRect(cursor.x - width * 2, cursor.y - width * 2, width * 4, width * 4);
  }

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.x) / box.width) * canvas.width, y: ((event.clientY - box.y) / box.height) * canvas.height };
  };

  function begin(point) {
    const tool = form.elements.tool.value, text = words.value.trim();
    if (tool === "text" && !text) return words.focus();
    now = { tool, colour: form.elements.colour.value, points: [point], text };
    if (tool === "text") end();
    paint();
  }

  function on(point) {
    if (!now) return;
    if (now.tool === "pen") now.points.push(point);
    else now.points[1] = point;
    paint();
  }

  function end() {
    if (now && (now.points.length > 1 || now.tool === "pen" || now.tool === "text")) marks.push(now);
    now = null;
    paint();
  }

  canvas.addEventListener("pointerdown", (event) => {
    keyed = false;
    canvas.setPointerCapture(event.pointerId);
    begin(at(event));
  });
  canvas.addEventListener("pointermove", (event) => on(at(event)));
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("keydown", (event) => {
    const step = width * (event.shiftKey ? 16 : 4), moves = { ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-step, 0], ArrowRight: [step, 0] }[event.key];
    if (!moves && event.key !== "Enter") return;
    event.preventDefault();
    keyed = true;
    if (moves) {
      cursor.x = Math.min(Math.max(cursor.x + moves[0], 0), canvas.width);
      cursor.y = Math.min(Math.max(cursor.y + moves[1], 0), canvas.height);
      on({ ...cursor });
    } else if (now) end();
    else begin({ ...cursor });
    paint();
  });

  form.addEventListener("change", () => { words.hidden = form.elements.tool.value !== "text"; if (!words.hidden) words.focus(); });
  form.querySelector("[data-draw-undo]").addEventListener("click", () => { marks.pop(); paint(); });
  words.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); canvas.focus(); } });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    keyed = false;
    paint();
    canvas.toBlob(save, "image/jpeg", 0.92);
  }, true);

  async function save(blob) {
    const data = new FormData();
    data.append("file", blob, "copy.jpg");
    const button = form.querySelector("[data-draw-save]");
    button.setAttribute("aria-busy", "true");
    const answer = await post(location.pathname, data, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = await answer?.json().catch(() => ({})) || {};
    button.removeAttribute("aria-busy");
    if (answer?.ok) location.href = told.url;
    else window.clinic.toast({ text: told.message || form.dataset.failed, tone: "danger" });
  }
}
