// Builds everything the browser gets into ../static/dist (not kept in the repository).
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "dist");
const modules = join(here, "node_modules");
process.chdir(here);

rmSync(out, { recursive: true, force: true });
for (const folder of ["icons", "fonts"]) mkdirSync(join(out, folder), { recursive: true });

// Only the icons in use: the whole package is 67 MB.
const names = readFileSync("icons.txt", "utf8").split(/\s+/).filter(Boolean);
for (const name of names) cpSync(join(modules, "lucide-static/icons", `${name}.svg`), join(out, "icons", `${name}.svg`));
for (const part of ["arabic", "latin"]) {
  cpSync(join(modules, `@fontsource-variable/vazirmatn/files/vazirmatn-${part}-wght-normal.woff2`), join(out, "fonts", `vazirmatn-${part}.woff2`));
}

await build({
  entryPoints: { app: "src/js/app.js", board: "src/js/board.js", tv: "src/js/tv.js", kiosk: "src/js/kiosk.js", online: "src/js/online.js", chat: "src/js/chat.js", files: "src/js/files.js", sign: "src/js/sign.js", pictures: "src/js/pictures.js", keeper: "src/js/keeper.js", pack: "src/js/pack.js", puzzle: "src/js/puzzle.js" },
  outdir: out, bundle: true, minify: true, format: "iife", target: "es2022", legalComments: "none", logLevel: "warning",
});
await build({ entryPoints: ["src/board.css", "src/pack.css"], outdir: out, bundle: true, minify: true, logLevel: "warning" });
execFileSync(process.execPath, [
  join(modules, "@tailwindcss/cli/dist/index.mjs"), "-i", "src/app.css", "-o", join(out, "app.css"), "--minify",
], { stdio: ["ignore", "ignore", "inherit"] });

const licences = ["htmx.org", "@event-calendar/core", "@fontsource-variable/vazirmatn", "lucide-static", "tailwindcss"]
  .map((name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")))
  .map((pack) => `${pack.name} ${pack.version}: ${pack.license}`);
writeFileSync(join(out, "THIRD_PARTY.txt"), licences.join("\n") + "\n");
