import { defineLab } from '../../labs/define.ts';
import { integer } from '../../schema/codecs.ts';
import { row } from '../../schema/rows.ts';

export const sixth = defineLab({
  id: 'sixth',
  name: () => 'Sixth',
  accent: 'accent-vae',
  needs: [],
  state: { sixth: { turns: row('turns', integer(0, 99), 3) } },
  anchors: [],
  tour: {},
  load: () => import('./lab.ts'),
});
