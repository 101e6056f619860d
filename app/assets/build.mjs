// Builds app/static/ from app/assets/ and govuk-frontend: one style sheet, one script, our icon.
// None of govuk-frontend's own images and fonts is copied: the crown and its typeface are not ours.

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compileAsync } from "sass";

const assets = dirname(fileURLToPath(import.meta.url));
const root = join(assets, "..", "..");
const target = join(root, "app", "static");

await mkdir(target, { recursive: true });

const { css } = await compileAsync(join(assets, "scss", "site.scss"), {
  loadPaths: [join(root, "node_modules")],
  quietDeps: true,
  style: "compressed",
});
await writeFile(join(target, "site.css"), css);

await build({
  entryPoints: [join(assets, "js", "site.js")],
  outfile: join(target, "site.js"),
  bundle: true,
  format: "esm",
  legalComments: "linked",
  minify: true,
  target: "es2020",
});

await copyFile(join(assets, "images", "icon.svg"), join(target, "icon.svg"));
