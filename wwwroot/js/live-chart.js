// A chart of the last ten minutes. ApexCharts draws axes, grid, legend and tooltip once, with a fixed relative time axis; each tick only the "d" of the
// line and area paths is rewritten, which costs about a hundredth of a redraw. A redraw happens when the scale must change, on resize, when the theme
// changes, and when the pointer enters, so that tooltips are true; the line rests while it is inside.

export const WINDOW_MS = 600_000;
const GAP_FACTOR = 2.5; // samples further apart than this many intervals are not joined
const SHRINK_AFTER = 30; // ticks that a much smaller scale must have been enough for

const palettes = {
  light: ["#4f46c8", "#0f7f6c", "#b3541e"],
  dark: ["#a8a2ff", "#5fd0b8", "#f0a878"],
};
const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const theme = () => document.documentElement.dataset.theme === "dark" ? "dark" : "light";

/** The next round number: 1, 2 or 5 times a power of ten, or a power of two for bytes. */
export const niceMax = (value, binary) => {
  if (!(value > 0)) return binary ? 1024 : 1;
  if (binary) return 2 ** Math.ceil(Math.log2(value));
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = value / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
};

/** The "d" of line and area of one series, in the pixels of the grid. A missing value or a long pause is a gap. */
export const tracePaths = (samples, value, now, max, width, height) => {
  const toX = width / WINDOW_MS;
  const toY = height / max;
  const interval = samples.length > 1 ? Math.max(1000, samples[samples.length - 1].timestamp - samples[samples.length - 2].timestamp) : 1000;
  const gap = interval * GAP_FACTOR;
  let line = "", area = "", startX = 0, lastX = 0, lastTime = -Infinity, open = false;
  const finish = () => { if (open) area += `L${lastX} ${height}L${startX} ${height}Z`; open = false; };
  for (const sample of samples) {
    const number = value(sample);
    if (number === null || number === undefined) { finish(); continue; }
    const x = ((sample.timestamp - now + WINDOW_MS) * toX * 10 | 0) / 10;
    const y = ((height - Math.min(number, max) * toY) * 10 | 0) / 10;
    if (open && sample.timestamp - lastTime <= gap) {
      line += `L${x} ${y}`;
      area += `L${x} ${y}`;
    } else {
      finish();
      line += `M${x} ${y}`;
      area += `M${x} ${height}L${x} ${y}`;
      startX = x;
      open = true;
    }
    lastX = x;
    lastTime = sample.timestamp;
  }
  finish();
  return { line: line || "M0 0", area: area || "M0 0" };
};

export class LiveChart {
  #chart; #paths = []; #samples = []; #max; #calm = 0; #paused = false; #redrawing = false; #ready = false; #visible = true;
  #observer; #listeners = new AbortController();

  /** @param {any} spec series of { name, value(sample) }, max (fixed) or null, binary, format(number) */
  constructor(element, spec) {
    this.element = element;
    this.spec = spec;
    this.#max = spec.max ?? niceMax(0, spec.binary);
  }

  async draw(samples) {
    this.#samples = samples;
    // A machine without swap, for example, gets no line for it.
    const known = this.spec.series.filter(series => samples.some(sample => series.value(sample) !== null));
    if (known.length > 0) this.spec = { ...this.spec, series: known };
    this.#max = this.#neededMax();
    this.#chart = new ApexCharts(this.element, this.#options());
    await this.#chart.render();
    this.#ready = true;
    this.#findPaths();
    this.paint(samples);
    const options = { signal: this.#listeners.signal };
    this.element.addEventListener("pointerenter", () => this.#pause(true), options);
    this.element.addEventListener("pointerleave", () => this.#pause(false), options);
    document.addEventListener("themechange", () => this.#redraw(), options);
    this.#observer = new IntersectionObserver(entries => {
      this.#visible = entries[entries.length - 1].isIntersecting;
      if (this.#visible) this.#rewrite();
    }, { rootMargin: "100px" });
    this.#observer.observe(this.element);
  }

  /** Takes the samples and rewrites the paths. Called inside an animation frame. */
  paint(samples) {
    this.#samples = samples;
    if (!this.#ready || this.#paused || !this.#visible || this.#redrawing) return;
    if (this.#scaleMustChange()) this.#redraw();
    else this.#rewrite();
  }

  dispose() {
    this.#listeners.abort();
    this.#observer?.disconnect();
    this.#ready = false;
    this.#chart?.destroy();
  }

  get #now() { return this.#samples.length ? this.#samples[this.#samples.length - 1].timestamp : 0; }

  #neededMax() {
    if (this.spec.max) return this.spec.max;
    let highest = this.spec.least ?? 0;
    for (const sample of this.#samples) for (const series of this.spec.series) highest = Math.max(highest, series.value(sample) ?? 0);
    return niceMax(highest, this.spec.binary);
  }

  // Grows at once; shrinks only when less than half has been enough for a while, so that the axis does not jump about.
  #scaleMustChange() {
    if (this.spec.max) return false;
    const needed = this.#neededMax();
    this.#calm = needed < this.#max * 0.5 ? this.#calm + 1 : 0;
    if (needed <= this.#max && this.#calm < SHRINK_AFTER) return false;
    this.#max = needed;
    this.#calm = 0;
    return true;
  }

  #pause(inside) {
    this.#paused = inside;
    if (inside) this.#redraw(true);
    else this.#rewrite();
  }

  async #redraw(withData = false) {
    if (!this.#ready) return;
    this.#redrawing = true;
    try {
      await this.#chart.updateOptions(this.#options(withData), false, false, false);
    } finally {
      this.#redrawing = false;
    }
    if (!this.#ready) return;
    this.#findPaths();
    if (!this.#paused) this.#rewrite();
  }

  // ApexCharts 4.7.0 marks the group of each series by its place; the area has a fill, the line has none.
  #findPaths() {
    this.#paths = this.spec.series.map((_, index) => {
      const group = this.element.querySelector(`.apexcharts-area-series .apexcharts-series[rel="${index + 1}"]`);
      return { line: group?.querySelector("path.apexcharts-area[fill=none]"), area: group?.querySelector("path.apexcharts-area:not([fill=none])") };
    });
  }

  #rewrite() {
    if (!this.#ready) return;
    const { gridWidth, gridHeight } = this.#chart.w.globals;
    for (const [index, series] of this.spec.series.entries()) {
      const target = this.#paths[index];
      if (!target?.line) continue;
      const paths = tracePaths(this.#samples, series.value, this.#now, this.#max, gridWidth, gridHeight);
      target.line.setAttribute("d", paths.line);
      target.area?.setAttribute("d", paths.area);
    }
  }

  // Data are handed to ApexCharts only where its tooltip needs them; two points are enough for it to make the paths that we rewrite.
  #data(withData) {
    return this.spec.series.map(series => ({
      name: series.name,
      data: withData && this.#samples.length > 1
        ? this.#samples.map(sample => ({ x: (sample.timestamp - this.#now) / 60_000, y: series.value(sample) ?? null }))
        : [{ x: -10, y: 0 }, { x: 0, y: 0 }],
    }));
  }

  #options(withData = false) {
    const now = this.#now;
    const { format } = this.spec;
    const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
    return {
      series: this.#data(withData),
      chart: {
        type: "area", height: this.spec.height ?? 190, width: "100%", background: "transparent", foreColor: token("--lb-muted"), fontFamily: "inherit",
        animations: { enabled: false }, toolbar: { show: false }, zoom: { enabled: false }, selection: { enabled: false }, parentHeightOffset: 0,
        events: { updated: () => { this.#findPaths(); if (!this.#paused && !this.#redrawing) this.#rewrite(); } },
      },
      theme: { mode: theme() },
      colors: palettes[theme()],
      stroke: { width: 2, curve: "straight", lineCap: "round" },
      fill: { type: "solid", opacity: this.spec.series.length > 1 ? 0.08 : 0.16 },
      dataLabels: { enabled: false },
      markers: { size: 0 },
      legend: { show: this.spec.series.length > 1, position: "top", horizontalAlign: "right", fontSize: "12px", markers: { size: 5 }, onItemClick: { toggleDataSeries: false }, onItemHover: { highlightDataSeries: false } },
      grid: { borderColor: token("--lb-line"), strokeDashArray: 3, padding: { left: 8, right: 12, top: this.spec.series.length > 1 ? -10 : -16, bottom: -4 } },
      xaxis: {
        type: "numeric", min: -10, max: 0, tickAmount: 5, axisBorder: { show: false }, axisTicks: { show: false }, crosshairs: { show: true }, tooltip: { enabled: false },
        labels: { rotate: 0, hideOverlappingLabels: true, formatter: value => Math.abs(value) < 0.01 ? "now" : `−${Math.round(Math.abs(value))} min` },
      },
      yaxis: { min: 0, max: this.#max, tickAmount: 4, forceNiceScale: false, labels: { minWidth: 48, maxWidth: 80, formatter: value => value === null ? "no value" : format(value) } },
      tooltip: { shared: true, intersect: false, theme: theme(), x: { formatter: value => clock.format(new Date(now + value * 60_000)) }, y: { formatter: value => value === null || value === undefined ? "no value" : format(value) } },
      states: { hover: { filter: { type: "none" } }, active: { filter: { type: "none" } } },
    };
  }
}
