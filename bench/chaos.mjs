// Chaos: node bench/chaos.mjs FOLDER [seconds]. FOLDER is a published or built folder of LlamaBlazor.Web. Starts, stops, restarts, asks and kills models at
// random through the API, on engines that fail in many ways; then nothing may be left: no process, wrong status, port, allocation or handle. Linux only.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [folder, seconds = "120"] = process.argv.slice(2);
if (!folder) throw new Error("Name the folder of the program");
const work = mkdtempSync(join(tmpdir(), "llamablazor-chaos-"));
const data = join(work, "data");
const url = "http://127.0.0.1:5997";
const program = resolve(folder, "llamablazor");
const pause = ms => new Promise(done => setTimeout(done, ms));
const faults = ["load-ms=0", "load-ms=300", "load-ms=20 ignore-term", "load-ms=0 exit-after-ms=700", "load-ms=50 grandchild", "exit-at-start=3", "load-ms=10 log-flood=20000", "load-ms=0 error-status=500"];

// One port a model: a single leaked one is missed in the end.
const dashboard = spawn(program, ["--data", data, "--urls", url, `--LlamaBlazor:PortRange=41000-${41000 + faults.length - 1}`, "--LlamaBlazor:Instances:StopGraceSeconds=1", "--LlamaBlazor:Instances:HangProbeSeconds=5",
  "--LlamaBlazor:Admission:MaxCpuPercent=100", "--LlamaBlazor:Admission:MaxLoadPerCore=1000", "--LlamaBlazor:Admission:MinFreeMemoryGb=0", "--LlamaBlazor:Admission:MaxMemoryPercent=100"], { stdio: "ignore" });
const call = async (method, path, body) => {
  const answer = await fetch(url + path, { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
};
while (!(await fetch(`${url}/readyz`).then(answer => answer.ok, () => false))) await pause(50);

// The smallest file that counts as a model: a header with its architecture and one tensor.
const text = word => { const bytes = Buffer.from(word); const length = Buffer.alloc(8); length.writeBigUInt64LE(BigInt(bytes.length)); return Buffer.concat([length, bytes]); };
const number = (value, size) => { const bytes = Buffer.alloc(size); size === 8 ? bytes.writeBigUInt64LE(BigInt(value)) : bytes.writeUInt32LE(value); return bytes; };
const header = Buffer.concat([Buffer.from("GGUF"), number(3, 4), number(1, 8), number(1, 8), text("general.architecture"), number(8, 4), text("llama"), text("token_embd.weight"), number(1, 4), number(8, 8), number(0, 4), number(0, 8)]);
const models = [];
for (const [at, fault] of faults.entries()) {
  const file = join(work, `chaos-${at}.gguf`);
  writeFileSync(file, Buffer.concat([header, Buffer.alloc(256)]));
  const engine = join(work, `engine-${at}.sh`);
  writeFileSync(engine, `#!/bin/sh\nexec '${program}' simulate-llama-server ${fault.split(" ").map(word => `--simulate '${word}'`).join(" ")} "$@"\n`, { mode: 0o755 });
  const made = await call("POST", "/api/models", { path: file });
  if (made.status !== 201) throw new Error(JSON.stringify(made));
  await call("PATCH", `/api/models/${made.body.id}/config/runtime`, { engine_path: engine });
  await call("PATCH", `/api/models/${made.body.id}/config/gpu`, { device: "CUDA0" });
  models.push({ id: made.body.id, name: made.body.name, dies: /exit|error/.test(fault) });
}
await call("PATCH", "/api/server-config", { models_max: 0 });

const marked = () => readdirSync("/proc").filter(name => /^\d+$/.test(name)).filter(pid => { try { return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`LLAMABLAZOR_INSTANCE=${data}|`) && !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z "); } catch { return false; } });
const handles = () => readdirSync(`/proc/${dashboard.pid}/fd`).filter(fd => { try { return !readlinkSync(`/proc/${dashboard.pid}/fd/${fd}`).startsWith("/memfd"); } catch { return false; } }).length;
const threads = () => Number(readFileSync(`/proc/${dashboard.pid}/status`, "utf8").match(/Threads:\s+(\d+)/)[1]);
const settle = async () => {
  for (const model of models) await call("POST", `/api/models/${model.id}/stop`);
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    const rows = (await call("GET", "/api/instances")).body.items;
    if (rows.every(row => row.status === "stopped") && marked().length === 0) return;
    await pause(100);
  }
};

const counts = {};
const act = async () => {
  const model = models[Math.floor(Math.random() * models.length)];
  const what = ["start", "start", "stop", "restart", "kill", "ask", "apply"][Math.floor(Math.random() * 7)];
  counts[what] = (counts[what] ?? 0) + 1;
  if (what === "kill") {
    const instance = (await call("GET", "/api/instances")).body.items.find(row => row.model_id === model.id);
    if (instance?.pid) try { process.kill(instance.pid, "SIGKILL"); } catch { /* it has ended meanwhile */ }
  } else if (what === "ask") {
    await fetch(`${url}/v1/completions`, { method: "POST", signal: AbortSignal.timeout(100 + Math.floor(Math.random() * 2000)), headers: { "content-type": "application/json" }, body: JSON.stringify({ model: model.name, prompt: "Hello", max_tokens: 20, stream: Math.random() < 0.5 }) }).then(answer => answer.text()).catch(() => { /* given up, or refused */ });
  } else {
    await call("POST", `/api/models/${model.id}/${what}`);
  }
};
const storm = async length => {
  const end = Date.now() + length;
  const walkers = Array.from({ length: 4 }, async () => { while (Date.now() < end) { await act().catch(error => errors.push(String(error))); await pause(Math.random() * 200); } });
  await Promise.all(walkers);
};
const errors = [];
await storm(Math.min(20_000, Number(seconds) * 250)); // what is made once is made now
await settle();
await pause(12_000); // idle connections of the health checks are closed after ten seconds
const before = { handles: handles(), threads: threads() };
await storm(Number(seconds) * 1000);
await settle();

const problems = [...errors];
const expect = (holds, what) => { if (!holds) problems.push(what); };
expect(marked().length === 0, `processes left: ${marked()}`);
const rows = (await call("GET", "/api/instances")).body.items;
expect(rows.every(row => row.status === "stopped" && !row.pid && !row.port), `states: ${JSON.stringify(rows.map(row => [row.model, row.status, row.pid]))}`);
await pause(1000);
const list = (await call("GET", "/api/models?limit=1000")).body.items;
expect(list.every(model => model.status === "stopped"), `states in the database: ${JSON.stringify(list.map(model => [model.name, model.status]))}`);
expect((await call("GET", "/api/allocations")).body.items.length === 0, "GPU allocations left");
const sound = models.filter(model => !model.dies);
await Promise.all(sound.map(model => call("POST", `/api/models/${model.id}/start`)));
const limit = Date.now() + 60_000;
let running = 0;
while (running < sound.length && Date.now() < limit) { await pause(200); running = (await call("GET", "/api/instances?status=running")).body.items.length; }
expect(running === sound.length, `only ${running} of ${sound.length} can be started: ${JSON.stringify((await call("GET", "/api/instances")).body.items.map(row => [row.model, row.runtime_status, row.reason]))}`);
await settle();
await pause(12_000);
const after = { handles: handles(), threads: threads() };
expect(after.handles <= before.handles + 10, `handles grew from ${before.handles} to ${after.handles}`);
expect(after.threads <= before.threads + 10, `threads grew from ${before.threads} to ${after.threads}`);
dashboard.kill("SIGTERM");
await new Promise(done => dashboard.once("exit", done));
expect(marked().length === 0, "processes left after the end of the dashboard");
rmSync(work, { recursive: true, force: true });
console.log(`${seconds} s: ${Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(", ")}; handles ${before.handles} → ${after.handles}, threads ${before.threads} → ${after.threads}`);
console.log(problems.length === 0 ? "Nothing was left." : `PROBLEMS:\n${[...new Set(problems)].join("\n")}`);
process.exit(problems.length === 0 ? 0 : 1);
