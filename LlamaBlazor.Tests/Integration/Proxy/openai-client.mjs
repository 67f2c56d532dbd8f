// One scenario with OpenAI's own client: node openai-client.mjs SCENARIO BASE_URL MODEL. Exits with 0 when all was as the client expects.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [scenario, baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0, timeout: 60_000 });
const messages = [{ role: 'user', content: 'Say hello' }];
const tools = [{ type: 'function', function: { name: 'weather', description: 'Tells the weather', parameters: { type: 'object', properties: {} } } }];

const scenarios = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages, max_tokens: 5 });
    assert.equal(answer.object, 'chat.completion');
    assert.equal(answer.choices[0].message.role, 'assistant');
    assert.equal(typeof answer.choices[0].message.content, 'string');
    assert.equal(answer.usage.completion_tokens, 5);
    assert.match(answer._request_id, /^req-/);
  },

  async stream() {
    const stream = await client.chat.completions.create({ model, messages, max_tokens: 8, stream: true, stream_options: { include_usage: true } });
    let text = '', usage, reason;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? '';
      reason = chunk.choices[0]?.finish_reason ?? reason;
      usage = chunk.usage ?? usage;
    }
    assert.notEqual(text, '');
    assert.equal(reason, 'length');
    assert.equal(usage.completion_tokens, 8);
  },

  async completion() {
    const answer = await client.completions.create({ model, prompt: 'Once upon', max_tokens: 4 });
    assert.equal(typeof answer.choices[0].text, 'string');
  },

  async embeddings() {
    // Without a format the client asks for base64 and decodes it: the numbers must be those of the other format.
    const input = ['one', 'two'];
    const decoded = await client.embeddings.create({ model, input });
    const plain = await client.embeddings.create({ model, input, encoding_format: 'float' });
    assert.deepEqual(decoded.data.map(entry => entry.index), [0, 1]);
    for (const [i, { embedding }] of decoded.data.entries()) {
      const expected = plain.data[i].embedding;
      assert.equal(embedding.length, 64);
      assert.equal(expected.length, 64);
      // The real engine computes both anew: the order of its threads moves the last digits.
      embedding.forEach((number, at) => assert.ok(Math.abs(number - expected[at]) < 1e-5, `${number} is not ${expected[at]}`));
      assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-3, 'its length is 1');
    }
    assert.notDeepEqual(decoded.data[0].embedding, decoded.data[1].embedding);
  },

  async models() {
    const names = [];
    for await (const entry of client.models.list())
      names.push(entry.id);
    assert.ok(names.includes(model), names.join());
    assert.equal((await client.models.retrieve(model)).id, model);
  },

  async tools() {
    const answer = await client.chat.completions.create({ model, messages, tools });
    assert.equal(answer.choices[0].finish_reason, 'tool_calls');
    const call = answer.choices[0].message.tool_calls[0];
    assert.equal(call.function.name, 'weather');
    assert.deepEqual(JSON.parse(call.function.arguments), {});
    const next = await client.chat.completions.create({ model, max_tokens: 3, tools, messages: [...messages, answer.choices[0].message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }] });
    assert.equal(typeof next.choices[0].message.content, 'string');
  },

  async 'tools-stream'() {
    const runner = client.chat.completions.stream({ model, messages, tools });
    const final = await runner.finalChatCompletion();
    assert.equal(final.choices[0].message.tool_calls[0].function.name, 'weather');
  },

  async abort() {
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    let chunks = 0;
    for await (const chunk of stream) {
      assert.ok(chunk.choices);
      if (++chunks === 2)
        stream.controller.abort();
    }
    assert.ok(chunks >= 2 && chunks < 100, `${chunks} chunks`);
  },

  async unknown() {
    await assert.rejects(client.chat.completions.create({ model: model + '-x', messages }), error => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found' && error.type === 'invalid_request_error');
  },

  async invalid() {
    await assert.rejects(client.post('/chat/completions', { body: { model: 7 } }), error => error instanceof OpenAI.BadRequestError && error.code === 'model_required');
  },
};

await scenarios[scenario]();
