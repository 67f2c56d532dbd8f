// What supervision costs: node bench/instances.mjs FOLDER. FOLDER is a published or built folder of LlamaBlazor.Web. Measures how long after an engine it is
// known to be ready, what a swap costs beyond the engine's own load time, what a decision about a start takes, and what 50 idle instances cost. Linux only.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Name the folder of the program");
const work = mkdtempSync(join(tmpdir(), "llamablazor-instances-"));
const url = "http://127.0.0.1:5996";
const program = resolve(folder, "llamablazor");
const pause = ms => new Promise(done => setTimeout(done, ms));
const dashboard = spawn(program, ["--data", join(work, "data"), "--urls", url, "--LlamaBlazor:Instances:HangProbeSeconds=0",
  "--LlamaBlazor:Admission:MaxCpuPercent=100", "--LlamaBlazor:Admission:MaxLoadPerCore=1000", "--LlamaBlazor:Admission:MinFreeMemoryGb=0", "--LlamaBlazor:Admission:MaxMemoryPercent=100"], { stdio: "ignore" });
const call = async (method, path, body) => {
  const answer = await fetch(url + path, { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
};
const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (what, values, goal) => console.log(`${what}: median ${median(values).toFixed(1)} ms, worst ${values.at(-1).toFixed(1)} ms (goal ${goal}; ${values.length} times)`);
while (!(await fetch(`${url}/readyz`).then(answer => answer.ok, () => false))) await pause(50);

const text = word => { const bytes = Buffer.from(word); const length = Buffer.alloc(8); length.writeBigUInt64LE(BigInt(bytes.length)); return Buffer.concat([length, bytes]); };
const number = (value, size) => { const bytes = Buffer.alloc(size); size === 8 ? bytes.writeBigUInt64LE(BigInt(value)) : bytes.writeUInt32LE(value); return bytes; };
const header = Buffer.concat([Buffer.from("GGUF"), number(3, 4), number(1, 8), number(1, 8), text("general.architecture"), number(8, 4), text("llama"), text("token_embd.weight"), number(1, 4), number(8, 8), number(0, 4), number(0, 8)]);
const add = async (name, engine) => {
  const file = join(work, `${name}.gguf`);
  writeFileSync(file, Buffer.concat([header, Buffer.alloc(256)]));
  const made = await call("POST", "/api/models", { path: file });
  await call("PATCH", `/api/models/${made.body.id}/config/runtime`, { engine_path: engine });
  return made.body.id;
};
const script = (name, line) => { const path = join(work, name); writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 }); return path; };
const until = async (model, status) => {
  for (;;) {
    const instance = (await call("GET", "/api/instances?limit=1000")).body.items.find(row => row.model_id === model);
    if (instance?.status === status) return instance;
    if (instance?.status === "error") throw new Error(instance.reason);
    await pause(5);
  }
};
// When the engine said that it is ready: its line is read as it is written.
const readyLine = async instance => (await call("GET", `/api/instances/${instance.id}/logs`)).body.items.findLast(line => line.text.includes("listening on http")).timestamp;

const simulated = script("engine.sh", `exec '${program}' simulate-llama-server --simulate load-ms=150 "$@"`);
const [first, second] = [await add("first", simulated), await add("second", simulated)];
await call("PATCH", "/api/server-config", { models_max: 1 });
const known = [], swaps = [];
for (let round = 0; round < 12; round++) {
  const model = round % 2 ? first : second;
  const asked = Date.now();
  const answer = await call("POST", `/api/models/${model}/start`);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  const instance = await until(model, "running");
  const ready = await readyLine(instance);
  known.push(instance.ready_at - ready);
  if (round > 0) swaps.push(instance.ready_at - asked - (ready - instance.started_at));
  await pause(5_500); // the minimum warm time: before it nothing is stopped for another
}
show("known to be ready after the engine is", known, "≤ 50 ms");
const ends = [];
for (let round = 0; round < 11; round++) {
  const engine = spawn(simulated, ["--port", "5995", "--model", join(work, "first.gguf")]);
  const exit = new Promise(done => engine.once("exit", done));
  const seen = new Promise(done => [engine.stdout, engine.stderr].forEach(stream => stream.on("data", lines => String(lines).includes("listening on http") && done())));
  await seen;
  const told = performance.now();
  engine.kill("SIGTERM");
  await exit;
  ends.push(performance.now() - told);
}
show("the end of an engine that is told to end, without the dashboard", ends, "none");
show("swap beyond the engine's own load time, the end of the other included", swaps, `≤ 50 ms + ${median(ends).toFixed(1)} ms for that end`);

const decisions = [];
for (let at = 0; at < 300; at++) {
  const begun = performance.now();
  await call("POST", "/api/admission", { model: String(second) });
  if (at >= 50) decisions.push(performance.now() - begun);
}
show("decision about a start, the request included", decisions, "≤ 5 ms");
for (const model of [first, second]) await call("POST", `/api/models/${model}/stop`);

// Idle engines that cost nothing themselves: a web server of files.
const pages = join(work, "www");
mkdirSync(pages);
writeFileSync(join(pages, "health"), '{"status":"ok"}');
writeFileSync(join(pages, "metrics"), "# TYPE llamacpp:tokens_predicted_total counter\nllamacpp:tokens_predicted_total 0\nllamacpp:requests_processing 0\nllamacpp:requests_deferred 0\n");
writeFileSync(join(pages, "slots"), JSON.stringify([0, 1, 2, 3].map(id => ({ id, n_ctx: 4096, is_processing: false }))));
const idle = script("idle.sh", `case "$1" in --version) echo "version: 9921 (test)"; exit 0;; --help|--list-devices) exit 0;; esac\nwhile [ "$1" != --port ]; do shift; done\nexec busybox httpd -f -p "127.0.0.1:$2" -h '${pages}'`);
await call("PATCH", "/api/server-config", { models_max: 0 });
const ticks = () => { const fields = readFileSync(`/proc/${dashboard.pid}/stat`, "utf8").split(") ")[1].split(" "); return Number(fields[11]) + Number(fields[12]); };
const share = async seconds => { const before = ticks(); await pause(seconds * 1000); return (ticks() - before) / seconds; };
await pause(60_000); // compilation is not rest
const alone = await share(30);
const many = [];
for (let at = 0; at < 50; at++) many.push(await add(`idle-${at}`, idle));
for (const model of many) await call("POST", `/api/models/${model}/start`);
for (const model of many) await until(model, "running");
await pause(60_000);
const crowded = await share(30);
console.log(`50 idle instances: ${(crowded - alone).toFixed(1)} % of a core more than the ${alone.toFixed(1)} % without any (goal ≤ 2 %)`);
dashboard.kill("SIGTERM");
await new Promise(done => dashboard.once("exit", done));
rmSync(work, { recursive: true, force: true });
