// One socket a page. The server says what changed; the page fetches that part again and morphs it in.
import htmx from "./requests.js";
import { digits, say } from "./http.js";

const waiting = new Map(), known = new Set(), ever = new Set(), refused = new Set();
const SOON = 400, LATEST = 3000; // before the next try to connect
const BEAT = 3500, SILENCE = 3000; // between two pings, and until one counts as lost
const STALE = 8000; // so long off, and the page says so
const fetchedAt = new WeakMap(); // of parts that tell a time to wait, which runs while nothing happens
let socket, delay = SOON, timer, epoch = "", asked = 0, heardAt = 0, offSince = Date.now();

const parts = () => [...document.querySelectorAll("[data-live]")];
const wanted = (el) => el.dataset.live.split(/\s+/).map((topic) => ({ topic, branch: Number(el.dataset.branch) || null, token: el.dataset.liveKey || "" }));

function show(state) {
  offSince = state === "on" ? 0 : offSince || Date.now();
  if (state === "on") delete document.documentElement.dataset.stale;
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
    fetchedAt.set(el, Date.now());
    el.dispatchEvent(new CustomEvent("live:notice", { bubbles: true }));
    const url = el.dataset.liveUrl;
    if (url) htmx.ajax("GET", url, { source: el, target: el, swap: "outerMorph" });
  }, 120));
}

const refetchAll = () => parts().forEach(refetch);
const refetchSoon = () => setTimeout(refetchAll, Math.random() * 1200); // not all screens of a house at once

/** Live from here on. What changed while a slow page, or one that was cut off, came here was told to nobody: fetch it. */
function followed(topic) {
  refused.delete(topic);
  if (known.has(topic)) return;
  known.add(topic);
  ever.add(topic);
  show(refused.size ? "off" : "on");
  if (performance.now() > 1000) about(topic).forEach(refetch);
}

const about = (topic) => parts().filter((el) => wanted(el).some((each) => each.topic === topic));

/** What this page followed before is not for it any more: the session or the right has ended, the screen was taken off.
 * What stands there grows old, and asking for it leads to the sign-in. */
function cutOff(topic) {
  if (!ever.has(topic)) return; // it never was: the part is shown once and not followed
  refused.add(topic);
  show("off");
  about(topic).forEach(refetch);
}

// A pong came by way of the broker: notices come through. Another epoch means that some may have been lost.
function pong(answer) {
  asked = 0;
  if (!answer.pong) {
    epoch = "lost";
    show("off");
    return refetchSoon(); // nobody tells us now: ask
  }
  if (epoch && epoch !== answer.epoch) refetchSoon();
  epoch = answer.epoch;
  show(refused.size ? "off" : "on");
}

function ping() {
  asked = Date.now();
  socket.send('{"ping":1}');
}

// Every second: is somebody still there? Silence means a connection that died without a word.
function watch() {
  const now = Date.now();
  if (offSince && now - offSince > STALE && !document.documentElement.dataset.stale) stale();
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (!document.hidden) document.querySelectorAll("[data-live-every]").forEach((el) => again(el, now));
  if (asked && now - asked > SILENCE) return hangUp();
  if (!asked && now - heardAt >= BEAT) ping();
}

function again(el, now) {
  if (!fetchedAt.has(el)) fetchedAt.set(el, now);
  else if (now - fetchedAt.get(el) >= Number(el.dataset.liveEvery) * 1000) refetch(el);
}

function stale() {
  document.documentElement.dataset.stale = "1";
  const since = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(offSince);
  for (const el of document.querySelectorAll("[data-stale-since]")) el.textContent = digits(since);
}

function hangUp() {
  const dead = socket;
  socket = null;
  asked = 0;
  dead.close();
  show("off");
  connect();
}

function heard(notice) {
  heardAt = Date.now();
  if ("pong" in notice) return pong(notice);
  if (notice.subscribed) return followed(notice.subscribed);
  if (notice.error === "refused" && notice.subscribe) return cutOff(notice.subscribe);
  if (!notice.topic) return;
  for (const el of parts()) {
    const mine = wanted(el).some(({ topic, branch }) => topic === notice.topic && (!branch || !notice.branch || branch === notice.branch));
    if (mine) refetch(el);
  }
}

function connect() {
  clearTimeout(timer);
  const mine = socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket.addEventListener("open", () => {
    delay = SOON;
    asked = 0;
    known.clear();
    refused.clear();
    subscribe();
    if (!parts().length) show("on");
    ping();
  });
  socket.addEventListener("message", (event) => {
    try { heard(JSON.parse(event.data)); } catch { /* not a notice */ }
  });
  socket.addEventListener("close", () => {
    if (socket !== mine) return;
    show("off");
    timer = setTimeout(connect, delay + Math.random() * 300);
    delay = Math.min(delay * 2, LATEST - 300);
  });
}

export function start() {
  if (!parts().length && !document.querySelector("[data-live-dot]")) return;
  connect();
  setInterval(watch, 1000);
}

// A part that arrives later (a drawer, a tab) subscribes too.
document.addEventListener("htmx:after:swap", () => { if (socket?.readyState === WebSocket.OPEN) subscribe(); });
document.addEventListener("live:refresh", refetchAll);
// Back on the line, or looked at again: do not wait for the next second.
function look() {
  if (document.hidden || !socket) return;
  if (socket.readyState === WebSocket.CLOSED) { delay = SOON; connect(); }
  else if (socket.readyState === WebSocket.OPEN && !asked) ping();
}
addEventListener("online", look);
document.addEventListener("visibilitychange", look);
