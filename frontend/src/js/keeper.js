// Keeps the branch's day pack on this device: asks for it every few minutes and writes it over the file that the person
// chose once. Where the browser cannot write files, the link downloads it.
import { say } from "./http.js";

const root = document.getElementById("keeper");
const KEY = "file";
let etag = "", handle = null;

/** One small store: the chosen file outlives the page. */
function store(mode, work) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("day-pack", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const asked = work(opening.result.transaction("files", mode).objectStore("files"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    };
  });
}

if (root) {
  const words = root.querySelector("[data-keeper-words]").dataset;
  const state = root.querySelector("[data-keeper-state]"), more = root.querySelector("[data-keeper-more]");
  const choose = root.querySelector("[data-keeper-choose]");
  const place = `${KEY}:${root.dataset.file}`;
  const tell = (text, rest = "") => { state.textContent = text; more.textContent = rest; };

  async function keep() {
    if (!handle) return;
    try {
      if ((await handle.queryPermission?.({ mode: "readwrite" }) ?? "granted") !== "granted") { choose.hidden = false; return tell(words.again); }
      const answer = await fetch(root.dataset.file, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.status === 304) return;
      if (!answer.ok) throw new Error(String(answer.status));
      const pack = await answer.blob();
      const file = await handle.createWritable();
      await file.write(pack);
      await file.close(); // only now is the old file replaced
      etag = answer.headers.get("ETag") || "";
      const when = new Date(answer.headers.get("X-Made-At"));
      tell(words.kept, words.at.replace("{when}", when.toLocaleTimeString(document.documentElement.lang === "fa" ? "fa-IR" : "en-GB", { hour: "2-digit", minute: "2-digit" })));
    } catch {
      tell(words.failed, more.textContent);
    }
  }

  choose.addEventListener("click", async () => {
    try {
      if (handle && (await handle.requestPermission?.({ mode: "readwrite" })) !== "granted") handle = null;
      handle ||= await window.showSaveFilePicker({ suggestedName: root.dataset.name, types: [{ accept: { "text/html": [".html"] } }] });
      await store("readwrite", (files) => files.put(handle, place));
    } catch (error) {
      if (error.name !== "AbortError") window.clinic.toast({ text: say("failed"), tone: "danger" });
      return;
    }
    etag = "";
    keep();
  });
  if (window.showSaveFilePicker) {
    choose.hidden = false;
    root.querySelector("[data-keeper-once]").classList.add("c-btn--quiet");
    store("readonly", (files) => files.get(place)).then((kept) => { handle = kept || null; keep(); }, () => {});
  }
  setInterval(keep, Number(root.dataset.every) * 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) keep(); });
}
