/** What entries say of networks of others: with every field, so that the crate refuses one that it does not know. */
import type * as Crate from '../../../pkg/elbo_room.js';

export function entriesOf(
  crate: typeof Crate,
  {
    vaeEntry,
    hvaeEntry,
    ddpmEntry,
  }: { vaeEntry: Crate.VaeEntry; hvaeEntry: Crate.HvaeEntry; ddpmEntry: Crate.DdpmEntry },
) {
  const classes = ['a', 'b'];
  const image: Required<Crate.ImageInput> = {
    name: 'picture',
    layout: 'nhwc',
    shape: [784],
    scale: [2],
    shift: [-1],
  };
  const posteriors: Crate.PosteriorOutput[] = [
    { spread: 'log-std', meanName: 'mu', spreadName: 'sigma' },
    { split: { name: 'both', axis: 1, order: 'spread-first' } },
  ];
  const conditions: Crate.ClassInput[] = [
    { name: 'label', form: 'one-hot', shape: [2], numbers: 'float', null: 'zeros' },
    { form: 'index', null: 'none' },
    { null: 'extra-index' },
    { null: { index: 1 } },
    { null: { mask: { name: 'mask', absent: 0, present: 1, shape: [1], numbers: 'integer' } } },
    { null: { mask: { name: 'mask', absent: 0, present: 1 } } },
  ];
  const outputs: [Crate.VaeEntry['likelihood'], Crate.PixelOutput][] = [
    ['bernoulli', { name: 'x', value: 'logits', layout: 'nhwc', shape: [784] }],
    ['gaussian', { value: 'mean', range: [-1, 1], std: 'fitted' }],
    ['gaussian', { std: 0.1 }],
    ['discretized-logistic', { spread: { name: 's', value: 'log-scale' } }],
    ['logistic-mixture', { components: 3 }],
  ];
  const latent = { name: 'code', shape: [16, 1, 1] };
  const vaes = outputs.map(([likelihood, output], i) => {
    const condition = conditions[i];
    const encoder: Crate.EncoderAdapter = {
      batch: 2,
      image,
      ...(posteriors[i] && { posterior: posteriors[i] }),
      ...(condition && { condition }),
    };
    const decoder: Crate.DecoderAdapter = {
      batch: 2,
      latent,
      output,
      ...(condition && { condition }),
    };
    return crate.changeEntry(
      { ...vaeEntry, likelihood, classes, encoder, decoder },
      {},
    ) as Crate.VaeEntry;
  });
  const schedules: Crate.BetaSchedule[] = [
    { kind: 'linear', steps: 10, betaStart: 0.001, betaEnd: 0.02 },
    { kind: 'linear', steps: 10 },
    { kind: 'scaled-linear', steps: 10, betaStart: 0.001, betaEnd: 0.02 },
    { kind: 'cosine', steps: 10 },
    { kind: 'sigmoid', steps: 10 },
    { kind: 'betas', betas: [0.1, 0.2] },
  ];
  const times: Crate.TimeInput[] = [
    ...schedules.map((schedule): Crate.TimeInput => ({
      name: 'steps',
      form: 'timestep',
      shape: [1],
      numbers: 'float',
      schedule,
      first: 1,
    })),
    { form: 'flow', reversed: true, unbatched: true },
    { form: 'log-snr' },
  ];
  const networks = times.map((time): Crate.NetworkAdapter => ({
    batch: 2,
    image: { name: 'x' },
    dataRange: [0, 1],
    time,
    condition: { null: 'extra-index' },
    output: { name: 'y', layout: 'nchw', learnedVariance: true },
  }));
  const flow = (time: Crate.TimeInput) => time.form === 'flow';
  const ddpms = networks.map((network) =>
    crate.changeEntry(
      {
        ...ddpmEntry,
        logSnr: { min: -5, max: 5 },
        parameterization: network.time && flow(network.time) ? 'velocity' : 'epsilon',
        network,
      },
      {},
    ),
  ) as Crate.DdpmEntry[];
  crate.changeEntry({ ...hvaeEntry, decoder: { output: { name: 'x' } } }, {});
  const own = <T>(values: (T | undefined)[]) => values.filter((value) => value !== undefined);
  const encoders = own(vaes.map(({ encoder }) => encoder));
  const decoders = own(vaes.map(({ decoder }) => decoder));
  const layouts: Crate.TensorLayout[] = ['nchw', 'nhwc'];
  const numbers: Crate.Numbers[] = ['integer', 'float'];
  return {
    TensorLayout: layouts,
    Numbers: numbers,
    ImageInput: [image, ...own(encoders.map((encoder) => encoder.image))],
    PosteriorOutput: [...posteriors, ...own(encoders.map((encoder) => encoder.posterior))],
    ClassInput: [...conditions, ...own(decoders.map((decoder) => decoder.condition))],
    PixelOutput: own(decoders.map((decoder) => decoder.output)),
    EncoderAdapter: encoders,
    DecoderAdapter: decoders,
    BetaSchedule: schedules,
    TimeInput: [...times, ...own(ddpms.map(({ network }) => network?.time))],
    NetworkAdapter: own(ddpms.map(({ network }) => network)),
  };
}
