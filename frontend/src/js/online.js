// The page of an online visit, for both ends. What is shown follows from a few facts; `show` draws it anew after each change.
import { connectVisit } from "./online/socket.js";
import { listDevices, openDevices, showLevel, stop } from "./online/media.js";
import { makePeer } from "./online/peer.js";
import { post } from "./http.js";

const root = document.querySelector("[data-call]"), { key, side, patience } = root.dataset;
const find = (name) => root.querySelector(`[data-${name}]`), starts = side === "clinic";
const id = crypto.randomUUID(), entered = `online:${key}`;
const my = { step: root.dataset.step, in: false, line: false, live: false, was: false, late: false, other: "", replaced: false, problem: "" };
let socket, peer, ice = [], stream = new MediaStream(), chosen = {}, quiet = () => {}, timer;

// ---- what is seen
const state = () => {
  if (my.step === "over" || my.step === "early") return my.step;
  if (my.replaced) return "replaced";
  if (!my.in) return "idle";
  if (my.live) return "live";
  if (my.step !== "inside") return "waiting";
  if (my.late) return "fallback";
  return my.was ? "lost" : "connecting";
};

function show() {
  const now = state();
  root.dataset.state = now;
  for (const el of document.querySelectorAll("[data-when]")) el.hidden = !el.dataset.when.split(" ").includes(now);
  for (const el of root.querySelectorAll("[data-problem]")) el.hidden = el.dataset.problem !== my.problem || now === "over";
  find("line").hidden = my.line || !my.in || now === "over" || now === "replaced";
  for (const kind of ["audio", "video"]) {
    const track = stream.getTracks().find((each) => each.kind === kind), button = find(`toggle="${kind}"`);
    button.disabled = !track;
    button.setAttribute("aria-pressed", String(Boolean(track?.enabled)));
  }
  find("self").hidden = !stream.getVideoTracks().some((track) => track.enabled);
  if (now === "over" || now === "replaced") close();
  else if (["connecting", "lost"].includes(now)) timer ||= setTimeout(giveUp, Number(patience) * 1000);
  else if (now !== "fallback") { clearTimeout(timer); timer = undefined; }
}

function giveUp() {
  timer = undefined;
  my.late = true;
  tell("fallback", "no_connection");
  show();
}

const tell = (report, reason = "") => socket?.send({ report, reason });

// ---- camera and microphone
async function devices() {
  quiet();
  stop(stream);
  const { stream: fresh, problem } = await openDevices(chosen);
  stream = fresh;
  my.problem = problem;
  find("self").srcObject = stream;
  quiet = showLevel(stream, find("level"));
  peer?.replace(stream);
  await listDevices({ audioinput: find("microphones"), videoinput: find("cameras") }, stream);
  show();
}

// ---- the other end
function meet(other) {
  if (my.other !== other) drop();
  my.other = other;
  if (my.step !== "inside" || !my.in) return;
  if (!peer && starts) begin();
  else if (peer && !my.live) peer.restart();
}

function begin() {
  peer = makePeer({
    ice, starts, stream,
    send: (data) => socket.send({ signal: data, to: my.other }),
    heard: (remote) => { find("remote").srcObject = remote; },
    changed: (now) => {
      if (now === "connected") { my.was = my.live = true; my.late = false; tell("connected"); } else my.live = false;
      show();
    },
  });
}

function drop() {
  peer?.close();
  peer = undefined;
  my.live = false;
}

function heard(message) {
  if (message.error) {
    my.step = "over";
    location.reload();
  } else if (message.online === "joined") {
    ice = message.ice;
    my.step = message.step;
    if (my.problem && !stream.getTracks().length) tell("fallback", my.problem);
  } else if (message.online === "step") {
    my.step = message.step;
    if (my.other) meet(my.other);
  } else if (message.online === "peer") {
    socket.send({ signal: { hello: true }, to: message.from });
    meet(message.from);
  } else if (message.online === "signal" && message.data.hello) meet(message.from);
  else if (message.online === "signal") {
    if (message.from !== my.other) { drop(); my.other = message.from; }
    if (!peer) begin();
    peer.take(message.data);
  } else if (message.online === "replaced") my.replaced = true;
  show();
}

// ---- coming and going
/** Ends as soon as the server knows us, or after a moment without an answer. */
async function enter() {
  if (my.in) return;
  my.in = true;
  sessionStorage.setItem(entered, "1");
  if (!stream.getTracks().length) await devices();
  await new Promise((done) => {
    setTimeout(done, 4000);
    socket = connectVisit({ key, id, heard, changed: (on) => { my.line = on; show(); if (on) done(); } });
    show();
  });
}

function close() {
  clearTimeout(timer);
  quiet();
  drop();
  socket?.end();
  socket = undefined;
  stop(stream);
  sessionStorage.removeItem(entered);
}

function leave() {
  close();
  Object.assign(my, { in: false, line: false, was: false, late: false, other: "" });
  stream = new MediaStream();
  find("self").srcObject = find("remote").srcObject = null;
  show();
}

const doing = {
  test: devices,
  enter,
  leave,
  again: () => { my.late = false; socket?.send({ signal: { hello: true }, to: "" }); if (my.other) meet(my.other); show(); },
  call: () => {
    tell("fallback", "asked_call");
    for (const el of document.querySelectorAll("[data-asked]")) el.hidden = !my.line;
  },
};

document.addEventListener("click", async (event) => {
  const act = event.target.closest("[data-do]"), toggle = event.target.closest("[data-toggle]"), admit = event.target.closest("[data-admit]");
  if (act) doing[act.dataset.do]();
  if (toggle) {
    const track = stream.getTracks().find((each) => each.kind === toggle.dataset.toggle);
    if (track) track.enabled = !track.enabled;
    show();
  }
  if (admit) {
    event.preventDefault();
    await enter();
    const answer = await post(admit.dataset.admit, {});
    if (!answer.ok) window.clinic.toast({ text: await answer.text(), tone: "danger" });
  }
});
for (const [name, kind] of [["cameras", "camera"], ["microphones", "microphone"]]) {
  find(name).addEventListener("change", (event) => { chosen[kind] = event.target.value; devices(); });
}
navigator.mediaDevices?.addEventListener?.("devicechange", () => listDevices({ audioinput: find("microphones"), videoinput: find("cameras") }, stream));
document.addEventListener("countdown:over", () => location.reload());
// The state beside the picture is fetched anew on every notice; before the line stands it tells of the step too.
new MutationObserver(() => {
  const step = document.getElementById("online-state")?.dataset.step;
  if (step && step !== my.step && (!my.in || step === "over")) { my.step = step; show(); }
}).observe(document.getElementById("online-side"), { subtree: true, childList: true, attributes: true, attributeFilter: ["data-step"] });

show();
if (sessionStorage.getItem(entered) && !["early", "over"].includes(my.step)) enter();
