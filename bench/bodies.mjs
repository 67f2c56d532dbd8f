// Large bodies at once, and what they cost in memory: node bench/bodies.mjs http://127.0.0.1:5080 PID [COUNT=20] [MIB=63] [MODEL=nobody]
// The name of no model is enough: the body is read whole and looked at before it is refused.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';

const [base, pid, count = '20', mib = '63', model = 'nobody'] = process.argv.slice(2);
const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const head = Buffer.from(`{"model":"${model}","messages":[{"role":"user","content":"`);
const tail = Buffer.from('"}]}');
const part = Buffer.alloc(1 << 20, 'x');

function send() {
  return new Promise((resolve, reject) => {
    const call = request(new URL('/v1/chat/completions', base), { method: 'POST', agent: false, headers: { 'content-type': 'application/json', 'content-length': head.length + tail.length + part.length * mib } }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    }).on('error', reject);
    call.write(head);
    let left = +mib;
    const next = () => {
      while (left-- > 0) {
        if (!call.write(part)) return call.once('drain', next);
      }
      call.end(tail);
    };
    next();
  });
}

const before = rss();
let most = before;
const watch = setInterval(() => { most = Math.max(most, rss()); }, 50);
const statuses = await Promise.all(Array.from({ length: +count }, send));
clearInterval(watch);
most = Math.max(most, rss());
console.log(`${count} bodies of ${mib} MiB: ${[...new Set(statuses)].join(', ')}; RSS ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most (+${(most - before).toFixed(0)})`);
for (const seconds of [5, 30]) {
  await new Promise(resolve => setTimeout(resolve, seconds * 1000));
  console.log(`${rss().toFixed(0)} MB ${seconds} s later`);
}
