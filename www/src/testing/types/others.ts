/** Values of the types that need no manifest. */
import type * as Crate from '../../../pkg/elbo_room.js';

/** Reads a file of the repository. */
export type Read = (path: string) => Uint8Array;

export function ofDiffusion(ddpm: Crate.Ddpm, image: Uint8Array) {
  const sampler: Required<Crate.SamplerOptions> = {
    seed: 1,
    class: 3,
    everyClass: false,
    schedule: 'cosine',
    steps: 2,
    method: 'ddim',
    eta: 0.5,
    guidance: 1,
    chains: 2,
    firstChain: 1,
  };
  const elbo: Required<Crate.DiffusionElboOptions> = {
    schedule: 'cosine',
    steps: 10,
    timesteps: 2,
    class: null,
    seed: 1,
    consistency: true,
  };
  const bounds = [elbo, { ...elbo, timesteps: 'all' as const, steps: 3, consistency: false }];
  const results = bounds.map((options) => {
    const bound = ddpm.elbo(image, options);
    while (!bound.result()) bound.step();
    return bound.result();
  });
  const classify: Required<Crate.ClassPosteriorOptions>[] = (['bound', 'sigmoid'] as const).map(
    (weighting) => ({ schedule: 'cosine', steps: 10, evaluationsPerClass: 1, weighting, seed: 1 }),
  );
  const [posterior] = classify.map((options) => ddpm.classify(image, options));
  while (posterior && !posterior.result()) posterior.step();
  const diffuse: Crate.DiffuseOptions[] = [
    { t: 2 },
    { t: 2, schedule: 'linear', steps: 10, class: null, seed: 1 },
  ];
  const { x, predictedX0, rmsToOriginal } = ddpm.sampler(sampler).step();
  const shared: Crate.SharedFrame = { x, predictedX0, rmsToOriginal };
  const grid = ddpm.sampler(sampler);
  grid.expectShares(1);
  grid.collect(0, [shared]);
  return {
    SamplerOptions: [{}, sampler],
    Frame: [ddpm.sampler(sampler).step(), ddpm.denoise(image, 1, { steps: 2 }).step()],
    SharedFrame: [shared],
    NoisePrediction: [ddpm.predict(new Float64Array(image.length), 0)],
    ScheduleTable: [ddpm.schedule('cosine', 3)],
    DiffusionElboOptions: [{}, ...bounds],
    DiffusionElboResult: results,
    ConsistencyForm: results.flatMap((result) => result?.consistency ?? []),
    ClassPosteriorOptions: [{}, ...classify],
    ClassPosteriorResult: [posterior?.result()],
    DiffuseOptions: diffuse,
    Diffused: diffuse.map((options) => ddpm.diffuse(image, options)),
  };
}

/** A canvas as far as the crate asks: it refuses this one after it has read how to paint. */
const NO_CANVAS = {} as OffscreenCanvas;

/** The options are read before the canvas is looked at. */
function reads(paint: () => void) {
  try {
    paint();
  } catch (error) {
    if ((error as Error).name !== 'CanvasError') throw error;
  }
}

export function ofInference(crate: typeof Crate) {
  const targets: Crate.InferenceTarget[] = [
    'correlated-gaussian',
    'two-gaussians',
    'five-gaussians',
    'banana',
    'funnel',
    'ring',
    'logistic-regression',
  ];
  const families: Crate.InferenceFamily[] = ['mean-field', 'full-covariance', 'mixture'];
  const component: Required<Crate.InferenceComponent> = {
    weight: 1,
    mean: [0, 1],
    std: [1, 2],
    correlation: 0,
  };
  const options: Required<Crate.InferenceOptions> = {
    components: 1,
    data: [{ x: 1, label: 1 }],
    samples: 2,
    gradient: 'score-function',
    optimizer: 'sgd',
    learningRate: 0.1,
    seed: 1,
    start: [component],
  };
  const { data, components, start, ...others } = options;
  const fits = [
    ...targets.map((target) => new crate.VariationalInference(target, 'mean-field', others)),
    ...families.map((family) => new crate.VariationalInference('ring', family, others)),
  ];
  const given = new crate.VariationalInference('logistic-regression', 'mean-field', {
    ...others,
    data,
    components,
    start,
  });
  given.step(3);
  const densities: Crate.InferenceDensity[] = ['target', 'reverse', 'forward'];
  for (const density of densities) given.logDensity(density, 2, 2);
  const look = {
    size: 64,
    background: '#ffffff',
    target: '#000000',
    accent: '#ff0000',
    ink: '#0000ff',
  };
  const planes: Crate.InferencePlane[] = [
    { ...look, q: 'reverse' },
    { ...look, q: 'forward', pixelRatio: 2, draws: true },
  ];
  for (const plane of planes) reads(() => given.paint(NO_CANVAS, plane));
  return {
    InferenceTarget: targets,
    InferenceFamily: families,
    InferenceDensity: densities,
    InferenceObservation: given.data,
    InferenceComponent: [{ mean: [0, 0], std: [1, 1] }, component],
    InferenceOptions: [{}, options],
    InferenceState: fits.map((fit) => fit.state),
    InferenceTrace: [given.trace],
    InferenceForwardFit: [given.forward],
    InferenceWindow: fits.map((fit) => fit.window),
    InferencePlane: planes,
  };
}

export function ofPlane(crate: typeof Crate) {
  const presets: Crate.PlanePreset[] = [
    'correlated-gaussian',
    'two-gaussians',
    'five-gaussians',
    'moons',
    'spiral',
  ];
  const component: Required<Crate.PlaneComponent> = {
    weight: 1,
    mean: [0, 1],
    std: [1, 1],
    correlation: 0.5,
  };
  const options: Crate.PlaneDiffusionOptions[] = [
    { data: 'moons' },
    {
      components: [component],
      schedule: 'log-snr-linear',
      steps: 3,
      eta: 0.5,
      particles: 2,
      model: 'blurred',
      blur: 0.1,
      seed: 1,
    },
  ];
  const training: Crate.PlaneNetworkOptions[] = [
    { data: 'moons' },
    { components: [component], schedule: 'linear', steps: 3, weighting: 'simple', seed: 1 },
  ];
  for (const data of presets) new crate.PlaneDiffusion({ data, steps: 2, particles: 2 });
  const [, small] = options.map((one) => new crate.PlaneDiffusion(one));
  const [, network] = training.map((one) => new crate.PlaneNetwork(one));
  if (!small || !network) throw new Error('there are two of each');
  small.advance(3);
  const of: Crate.PlaneParticles[] = ['forward', 'ancestral', 'ddim', 'flow'];
  const fields: Crate.PlaneField[] = ['score', 'clean-point'];
  for (const field of fields) small.field(field, 1, 2);
  const look = {
    size: 64,
    background: '#ffffff',
    density: '#000000',
    accent: '#ff0000',
    ink: '#0000ff',
  };
  const planes: Crate.DiffusionPlane[] = [
    { ...look, t: 1 },
    { ...look, t: 1, pixelRatio: 2, particles: 'ddim', field: 'score', path: 0, point: [0, 1] },
  ];
  for (const plane of planes) reads(() => small.paint(NO_CANVAS, plane));
  const point = small.point(0, 1);
  const unfinished = point.result;
  // All of it takes seconds; of the sweep its beginning does.
  while (!point.done && !(point.result.consistency && point.result.sweep.length > 0)) point.step();
  const { result } = point;
  const scores = small.scores();
  return {
    PlanePreset: presets,
    PlaneComponent: [{ mean: [0, 0], std: [1, 1] }, component],
    PlaneDiffusionOptions: [{}, ...options],
    PlaneNetworkOptions: [{}, ...training],
    PlaneParticles: of,
    PlaneField: fields,
    PlaneTrainingTrace: [network.trace],
    PlaneKernels: [small.kernels(0, 1, 2)],
    PlaneKernel: [small.kernels(0, 1, 2).model],
    PlanePath: of.map((particles) => small.path(particles, 0, 0)),
    PlanePointResult: [unfinished, result],
    PlaneTerms: [result.bound],
    PlaneGap: [result.gap],
    PlaneForm: [result.denoising, result.consistency],
    PlaneErrors: [result.errors],
    PlaneSweep: result.sweep,
    PlaneScores: [scores],
    DiffusionPlane: planes,
  };
}

export function ofPictures(crate: typeof Crate, image: Uint8Array) {
  const rgba = Uint8ClampedArray.from({ length: 4 * 28 * 28 }, (_, i) =>
    i % 4 === 3 ? 255 : (image[Math.floor(i / 4)] ?? 0),
  );
  const options: Crate.DigitFromPixelsOptions[] = [{}, { whole: true }];
  const readings = options.map((one) => crate.digitFromPixels(rgba, 28, 28, one));
  return {
    DigitFromPixelsOptions: options,
    DigitReading: readings,
    Region: readings.flatMap(({ regions }) => regions),
    DigitStanding: [crate.digitStanding(image)],
  };
}

export function ofScores(crate: typeof Crate, read: Read, image: Uint8Array) {
  const evaluation = crate.Evaluation.parse(
    new TextDecoder().decode(read('models/evaluation.json')),
  );
  const evidence: Crate.StrangerEvidence[] = [
    { elbo: -90 },
    { elbo: -90, kl: 25, perTimestep: [{ t: 2, logSnr: 0, nats: 1 }] },
  ];
  const shape: Crate.ImageShape = { channels: 1, height: 28, width: 28 };
  const places = evidence.flatMap((one) =>
    evaluation.place('mnist-vae', 'Fashion-MNIST test', image, shape, 1, one),
  );
  const { models } = evaluation;
  return {
    EvaluatedModel: models,
    MeanScore: models.flatMap(({ scores }) => scores),
    Strangers: models.flatMap(({ strangers }) => strangers ?? []),
    StrangerDetector: places.map(({ detector }) => detector),
    StrangerEvidence: evidence,
    StrangerPlace: places,
  };
}

export function ofSets(crate: typeof Crate, read: Read) {
  const text = (lines: string) => new TextEncoder().encode(lines);
  const values = new Float64Array([1, 2, 3]);
  const others = new Float64Array([0, 1]);
  const models = JSON.parse(new TextDecoder().decode(read('models/evaluation.json'))) as {
    models: { bounds: { histogram: Crate.Histogram } }[];
  };
  return {
    DataFile: [
      crate.readDataFile(text('0,255,0,255\n255,0,255,0\n')),
      crate.readDataFile(text('label,a,b,c,d\nx,0,1,0,1\ny,1,0,1,0\n')),
      crate.readDataFile(crate.npyFile(new Uint8Array([3, 1]))),
    ],
    Roc: [crate.roc(values, others), crate.roc(values, new Float64Array([1]))],
    Histogram: [crate.histogram(values, 2), ...models.models.map(({ bounds }) => bounds.histogram)],
    PrincipalComponents: [crate.principalComponents(new Float64Array([1, 2, 3, 4, 5, 7]), 2, 1)],
  };
}
