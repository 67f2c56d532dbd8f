// Time to open a tab of settings: node bench/tabs.mjs FOLDER [openings]. FOLDER is a published folder (see startup.mjs). Starts the demo, clicks through the
// tabs of one model and measures from the click to the frame that shows the form. Needs a built LlamaBlazor.Tests for its Playwright; CHROMIUM names the
// browser (default /usr/bin/chromium).
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { chromium } = createRequire(import.meta.url)(join(root, "LlamaBlazor.Tests/bin/Release/net10.0/.playwright/package"));
const [folder, openings = "40"] = process.argv.slice(2);
if (!folder) throw new Error("Name the published folder");
const data = mkdtempSync(join(tmpdir(), "llamablazor-tabs-"));
const url = "http://127.0.0.1:5997";
const child = spawn(join(folder, "llamablazor"), ["--demo", "--data", data, "--urls", url], { stdio: "ignore" });
const gone = new Promise(done => child.once("exit", done));
while (!(await fetch(`${url}/api/models`).then(answer => answer.json()).then(page => page.items?.length > 0, () => false))) await new Promise(done => setTimeout(done, 50));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
await page.goto(`${url}/models/1/core`);
await page.waitForSelector("#p-ctx_size");
const tabs = [["sampling", "#p-temperature"], ["gpu", "#p-gpu_layers"], ["speculative", "#p-spec_type"], ["core", "#p-ctx_size"]];
const times = {};
for (let i = 0; i < Number(openings); i++) {
  const [tab, field] = tabs[i % tabs.length];
  const taken = await page.evaluate(([href, field]) => new Promise(done => {
    const link = [...document.querySelectorAll("a")].find(a => a.getAttribute("href")?.endsWith(href));
    const start = performance.now();
    const seen = new MutationObserver(() => {
      if (!document.querySelector(field)) return;
      seen.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    });
    seen.observe(document.body, { childList: true, subtree: true });
    link.click();
  }), [`/${tab}`, field]);
  if (i >= tabs.length) (times[tab] ??= []).push(taken); // the first opening of each compiles it
  await page.waitForTimeout(300);
}
for (const [tab, all] of Object.entries(times)) {
  all.sort((a, b) => a - b);
  console.log(`${tab}: median ${all[Math.floor(all.length / 2)].toFixed(0)} ms, worst ${all.at(-1).toFixed(0)} ms of ${all.length} (goal: a tab of 50 fields <= 150 ms)`);
}
await browser.close();
child.kill("SIGTERM");
await gone;
rmSync(data, { recursive: true });
