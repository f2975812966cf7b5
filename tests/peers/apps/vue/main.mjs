// Reactivity, a template compiled at run time, and server rendering to a string and a stream.
import assert from 'node:assert';
import { computed, createSSRApp, h, nextTick, ref, watch } from 'vue';
import { renderToNodeStream, renderToString } from 'vue/server-renderer';

process.exitCode = 1;

const n = ref(1);
const twice = computed(() => n.value * 2);
const seen = [];
watch(twice, (value) => seen.push(value));
n.value = 5;
await nextTick();
assert.deepStrictEqual(seen, [10]);

const Item = {
  props: ['label'],
  setup: (props, { slots }) => () => h('li', { class: 'item' }, [props.label, slots.default?.()]),
};
const app = () =>
  createSSRApp({
    components: { Item },
    data: () => ({ list: ['a', '<b>'], show: false }),
    template:
      '<ul><Item v-for="x in list" :key="x" :label="x"/></ul><p v-if="show">no</p><p v-else>yes</p>',
  });
const html = await renderToString(app());
assert.ok(html.includes('<li class="item">'), html);
assert.ok(html.includes('&lt;b&gt;') && html.includes('<p>yes</p>'), html);

const chunks = [];
for await (const chunk of renderToNodeStream(app())) chunks.push(chunk);
assert.strictEqual(chunks.join(''), html);

console.log('ok vue');
process.exitCode = 0;
