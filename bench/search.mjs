// The list of models in a browser: node bench/search.mjs FOLDER [models] [searches]. FOLDER is a published folder (see startup.mjs). Makes a library of small
// GGUF files, types words into the search and measures from the end of typing's rest to the frame that shows their rows; then scrolls. Needs a built
// LlamaBlazor.Tests for its Playwright; CHROMIUM names the browser (default /usr/bin/chromium).
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { chromium } = createRequire(import.meta.url)(join(root, "LlamaBlazor.Tests/bin/Release/net10.0/.playwright/package"));
const [folder, models = "10000", searches = "40"] = process.argv.slice(2);
if (!folder) throw new Error("Name the published folder");
const rest = 250; // of typing, ModelFilterBar
const home = mkdtempSync(join(tmpdir(), "llamablazor-search-"));
mkdirSync(join(home, "models"));

const u32 = value => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };
const u64 = value => { const bytes = Buffer.alloc(8); bytes.writeBigUInt64LE(BigInt(value)); return bytes; };
const text = value => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const gguf = (name, architecture) => {
  const keys = [["general.architecture", architecture], ["general.name", name], ["general.file_type", 1], [`${architecture}.context_length`, 32768], [`${architecture}.embedding_length`, 64],
    [`${architecture}.block_count`, 1], [`${architecture}.attention.head_count`, 4]];
  const head = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(1), u64(keys.length),
    ...keys.flatMap(([key, value]) => [text(key), ...(typeof value === "string" ? [u32(8), text(value)] : [u32(4), u32(value)])]),
    text("blk.0.ffn_up.weight"), u32(1), u64(64), u32(1), u64(0)]);
  return Buffer.concat([head, Buffer.alloc((32 - (head.length % 32)) % 32), Buffer.alloc(128)]);
};
for (let i = 0; i < Number(models); i++) writeFileSync(join(home, "models", `synthetic-${i}-Q4_K_M.gguf`), gguf(`Synthetic ${i}`, i % 3 ? "llama" : "qwen3"));

const url = "http://127.0.0.1:5996";
const child = spawn(join(folder, "llamablazor"), ["--data", join(home, "data"), "--models", join(home, "models"), "--urls", url], { stdio: "ignore" });
const gone = new Promise(done => child.once("exit", done));
while (!(await fetch(`${url}/readyz`).then(answer => answer.ok, () => false))) await new Promise(done => setTimeout(done, 50));
const scan = await fetch(`${url}/api/models/scan`, { method: "POST", headers: { Origin: url } }).then(answer => answer.json());
console.log(`${scan.found} models`);

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
await page.goto(`${url}/models`);
await page.waitForSelector("a.model-link");
const words = ["synthetic-77", "", "qwen3", "4242", "-99", "llama 12"];
const times = [];
for (let i = 0; i < Number(searches); i++) {
  const word = words[i % words.length];
  const taken = await page.evaluate(word => new Promise(done => {
    const input = document.querySelector(".filters-search input");
    const before = document.querySelector(".filters > span[role=status]").textContent;
    const isShown = () => {
      const told = document.querySelector(".filters > span[role=status]").textContent;
      const rows = [...document.querySelectorAll("tr.model")];
      return told !== before && rows.length > 0 && (word ? rows.every(row => word.split(" ").every(part => row.textContent.toLowerCase().includes(part))) : told === "");
    };
    const seen = new MutationObserver(() => {
      if (!isShown()) return;
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    });
    seen.observe(document.body, { childList: true, subtree: true, characterData: true });
    input.value = word;
    const start = performance.now();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }), word);
  if (i >= words.length) times.push(taken - rest); // the first ones compile it
  await page.waitForTimeout(700);
}
times.sort((a, b) => a - b);
console.log(`search among ${models}: median ${times[Math.floor(times.length / 2)].toFixed(0)} ms, p95 ${times[Math.floor(times.length * 0.95)].toFixed(0)} ms, worst ${times.at(-1).toFixed(0)} ms of ${times.length} (goal <= 100 ms)`);

await page.goto(`${url}/models`);
await page.waitForSelector("a.model-link");
const frames = await page.evaluate(() => new Promise(done => {
  const taken = [];
  let last = performance.now();
  const step = now => {
    taken.push(now - last);
    last = now;
    window.scrollBy(0, 120);
    if (taken.length < 300) requestAnimationFrame(step); else done(taken.slice(10));
  };
  requestAnimationFrame(step);
}));
frames.sort((a, b) => a - b);
console.log(`scrolling by 120 pixels a frame: median ${frames[Math.floor(frames.length / 2)].toFixed(0)} ms, p95 ${frames[Math.floor(frames.length * 0.95)].toFixed(0)} ms a frame`);
await browser.close();
child.kill("SIGTERM");
await gone;
rmSync(home, { recursive: true });
