// Processor time of the dashboard at rest: node bench/rest.mjs FOLDER [seconds] [viewers]. FOLDER is a published folder (see startup.mjs); a viewer is a
// connection to the telemetry hub. Linux only: reads /proc.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const WebSocket = createRequire(require.resolve("@microsoft/signalr"))("ws"); // the one that comes with the SignalR client, wherever npm put it

const [folder, seconds = "60", viewers = "1"] = process.argv.slice(2);
if (!folder) throw new Error("Name the published folder");
const data = mkdtempSync(join(tmpdir(), "llamablazor-rest-"));
const url = "http://127.0.0.1:5998";
const pause = ms => new Promise(done => setTimeout(done, ms));
const child = spawn(join(folder, "llamablazor"), ["--data", data, "--urls", url], { stdio: "ignore" });
const gone = new Promise(done => child.once("exit", done));
while (!(await fetch(`${url}/readyz`).then(answer => answer.ok, () => false))) await pause(50);

let received = 0;
const lags = [];
const sockets = [];
for (let i = 0; i < Number(viewers); i++) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/hubs/telemetry`);
  socket.onopen = () => socket.send('{"protocol":"json","version":1}\u001e');
  socket.onmessage = message => {
    for (const part of String(message.data).split("\u001e").filter(Boolean)) {
      const call = JSON.parse(part);
      if (call.target !== "sample") continue;
      received++;
      lags.push(Date.now() - call.arguments[0].timestamp);
    }
  };
  sockets.push(socket);
}
await pause(120_000); // start-up work and tiered compilation are not rest
lags.length = received = 0;
const ticks = () => { const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" "); return Number(fields[11]) + Number(fields[12]); };
const before = ticks();
await pause(Number(seconds) * 1000);
const share = (ticks() - before) / Number(seconds); // a tick is 10 ms, so ticks a second are percent
const rss = readFileSync(`/proc/${child.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1] / 1024;
lags.sort((a, b) => a - b);
console.log(`${viewers} viewer(s): ${share.toFixed(2)} % of one core over ${seconds} s, ${rss.toFixed(0)} MB resident, ${received} samples received, lag p99 ${lags[Math.floor(lags.length * 0.99)]} ms (goals: 1 viewer <= 1 %, 10 viewers <= 2 %, 200 viewers p99 <= 100 ms)`);
for (const socket of sockets) socket.close();
child.kill("SIGTERM");
await gone;
rmSync(data, { recursive: true });
