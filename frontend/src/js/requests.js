// htmx: the token in every request, and errors told in words instead of swapped in.
import htmx from "htmx.org";
import { brief, csrf, say } from "./http.js";
import { toast } from "./toast.js";

const SWAPPED = [409, 422];

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (request.method !== "GET") request.headers["X-CSRFToken"] = csrf();
});

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  const { status, headers } = ctx.response;
  const html = (headers.get("Content-Type") || "").includes("html");
  if (SWAPPED.includes(status) && html) return;
  ctx.hx.reswap = "none";
  if (headers.has("HX-Trigger")) return;
  toast({ text: (html ? told(ctx.text) : brief(ctx.text)) || say(`status_${status}`) || say("failed"), tone: "danger" });
});

// A refusal written for a fragment carries its sentence in [data-error].
const told = (text) => new DOMParser().parseFromString(text, "text/html").querySelector("[data-error]")?.textContent.trim();

document.addEventListener("htmx:error", (event) => {
  if (event.detail.error instanceof TypeError) toast({ text: say("offline_action"), tone: "danger" });
});

export default htmx;
