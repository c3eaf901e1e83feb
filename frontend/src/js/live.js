// One socket a page. The server says what changed; the page fetches that part again and morphs it in.
import htmx from "./requests.js";
import { say } from "./http.js";

const waiting = new Map(), known = new Set();
let socket, delay = 1000, timer;

const parts = () => [...document.querySelectorAll("[data-live]")];
const wanted = (el) => el.dataset.live.split(/\s+/).map((topic) => ({ topic, branch: Number(el.dataset.branch) || null, token: el.dataset.liveKey || "" }));

function show(state) {
  for (const dot of document.querySelectorAll("[data-live-dot]")) {
    dot.dataset.state = state;
    dot.textContent = say(`live_${state}`);
  }
}

function subscribe() {
  const sent = new Set();
  for (const { topic, branch, token } of parts().flatMap(wanted)) {
    const key = `${topic}:${branch}:${token}`;
    if (sent.has(key)) continue;
    sent.add(key);
    socket.send(JSON.stringify({ subscribe: topic, ...(branch ? { branch } : {}), ...(token ? { key: token } : {}) }));
  }
}

/** Fetch one live part again; several notices within a moment make one request. */
export function refetch(el) {
  if (waiting.has(el)) return;
  waiting.set(el, setTimeout(() => {
    waiting.delete(el);
    if (!el.isConnected) return;
    el.dispatchEvent(new CustomEvent("live:notice", { bubbles: true }));
    const url = el.dataset.liveUrl;
    if (url) htmx.ajax("GET", url, { source: el, target: el, swap: "outerMorph" });
  }, 120));
}

const refetchAll = () => parts().forEach(refetch);

/** Live from here on. What changed while a slow page, or one that was cut off, came here was told to nobody: fetch it. */
function followed(topic) {
  if (known.has(topic)) return;
  known.add(topic);
  show("on");
  if (performance.now() > 1000) parts().filter((el) => wanted(el).some((each) => each.topic === topic)).forEach(refetch);
}

function heard(notice) {
  if (notice.subscribed) return followed(notice.subscribed);
  if (!notice.topic) return;
  for (const el of parts()) {
    const mine = wanted(el).some(({ topic, branch }) => topic === notice.topic && (!branch || !notice.branch || branch === notice.branch));
    if (mine) refetch(el);
  }
}

function connect() {
  clearTimeout(timer);
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket.addEventListener("open", () => {
    delay = 1000;
    known.clear();
    subscribe();
    if (!parts().length) show("on");
  });
  socket.addEventListener("message", (event) => {
    try { heard(JSON.parse(event.data)); } catch { /* not a notice */ }
  });
  socket.addEventListener("close", () => {
    show("off");
    timer = setTimeout(connect, delay + Math.random() * 500);
    delay = Math.min(delay * 2, 30000);
  });
}

export function start() {
  if (parts().length || document.querySelector("[data-live-dot]")) connect();
}

// A part that arrives later (a drawer, a tab) subscribes too.
document.addEventListener("htmx:after:swap", () => { if (socket?.readyState === WebSocket.OPEN) subscribe(); });
document.addEventListener("live:refresh", refetchAll);
addEventListener("online", () => { if (socket?.readyState === WebSocket.CLOSED) { delay = 1000; connect(); } });
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && socket?.readyState === WebSocket.CLOSED) { delay = 1000; connect(); }
});
