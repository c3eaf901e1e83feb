import htmx from "./requests.js";
import * as autosave from "./autosave.js";
import * as body from "./bodychart.js";
import * as clock from "./clock.js";
import * as drawer from "./drawer.js";
import * as forms from "./forms.js";
import * as keep from "./keep.js";
import * as live from "./live.js";
import * as privacy from "./privacy.js";
import * as sections from "./sections.js";
import * as toasts from "./toast.js";
import { openDrawer, closeDrawer } from "./drawer.js";
import "./answers.js";
import "./combobox.js";
import "./drop.js";
import "./keys.js";
import "./focus.js";
import "./arrows.js";
import "./phrases.js";

// What page-only bundles need from here.
window.clinic = { htmx, toast: toasts.toast, openDrawer, closeDrawer };

for (const part of [body, toasts, forms, drawer, clock, autosave, keep, privacy, sections, live]) part.start();
