// Charts and tiles of a page, fed straight from the hub: nothing of this passes through the Blazor circuit.
import { LiveChart } from "./live-chart.js";
import { TelemetryFeed, loadScript } from "./telemetry-feed.js";

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const units = ["B", "KiB", "MiB", "GiB", "TiB"];
const bytes = value => {
  const power = value > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(value) / 10)) : 0;
  return `${number.format(value / 1024 ** power)} ${units[power]}`;
};
const duration = seconds => {
  const days = Math.floor(seconds / 86_400), hours = Math.floor(seconds / 3600) % 24, minutes = Math.floor(seconds / 60) % 60;
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
};

/** How a value is written, by the word in data-format. */
export const formats = {
  percent: value => `${number.format(value)} %`,
  celsius: value => `${whole.format(value)} °C`,
  watt: value => `${whole.format(value)} W`,
  mib: value => bytes(value * 1_048_576),
  rate: value => `${bytes(value)}/s`,
  count: value => whole.format(value),
  number: value => number.format(value),
  duration,
};

const field = name => sample => sample[name];
const percent = { max: 100, format: value => `${whole.format(value)} %` };

/** How an axis is scaled, by the same word: a fixed end, or powers of two for bytes. */
const scales = {
  percent: { ...percent },
  celsius: { max: 110 },
  mib: { binary: true },
  rate: { binary: true },
};

/** What an element with data-chart asks for: its lines and their format as JSON, a word, and the least end of the axis. */
export const chartSpec = ({ series, format, least }) => ({
  format: formats[format],
  least: Number(least) || undefined,
  ...scales[format],
  series: JSON.parse(series).map(line => ({ name: line.name, value: field(line.field) })),
});

const statistics = (samples, value) => {
  let sum = 0, count = 0, max = -Infinity;
  for (const sample of samples) {
    const one = value(sample);
    if (one === null || one === undefined) continue;
    sum += one;
    count++;
    if (one > max) max = one;
  }
  return count === 0 ? null : { average: sum / count, max };
};

const setText = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

class Tile {
  constructor(element) {
    this.format = formats[element.dataset.format];
    this.short = element.dataset.format === "percent" ? percent.format : this.format;
    this.value = field(element.dataset.tile);
    this.total = element.dataset.total ? field(element.dataset.total) : null;
    const part = name => element.querySelector(`[data-part=${name}]`);
    this.current = part("current");
    this.average = part("average");
    this.max = part("max");
    this.bar = part("bar");
  }

  paint(samples, latest) {
    const value = this.value(latest);
    const known = value !== null && value !== undefined;
    const total = this.total?.(latest);
    setText(this.current, known ? this.format(value) + (total ? ` of ${this.format(total)}` : "") : "n/a");
    const figures = this.average && statistics(samples, this.value);
    setText(this.average, figures ? this.short(figures.average) : "–");
    setText(this.max, figures ? this.short(figures.max) : "–");
    if (this.bar) this.bar.style.inlineSize = `${known ? Math.min(100, total ? 100 * value / total : value) : 0}%`;
  }
}

class Board {
  #charts = new Map(); // element → chart, as many as the page shows
  #frame = 0;
  #described = 0;
  #countdown;

  constructor(root, scripts) {
    this.root = root;
    this.scripts = scripts;
    this.tiles = [...root.querySelectorAll("[data-tile]")].map(element => new Tile(element));
    this.feed = new TelemetryFeed({ script: scripts.signalr, onChange: () => this.#schedule(), onState: (state, wait) => this.#showState(state, wait) });
    this.wake = () => { if (!document.hidden) this.#schedule(); };
    document.addEventListener("visibilitychange", this.wake);
  }

  async open() {
    await Promise.all([loadScript(this.scripts.apexcharts), this.feed.open()]);
    this.#schedule();
  }

  async dispose() {
    document.removeEventListener("visibilitychange", this.wake);
    cancelAnimationFrame(this.#frame);
    clearInterval(this.#countdown);
    for (const chart of this.#charts.values()) chart.dispose();
    this.#charts.clear();
    await this.feed.close();
  }

  // A hidden tab gets no animation frames: everything rests and the first frame afterwards shows all that came meanwhile.
  #schedule() {
    if (this.#frame || document.hidden) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.paint();
    });
  }

  paint() {
    const { samples } = this.feed;
    if (samples.length === 0) return;
    const started = performance.now();
    const latest = samples[samples.length - 1];
    this.#showParts(samples, latest);
    for (const tile of this.tiles) tile.paint(samples, latest);
    for (const element of this.root.querySelectorAll("[data-chart]")) this.#paintChart(element, samples);
    if (latest.timestamp - this.#described > 10_000) this.#describe(samples, latest);
    this.root.dataset.tickMs = (performance.now() - started).toFixed(2);
  }

  #paintChart(element, samples) {
    const known = this.#charts.get(element);
    if (known) {
      known.paint(samples);
    } else if (globalThis.ApexCharts && element.offsetParent !== null) {
      const chart = new LiveChart(element, chartSpec(element.dataset));
      this.#charts.set(element, chart);
      chart.draw(samples);
    }
  }

  // Parts that make sense only on some machines: data-when names a condition.
  #showParts(samples, latest) {
    const facts = { gpu: latest.gpus.length > 0, "no-gpu": latest.gpus.length === 0, swap: latest.swap_usage !== null, load: latest.load_1min !== null };
    for (const element of this.root.querySelectorAll("[data-when]")) element.hidden = !facts[element.dataset.when];
  }

  // Words for those who cannot see the line; not every second, which nobody could listen to.
  #describe(samples, latest) {
    this.#described = latest.timestamp;
    for (const element of this.root.querySelectorAll("[data-chart]")) {
      const spec = chartSpec(element.dataset);
      const words = spec.series.map(series => {
        const figures = statistics(samples, series.value);
        return figures ? `${series.name} now ${spec.format(series.value(latest) ?? 0)}, average ${spec.format(figures.average)}, highest ${spec.format(figures.max)}` : null;
      }).filter(Boolean);
      element.setAttribute("aria-label", `Last ten minutes: ${words.join("; ") || "no values"}`);
    }
  }

  #showState(state, wait) {
    clearInterval(this.#countdown);
    const element = this.root.querySelector("[data-feed-state]");
    if (!element) return;
    element.dataset.feedState = state;
    if (state !== "lost") {
      setText(element, state === "live" ? "Live" : "Connecting…");
      return;
    }
    const until = performance.now() + wait;
    const show = () => setText(element, `Connection lost, next try in ${Math.max(0, Math.ceil((until - performance.now()) / 1000))} s`);
    show();
    this.#countdown = setInterval(show, 1000);
  }
}

/** Brings the charts and tiles inside an element to life; the result's dispose() ends it. */
export const attach = (root, scripts) => {
  const board = new Board(root, scripts);
  board.open().catch(error => console.error("The charts could not be started", error));
  return board;
};
