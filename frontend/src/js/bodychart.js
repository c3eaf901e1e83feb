// Points on outlines of the body: [data-body-chart] holds a hidden textarea with a JSON list of
// {view, x, y, kind, text}; x and y run from 0 to 1 from the upper left of the outline. With data-body-chart="read" it
// only shows. The outlines are drawn by ourselves, one half each, and mirrored.
import { digits, persian } from "./http.js";
import { LOWER, OUTLINES, UPPER } from "./bodyshapes.js";

const SVG = "http://www.w3.org/2000/svg";
const VIEWS = ["front", "back", "left", "right", "face", "teeth"], KINDS = ["pain", "swelling", "rash", "wound", "numb", "treated", "other"];
const comma = persian ? "، " : ", ";
const said = JSON.parse(document.getElementById("js-text")?.textContent || "{}").body || {};
const words = (group, key) => said[group]?.[key] || key;

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "path", "g", "circle", "text", "rect", "use"].includes(tag);
  const el = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) el.setAttribute(name, value);
  el.append(...children);
  return el;
}

function outline(view) {
  const { box, half, whole = [], soft = [] } = OUTLINES[view], [, , width] = box;
  const lines = (paths, css) => paths.map((d) => make("path", { d, class: css }));
  const group = make("g");
  if (half) {
    group.append(make("path", { d: half, class: "c-body__skin" }), make("path", { d: half, class: "c-body__skin", transform: `translate(${width} 0) scale(-1 1)` }));
  }
  group.append(...lines(whole, "c-body__skin"), ...lines(soft, "c-body__soft"));
  for (const d of OUTLINES[view].both || []) group.append(make("path", { d, class: "c-body__soft" }), make("path", { d, class: "c-body__soft", transform: `translate(${width} 0) scale(-1 1)` }));
  if (view === "teeth") teeth(group);
  return group;
}

function teeth(group) {
  for (const [row, numbers, y] of [["upper", UPPER, 20], ["lower", LOWER, 86]]) {
    numbers.forEach((number, place) => {
      const x = 8 + place * 24 + (place > 7 ? 8 : 0), grown = place < 5 || place > 10 ? 20 : 17;
      group.append(make("rect", { x, y, width: grown, height: 40, rx: 7, class: "c-body__skin" }));
      const label = make("text", { x: x + 9, y: row === "upper" ? 14 : 142, class: "c-body__number", "text-anchor": "middle" });
      label.textContent = digits(number);
      group.append(label);
    });
  }
}

function build(place) {
  const field = place.querySelector("textarea"), told = place.querySelector("[data-body-words]"), reads = place.dataset.bodyChart === "read";
  let marks = [], view = "front", cursor = { x: 0.5, y: 0.3 }, keyed = false;
  try { marks = JSON.parse(field.value || "[]") || []; } catch { marks = []; }
  if (!Array.isArray(marks)) marks = [];
  if (marks[0]) view = marks[0].view;

  const tabs = make("div", { class: "c-body__views", role: "group", "aria-label": words("say", "views") });
  const figure = make("svg", { class: "c-body__figure", tabindex: reads ? undefined : "0", role: reads ? "img" : "application" });
  const kinds = make("select", { class: "c-input c-body__kind", "aria-label": words("say", "kind") });
  const list = make("ol", { class: "c-body__list" });
  for (const kind of KINDS) kinds.append(make("option", { value: kind }, words("kinds", kind)));
  const panel = make("div", { class: "c-body__frame", "hx-morph-skip": "" }, tabs, ...(reads ? [] : [kinds]), figure, list);
  place.append(panel);

  for (const each of VIEWS) {
    const button = make("button", { type: "button", class: "c-pill c-body__view" }, words("views", each));
    button.addEventListener("click", () => { view = each; keyed = false; draw(); });
    button.dataset.view = each;
    tabs.append(button);
  }

  function keep() {
    field.value = JSON.stringify(marks);
    if (told) told.textContent = inWords();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }

  const inWords = () => marks.map((mark) => [words("views", mark.view), words("kinds", mark.kind), mark.text].filter(Boolean).join(comma)).join(" · ");

  function add(x, y) {
    const round = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 1e4) / 1e4;
    if (marks.length >= 200) return;
    marks.push({ view, x: round(x), y: round(y), kind: kinds.value, text: "" });
    keep();
    list.querySelector("li:last-child input")?.focus({ preventScroll: true });
  }

  function draw() {
    const [, , width, height] = OUTLINES[view].box;
    figure.setAttribute("viewBox", OUTLINES[view].box.join(" "));
    figure.setAttribute("aria-label", `${words("views", view)}. ${reads ? inWords() : words("say", "how")}`);
    figure.replaceChildren(outline(view));
    marks.forEach((mark, at) => {
      if (mark.view !== view) return;
      const point = make("g", { class: `c-body__mark c-body__mark--${KINDS.includes(mark.kind) ? mark.kind : "other"}`, transform: `translate(${mark.x * width} ${mark.y * height})` });
      const label = make("text", { "text-anchor": "middle", dy: "3.2" });
      label.textContent = digits(at + 1);
      point.append(make("circle", { r: 8 }), label);
      figure.append(point);
    });
    if (keyed) figure.append(make("circle", { cx: cursor.x * width, cy: cursor.y * height, r: 6, class: "c-body__cursor" }));
    for (const button of tabs.children) {
      const count = marks.filter((mark) => mark.view === button.dataset.view).length;
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
      button.textContent = words("views", button.dataset.view) + (count ? ` (${digits(count)})` : "");
    }
    rows();
  }

  function rows() {
    if (list.children.length === marks.length && list.contains(document.activeElement)) return;
    list.replaceChildren(...marks.map((mark, at) => {
      const name = `${digits(at + 1)}. ${words("kinds", mark.kind)}${comma}${words("views", mark.view)}`;
      if (reads) return make("li", {}, mark.text ? `${name}: ${mark.text}` : name);
      const text = make("input", { class: "c-input", maxlength: "300", "aria-label": name, placeholder: name, autocomplete: "off" });
      text.value = mark.text || "";
      text.addEventListener("input", (event) => { event.stopPropagation(); mark.text = text.value; keep(); });
      const away = make("button", { type: "button", class: "c-icon-btn c-icon-btn--sm", "aria-label": `${words("say", "remove")}: ${name}` }, "×");
      away.addEventListener("click", () => { marks.splice(marks.indexOf(mark), 1); away.blur(); keep(); });
      return make("li", {}, text, away);
    }));
  }

  if (!reads) {
    figure.addEventListener("click", (event) => {
      const box = figure.getBoundingClientRect();
      keyed = false;
      add((event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height);
    });
    figure.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 0.1 : 0.02, moves = { ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-step, 0], ArrowRight: [step, 0] }[event.key];
      if (!moves && event.key !== "Enter") return;
      event.preventDefault();
      keyed = true;
      if (moves) cursor = { x: Math.min(Math.max(cursor.x + moves[0], 0), 1), y: Math.min(Math.max(cursor.y + moves[1], 0), 1) };
      else return add(cursor.x, cursor.y);
      draw();
    });
  }
  draw();
}

export function start() {
  for (const place of document.querySelectorAll("[data-body-chart]")) if (!place.querySelector(".c-body__frame")) build(place);
}
document.addEventListener("htmx:after:swap", start);
