// node --test LlamaBlazor.Tests/Scripts
import assert from "node:assert/strict";
import { test } from "node:test";
import { chartSpec } from "../../wwwroot/js/charts.js";
import { WINDOW_MS, niceMax, tracePaths } from "../../wwwroot/js/live-chart.js";
import { merge } from "../../wwwroot/js/telemetry-feed.js";

const NOW = 1_700_000_000_000;
const at = (secondsAgo, value) => ({ timestamp: NOW - secondsAgo * 1000, value });
const value = sample => sample.value;
const trace = (...samples) => tracePaths(samples, value, NOW, 100, 600, 200);

test("niceMax is the next 1, 2 or 5 of a power of ten", () => {
  for (const [least, scale] of [[0, 1], [-3, 1], [0.3, 0.5], [1, 1], [1.01, 2], [2, 2], [4.9, 5], [5.1, 10], [99, 100], [101, 200]])
    assert.equal(niceMax(least, false), scale, `${least}`);
});

test("niceMax of bytes is a power of two, and never nothing", () => {
  for (const [least, scale] of [[0, 1024], [1025, 2048], [2048, 2048], [5e9, 2 ** 33]])
    assert.equal(niceMax(least, true), scale, `${least}`);
});

test("a line goes from left to right, and up for more", () => {
  const { line, area } = trace(at(10, 0), at(9, 50), at(8, 100));
  assert.equal(line, "M590 200L591 100L592 0");
  assert.equal(area, "M590 200L590 200L591 100L592 0L592 200L590 200Z");
});

test("what is above the scale stays at its edge", () => assert.equal(trace(at(10, 0), at(9, 1000)).line, "M590 200L591 0"));

test("a missing value is a gap, not a zero", () =>
  assert.equal(trace(at(4, 50), at(3, null), at(2, undefined), at(1, 50)).line, "M596 100M599 100"));

test("a pause of more than two and a half intervals is a gap", () => {
  assert.equal(trace(at(10, 50), at(8, 50), at(7, 50)).line, "M590 100L592 100L593 100");
  assert.equal(trace(at(10, 50), at(7, 50), at(6, 50)).line, "M590 100M593 100L594 100");
});

test("nothing is drawn of no samples", () => assert.deepEqual(trace(), { line: "M0 0", area: "M0 0" }));

test("merge adds what is newer, and lets go what is older than the window", () =>
  assert.deepEqual(merge([at(WINDOW_MS / 1000 + 2, 1), at(2, 2)], [at(1, 3)]), [at(2, 2), at(1, 3)]));

test("merge takes the later word of one moment, in order", () =>
  assert.deepEqual(merge([at(5, 1), at(3, 1)], [at(4, 2), at(3, 2)]), [at(5, 1), at(4, 2), at(3, 2)]));

test("merge drops what was written before the clock was set back", () => assert.deepEqual(merge([at(0, 9)], [at(10, 1)]), [at(10, 1)]));

test("a chart is made of what its element says", () => {
  const series = JSON.stringify([{ name: "Received", field: "net_rx" }, { name: "Sent", field: "net_tx" }]);
  const rate = chartSpec({ series, format: "rate", least: "10240" });
  assert.deepEqual(rate.series.map(line => [line.name, line.value({ net_rx: 1, net_tx: 2 })]), [["Received", 1], ["Sent", 2]]);
  assert.deepEqual([rate.binary, rate.least, rate.format(2048)], [true, 10240, "2 KiB/s"]);
  const share = chartSpec({ series, format: "percent" });
  assert.deepEqual([share.max, share.least, share.format(12.3)], [100, undefined, "12 %"]);
});
