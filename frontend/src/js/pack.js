// Runs inside the day pack: a page opened from the disk, without network, without any other file. Nothing here is trusted
// as HTML: every text goes in as text. The key is made from the words and never leaves this page.
const data = JSON.parse(document.getElementById("data").textContent);
const root = document.getElementById("pack");
const IDLE = 30 * 60 * 1000; // then it locks itself
let language = data.first, opened = null, search = "", idle;

const words = () => data.words[language];
const fa = () => language === "fa";
const figures = (number) => number.toLocaleString(fa() ? "fa-IR" : "en-GB", { useGrouping: false });
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const plain = (text) => text.toLowerCase().replace(/ي/g, "ی").replace(/ك/g, "ک").replace(/[\u200c\s]+/g, " ")
  .replace(/[۰-۹]/g, (d) => "۰۱۲۳۴۵۶۷۸۹".indexOf(d)).replace(/[٠-٩]/g, (d) => "٠١٢٣٤٥٦٧٨٩".indexOf(d));

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child || child === 0));
  return made;
}

async function unlock(typed) {
  const phrase = new TextEncoder().encode(typed.trim().split(/\s+/).join(" "));
  const raw = await crypto.subtle.importKey("raw", phrase, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: unhex(data.salt), iterations: data.iterations };
  const key = await crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const sealed = { name: "AES-GCM", iv: bytes(data.iv), additionalData: new TextEncoder().encode(data.seal) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(sealed, key, bytes(data.data))));
}

function age() {
  const minutes = Math.max(0, Math.floor((Date.now() - new Date(data.made_at)) / 60000));
  const say = (pattern, number) => words()[pattern].replace("{n}", figures(number));
  if (minutes < 1) return [words().age_now, "fresh"];
  if (minutes < 90) return [say("age_minutes", minutes), minutes < 30 ? "fresh" : "old"];
  if (minutes < 48 * 60) return [say("age_hours", Math.floor(minutes / 60)), "old"];
  return [say("age_days", Math.floor(minutes / 1440)), "old"];
}

function head() {
  const [text, how] = age();
  const switches = Object.keys(data.words).map((code) => el("button", {
    type: "button", lang: code, "aria-pressed": String(code === language), onclick: () => { language = code; draw(); },
  }, data.words[code].language));
  return el("header", { class: "head" },
    el("div", {}, el("h1", {}, `${words().branch}`), el("p", {}, `${words().title} · ${words().clinic}`)),
    el("p", { class: `age age--${how}`, id: "age", role: "status" }, el("b", {}, text), how === "old" && el("span", {}, words().old)),
    el("div", { class: "tools" }, ...switches,
      opened && el("button", { type: "button", onclick: () => print() }, words().print),
      opened && el("button", { type: "button", onclick: lock }, words().lock)));
}

function door() {
  const field = el("input", { id: "words", type: "password", autocomplete: "off", autofocus: true, "aria-describedby": "problem" });
  const problem = el("p", { id: "problem", class: "problem", role: "alert" });
  const button = el("button", { class: "main" }, words().open);
  return el("form", { class: "door", onsubmit: async (event) => {
    event.preventDefault();
    if (!field.value.trim()) return field.focus();
    if (!globalThis.crypto?.subtle) { problem.textContent = words().unable; return; }
    button.disabled = true;
    button.textContent = words().opening;
    problem.textContent = "";
    try {
      opened = await unlock(field.value);
      wait();
      draw();
      document.getElementById("search")?.focus();
    } catch {
      problem.textContent = words().wrong;
      button.disabled = false;
      button.textContent = words().open;
      field.select();
    }
  } }, el("label", { for: "words" }, words().passphrase), field, problem, button);
}

const COLUMNS = ["number", "time", "patient", "mobile", "service", "doctor", "status", "balance", "notes"];

function row(line) {
  const warn = line.allergies.length ? el("strong", { class: "allergy" }, `⚠ ${words().allergy}: ${line.allergies.join(fa() ? "، " : ", ")}`) : null;
  const call = line.phone ? el("a", { href: `tel:${line.call}`, dir: "ltr" }, line.phone) : "";
  const cells = [
    line.number, el("b", {}, line.time), el("div", {}, el("b", {}, line.name), warn), call,
    line.service, line.room ? `${line.doctor} · ${line.room}` : line.doctor, line.status,
    line.owes ? el("b", {}, line.balance) : line.balance, line.note,
  ];
  return el("tr", {}, ...cells.map((cell, i) => el("td", { "data-label": words()[COLUMNS[i]] }, cell)));
}

function days() {
  const wanted = plain(search).split(" ").filter(Boolean);
  const fits = (line) => {
    const text = plain([line.name, line.phone.replace(/\s/g, ""), line.call, line.service, line.doctor, line.number, line.note].join(" "));
    return wanted.every((word) => text.includes(word));
  };
  return opened[language].days.map((day) => {
    const lines = day.lines.filter(fits);
    const empty = lines.length ? null : el("p", { class: "empty" }, day.lines.length ? words().nothing : words().empty);
    const table = el("table", {},
      el("thead", {}, el("tr", {}, ...COLUMNS.map((name) => el("th", { scope: "col" }, words()[name])))),
      el("tbody", {}, ...lines.map(row)));
    return el("section", {}, el("h2", {}, day.title, day.holiday && el("small", {}, ` ${words().holiday}: ${day.holiday}`)), empty || table);
  });
}

function inside() {
  const list = el("div", { id: "days" }, ...days());
  const field = el("input", { id: "search", type: "search", placeholder: words().search, "aria-label": words().search, value: search,
    oninput: (event) => { search = event.target.value; list.replaceChildren(...days()); } });
  return el("main", {}, field, list);
}

function draw() {
  document.documentElement.lang = language;
  document.documentElement.dir = fa() ? "rtl" : "ltr";
  document.title = `${words().title} · ${words().branch}`;
  root.replaceChildren(head(), opened ? inside() : door());
}

function lock() {
  opened = null;
  search = "";
  draw();
}

function wait() {
  clearTimeout(idle);
  idle = setTimeout(lock, IDLE);
}

for (const event of ["keydown", "pointerdown"]) document.addEventListener(event, () => { if (opened) wait(); });
setInterval(() => {
  const [text, how] = age();
  const shown = document.getElementById("age");
  if (shown.className !== `age age--${how}`) draw();
  else shown.querySelector("b").textContent = text;
}, 20000);
draw();
