// Main-thread time of one tick of the live charts: node bench/charts/run.mjs [ticks]. Build the solution first: it needs the assembled web root of
// LlamaBlazor.Web and the Playwright of LlamaBlazor.Tests; CHROMIUM names the browser (default /usr/bin/chromium).
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const { chromium } = createRequire(import.meta.url)(join(root, "LlamaBlazor.Tests/bin/Release/net10.0/.playwright/package"));
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const server = createServer(async (request, response) => {
  const path = request.url === "/" ? "/index.html" : normalize(new URL(request.url, "http://x").pathname);
  for (const folder of [here, join(root, "LlamaBlazor.Web", "wwwroot")]) {
    const body = await readFile(join(folder, path)).catch(() => null);
    if (body) return response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(body);
  }
  response.writeHead(404).end();
}).listen(0);

const ticks = Number(process.argv[2] ?? 120);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForFunction(() => globalThis.ready);
const session = await page.context().newCDPSession(page);
await session.send("Performance.enable");
const busy = async () => (await session.send("Performance.getMetrics")).metrics.find(metric => metric.name === "TaskDuration").value * 1000;
const run = async count => page.evaluate(async count => { const took = []; for (let i = 0; i < count; i++) took.push(await globalThis.tick()); return took; }, count);
await run(20);
const before = await busy();
const script = (await run(ticks)).sort((a, b) => a - b);
const perTick = (await busy() - before) / ticks;
console.log(`8 charts x 600 points: script median ${script[ticks >> 1].toFixed(2)} ms, p99 ${script[Math.floor(ticks * 0.99)].toFixed(2)} ms; whole main thread (script, style, layout, paint) ${perTick.toFixed(2)} ms a tick over ${ticks} ticks (goal <= 10 ms)`);
await browser.close();
server.close();
