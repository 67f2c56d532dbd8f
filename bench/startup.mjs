// Time from starting the published program to the first 200 of /healthz, over an existing database.
// node bench/startup.mjs FOLDER [runs]; FOLDER is the output of: dotnet publish LlamaBlazor.Web -c Release -r linux-x64 --self-contained false -p:PublishReadyToRun=true -o FOLDER
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [folder, runs = "10"] = process.argv.slice(2);
if (!folder) throw new Error("Name the published folder");
const data = mkdtempSync(join(tmpdir(), "llamablazor-startup-"));
const url = "http://127.0.0.1:5999";
const answers = async path => {
  try {
    return (await fetch(url + path)).ok;
  } catch {
    return false;
  }
};
const pause = ms => new Promise(done => setTimeout(done, ms));

async function run(untilReady) {
  const start = performance.now();
  const child = spawn(join(folder, "llamablazor"), ["--data", data, "--urls", url], { stdio: "ignore" });
  const gone = new Promise(done => child.once("exit", done));
  while (!(await answers("/healthz"))) await pause(5);
  const took = performance.now() - start;
  while (untilReady && !(await answers("/readyz"))) await pause(5);
  const ready = performance.now() - start;
  child.kill("SIGTERM");
  await gone;
  return [took, ready];
}

await run(true); // makes the database
const results = [];
for (let i = 0; i < Number(runs); i++) results.push(await run(true));
rmSync(data, { recursive: true });
const middle = index => results.map(r => r[index]).sort((a, b) => a - b)[results.length >> 1];
const worst = index => Math.max(...results.map(r => r[index]));
console.log(`first /healthz: median ${middle(0).toFixed(0)} ms, worst ${worst(0).toFixed(0)} ms; /readyz: median ${middle(1).toFixed(0)} ms over ${runs} runs (goal /healthz ≤ 1000 ms)`);
