/** `npm run bench:page -- [--only paint] [--strokes N]`: scenarios of the page's benchmark alone, on the screen only. */

import { parseArgs } from 'node:util';
import { benchPage } from './pageBench.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, strokes: { type: 'string' } } });
await benchPage({
  only: values.only,
  ...(values.strokes === undefined ? {} : { strokes: Number(values.strokes) }),
});
