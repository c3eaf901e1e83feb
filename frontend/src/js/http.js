// One way to talk to the server, and the page's own words and digits.
const texts = JSON.parse(document.getElementById("js-text")?.textContent || "{}");
export const say = (key, value = "") => (texts[key] || "").replace("%s", value);
export const csrf = () => document.querySelector('meta[name="csrf"]')?.content || "";
export const persian = document.documentElement.lang.startsWith("fa");
export const rtl = () => document.documentElement.dir === "rtl";

/** Digits as the page writes them. */
export const digits = (value) => (persian ? String(value).replace(/\d/g, (d) => "۰۱۲۳۴۵۶۷۸۹"[d]) : String(value));

/** Digits of three alphabets as 0-9; cosmetic only, the server normalises again. */
export const latin = (text) =>
  text.replace(/[۰-۹٠-٩]/g, (d) => String(d.charCodeAt(0) & 15));

export const post = (url, data, options = {}) =>
  fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrf(), "X-Requested-With": "fetch", ...(options.headers || {}) },
    body: data instanceof FormData ? data : new URLSearchParams(data),
    keepalive: options.keepalive || false,
    signal: options.signal,
  });

/** A short text of an answer, or nothing when it is a whole page. */
export const brief = (text) => {
  const plain = (text || "").trim();
  return plain && plain.length < 300 && !plain.startsWith("<") ? plain : "";
};
