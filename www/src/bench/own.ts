/** Networks of anybody's, in both engines. */
import { measured, most, ofRatios } from './report.ts';
import { inTurns, type Step } from './steps.ts';
import { largestDifference, ratios } from './statistics.ts';
import { startCrate, startPeer } from './shipped.ts';

const WARM_UP_TURNS = 2;
/** What a network must stay below for which nothing was chosen here. */
const TARGET = 0.6;
/** What is lost by another order of the same sums, of the largest value of an output. */
const TOLERANCE = 1e-3;

export const own =
  (files: readonly File[]): Step =>
  async (rows, { shipped, options: { turns, runs }, agreement }) => {
    for (const [at, file] of files.entries()) {
      const crate = await startCrate(shipped);
      const peer = await startPeer(shipped, 1);
      const bytes = new Uint8Array(await file.arrayBuffer());
      const { inputs, outputs, size } = await crate.api.takeOwn(bytes);
      await peer.api.takeOwn(bytes, inputs, size);
      const time = await inTurns(turns, WARM_UP_TURNS, {
        theirs: () => peer.api.time('own', 1, runs),
        ours: () => crate.api.own(runs),
      });
      rows.push({
        id: `own-${at + 1}`,
        title: ({ rows }) => rows.own({ file: file.name }),
        ours: measured(time.ours, 'ms'),
        peer: {
          name: ({ peers }) => peers.threads({ engine: 'onnxruntime-web', threads: 1 }),
          ...measured(time.theirs, 'ms'),
        },
        verdict: ofRatios(
          ({ verdicts }) => verdicts.time,
          ratios(time.ours, time.theirs),
          most(TARGET),
        ),
      });
      const [ours, theirs] = [await crate.api.ownOutputs(), await peer.api.outputs('own')];
      for (const [place, { name }] of outputs.entries()) {
        const values = theirs[name] ?? new Float32Array();
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const difference = largestDifference(ours[place] ?? [], values) / (largest || 1);
        agreement.push({
          output: (text) => text.agreement.own({ output: name, file: file.name }),
          difference,
          tolerance: TOLERANCE,
          met: difference <= TOLERANCE,
        });
      }
      crate.end();
      peer.end();
    }
  };
