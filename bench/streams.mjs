// Streams against an endpoint with a real engine: none may break, and how long each takes.
// node bench/streams.mjs http://127.0.0.1:5080 MODEL [KEY|-] [STREAMS=3000] [AT_ONCE=1,2,4,50] [PATH=/v1/chat/completions]
const [base, model, key = '-', streams = '3000', atOnce = '1,2,4,50', path = '/v1/chat/completions'] = process.argv.slice(2);
if (!model) {
  console.error('usage: streams.mjs BASE MODEL [KEY|-] [STREAMS] [AT_ONCE,…] [PATH]');
  process.exit(2);
}

const headers = { 'content-type': 'application/json', ...(key === '-' ? {} : { authorization: `Bearer ${key}` }) };
const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

async function ask(number) {
  const body = JSON.stringify({ model, stream: true, max_tokens: 3, messages: [{ role: 'user', content: `n${number}` }] });
  const answer = await fetch(base + path, { method: 'POST', headers, body });
  const text = await answer.text();
  if (answer.status !== 200 || !text.endsWith('data: [DONE]\n\n') || text.includes('"error"')) throw new Error(`${answer.status} ${text.slice(-200)}`);
}

let failed = 0;
for (const clients of atOnce.split(',').map(Number)) {
  const [times, errors] = [[], new Map()];
  let next = 0;
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, async () => {
    while (next < +streams) {
      const [number, start] = [next++, performance.now()];
      try {
        await ask(number);
        times.push(performance.now() - start);
      } catch (error) {
        const words = error.message + (error.cause ? ` / ${error.cause.code}` : '');
        errors.set(words, (errors.get(words) ?? 0) + 1);
      }
    }
  }));
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const bad = [...errors.values()].reduce((sum, count) => sum + count, 0);
  failed += bad;
  console.log(`${clients} at once: ${times.length} whole, ${bad} failed; p50 ${quantile(times, 0.5)?.toFixed(2)} ms, p99 ${quantile(times, 0.99)?.toFixed(2)} ms, ${(times.length / seconds).toFixed(0)}/s`);
  for (const [words, count] of errors) console.log(`  ${count} × ${words}`);
}

process.exit(failed === 0 ? 0 : 1);
