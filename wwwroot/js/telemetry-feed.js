// One connection to the telemetry hub for all charts and tiles of the page: keeps the samples of the last ten minutes and says when there are new ones.

import { WINDOW_MS } from "./live-chart.js";

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

const loadScript = (() => {
  const loading = new Map(); // address → promise, one a script of the page
  return address => {
    if (!loading.has(address)) {
      loading.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => {
          loading.delete(address);
          script.remove();
          reject(new Error(`${address} could not be loaded`));
        };
        document.head.append(script);
      }));
    }
    return loading.get(address);
  };
})();

export { loadScript };

/**
 * The samples of the last ten minutes, oldest first: those that are known with those that came, of two of one moment the later word.
 * What is newer than the last that came was written before the clock was set back.
 */
export const merge = (known, incoming) => {
  const newest = incoming[incoming.length - 1].timestamp;
  let merged = known;
  if (incoming.length === 1 && (known.length === 0 || newest > known[known.length - 1].timestamp)) {
    known.push(incoming[0]);
  } else {
    const byTime = new Map(known.map(sample => [sample.timestamp, sample]));
    for (const sample of incoming) byTime.set(sample.timestamp, sample);
    merged = [...byTime.values()].filter(sample => sample.timestamp <= newest).sort((a, b) => a.timestamp - b.timestamp);
  }
  const oldest = newest - WINDOW_MS;
  let stale = 0;
  while (merged[stale].timestamp < oldest) stale++;
  if (stale > 0) merged.splice(0, stale);
  return merged;
};

export class TelemetryFeed {
  #samples = [];
  #connection;
  #closed = false;
  #retries = 0;
  #timer;

  /**
   * @param {{ url?: string, script: string, onChange: () => void, onState: (state: string, wait?: number) => void }} options
   * onChange is called after samples came in; onState with "connecting", "live" or "lost" and the milliseconds until the next try.
   */
  constructor({ url = "/hubs/telemetry", script, onChange, onState }) {
    this.url = url;
    this.script = script;
    this.onChange = onChange;
    this.onState = onState;
  }

  /** Oldest first, at most ten minutes. */
  get samples() { return this.#samples; }

  async open() {
    this.onState("connecting");
    try {
      await loadScript(this.script);
      if (this.#closed) return;
      const connection = new signalR.HubConnectionBuilder().withUrl(this.url).configureLogging(signalR.LogLevel.None).build();
      this.#connection = connection;
      connection.on("history", samples => this.#merge(samples));
      connection.on("sample", sample => this.#merge([sample]));
      connection.onclose(() => this.#retry());
      await connection.start();
      if (this.#closed) { await connection.stop(); return; }
      this.#retries = 0;
      this.onState("live");
    } catch {
      this.#retry();
    }
  }

  async close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#connection?.stop();
  }

  // After the connection is back the hub sends its whole history, but where a proxy buffers it the API has it sooner.
  async fill() {
    const answer = await fetch("/api/metrics/history", { headers: { accept: "application/json" } });
    if (answer.ok) this.#merge((await answer.json()).items);
  }

  #retry() {
    if (this.#closed) return;
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#retries++) * (0.8 + 0.4 * Math.random());
    this.onState("lost", wait);
    this.#timer = setTimeout(async () => {
      await this.open();
      if (this.#retries === 0) this.fill().catch(() => {}); // the connection that is lost again will be tried again
    }, wait);
  }

  #merge(incoming) {
    if (incoming.length === 0) return;
    this.#samples = merge(this.#samples, incoming);
    this.onChange();
  }
}
