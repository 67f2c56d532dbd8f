// Eight charts of 600 points; tick() adds a sample and paints all of them, as the overview does.
import { LiveChart } from "/js/live-chart.js";

const interval = 1000;
let now = 1_790_000_000_000;
const samples = [];
const add = () => {
  now += interval;
  samples.push({ timestamp: now, value: 50 + 40 * Math.sin(now / 20_000) + 5 * Math.random() });
  if (samples.length > 600) samples.shift();
};
for (let i = 0; i < 600; i++) add();

const charts = [];
for (let i = 0; i < 8; i++) {
  const element = document.createElement("div");
  document.querySelector(".charts").append(element);
  const chart = new LiveChart(element, { max: i % 2 ? 100 : undefined, format: value => `${value}`, series: [{ name: "Value", value: sample => sample.value }] });
  await chart.draw(samples);
  charts.push(chart);
}

globalThis.tick = () => new Promise(done => requestAnimationFrame(() => {
  const started = performance.now();
  add();
  for (const chart of charts) chart.paint(samples);
  const script = performance.now() - started;
  setTimeout(() => done(script));
}));
globalThis.ready = true;
