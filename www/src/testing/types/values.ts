/**
 * Values of every type of the package, as the crate gives them, or as it has taken them: options with all of their fields, which
 * it refuses where it does not know one.
 */
import type * as Crate from '../../../pkg/elbo_room.js';
import type { FilesOf } from '../../../engine/api.ts';
import { entriesOf } from './entries.ts';
import {
  ofDiffusion,
  ofInference,
  ofPictures,
  ofPlane,
  ofScores,
  ofSets,
  type Read,
} from './others.ts';

type Entry<K extends Crate.ModelEntry['kind']> = Extract<Crate.ModelEntry, { kind: K }>;

export function valuesOf(crate: typeof Crate, read: Read): Record<string, readonly unknown[]> {
  const text = (path: string) => new TextDecoder().decode(read(path));
  const manifest = crate.parseManifest(text('models/manifest.json'));
  const tiny = crate.parseManifest(text('tests/fixtures/tiny/manifest.json'));
  const entry = <K extends Crate.ModelEntry['kind']>(id: string) =>
    [...manifest.models, ...tiny.models].find((model) => model.id === id) as Entry<K>;
  const filesOf = <Model extends Crate.ModelEntry>(model: Model) => {
    const folder = tiny.models.some(({ id }) => id === model.id) ? 'tests/fixtures/tiny' : 'models';
    const files = Object.entries(model.files as Record<string, Crate.FileEntry>);
    return Object.fromEntries(
      files.map(([role, { path }]) => [role, read(`${folder}/${path}`)]),
    ) as FilesOf<Model>;
  };
  const [vaeEntry, hvaeEntry, ddpmEntry, planeEntry] = [
    entry<'vae'>('tiny-vae-8bit'),
    entry<'hvae'>('tiny-hvae'),
    entry<'ddpm'>('mnist-ddpm'),
    entry<'vae'>('mnist-vae-2d'),
  ];
  const vae = crate.Vae.load(vaeEntry, filesOf(vaeEntry));
  const hvae = crate.Hvae.load(hvaeEntry, filesOf(hvaeEntry));
  const ddpm = crate.Ddpm.load(ddpmEntry, filesOf(ddpmEntry));
  const flat = crate.Vae.load(planeEntry, filesOf(planeEntry));
  const densityEntry = crate.changeEntry(vaeEntry, {
    likelihood: 'gaussian',
    'decoder.output': { value: 'mean', std: 'fitted' },
  }) as Crate.VaeEntry;
  const gaussian = crate.Vae.load(densityEntry, filesOf(densityEntry));
  const digits = crate.exampleDrawings();
  const stroke = digits[0]?.strokes ?? [];
  const brush: Crate.RenderDigitOptions = { brush: 3 };
  const image = crate.renderDigit(stroke, brush);
  return {
    ...ofModels(crate, manifest, { vae, hvae, ddpm }, { vaeEntry, hvaeEntry, ddpmEntry }),
    ...entriesOf(crate, { vaeEntry: entry<'vae'>('mnist-vae'), ddpmEntry, hvaeEntry }),
    ...ofFiles(crate, read),
    ...ofLatents({ vae, hvae, flat, gaussian }, Uint8Array.of(0, 90, 180, 255)),
    ...ofDiffusion(ddpm, image),
    ...ofInference(crate),
    ...ofPlane(crate),
    ...ofPictures(crate, image),
    ...ofScores(crate, read, image),
    ...ofSets(crate, read),
    RenderDigitOptions: [{}, brush],
    ExampleDrawing: digits,
  };
}

function ofModels(
  crate: typeof Crate,
  manifest: Crate.Manifest,
  models: { vae: Crate.Vae; hvae: Crate.Hvae; ddpm: Crate.Ddpm },
  entries: { vaeEntry: Entry<'vae'>; hvaeEntry: Entry<'hvae'>; ddpmEntry: Entry<'ddpm'> },
) {
  const { vaeEntry, hvaeEntry, ddpmEntry } = entries;
  const refused = (call: () => unknown): string => {
    try {
      call();
    } catch (error) {
      return (error as Error).name;
    }
    throw new Error('the call was taken');
  };
  const modes: Crate.Interpolation[] = ['linear', 'spherical'];
  for (const mode of modes)
    crate.interpolate(Float32Array.of(1, 0), Float32Array.of(0, 1), 0.5, mode);
  return {
    Manifest: [
      manifest,
      crate.parseManifest(JSON.stringify({ format: 2, models: [vaeEntry, {}] })),
    ],
    ModelEntry: manifest.models,
    VaeEntry: [vaeEntry],
    HvaeEntry: [hvaeEntry],
    DdpmEntry: [ddpmEntry],
    VaeFiles: [{ encoder: Uint8Array.of(1), decoder: Uint8Array.of(2) }],
    HvaeFiles: [{ encoder: Uint8Array.of(1), decoder: Uint8Array.of(2) }],
    DdpmFiles: [{ network: Uint8Array.of(1) }],
    ModelEntryBase: [vaeEntry, ddpmEntry].map(
      ({ id, title, image, dataset, provenance, scores }) => ({
        id,
        title,
        image,
        dataset,
        ...(provenance && { provenance }),
        scores,
      }),
    ),
    FileEntry: [vaeEntry.files.decoder, { path: 'a.onnx' }],
    Score: manifest.models.flatMap(({ scores }) => scores),
    LatentLayer: models.hvae.layers,
    ImageShape: [vaeEntry.image],
    Task: [models.vae.task],
    ScheduleKind: models.ddpm.schedules,
    Interpolation: modes,
    ErrorName: [
      refused(() => models.vae.decode(new Float32Array(3))),
      refused(() => models.vae.samplePrior(-1)),
      refused(() => crate.parseManifest('')),
      refused(() =>
        crate.Vae.load(vaeEntry, { encoder: new Uint8Array(3), decoder: new Uint8Array(3) }),
      ),
      refused(() => crate.inspectOnnx(new Uint8Array(3))),
      refused(() =>
        crate.paint({} as OffscreenCanvas, new Uint8Array(4), {
          height: 2,
          width: 2,
          columns: 1,
          channels: 1,
        }),
      ),
    ],
    Layout: [
      { height: 2, width: 2 },
      { height: 2, width: 2, columns: 1, channels: 1 },
    ],
  };
}

function ofFiles(crate: typeof Crate, read: Read) {
  const names = [
    'decoder-flat-colour.onnx',
    'encoder-flat.onnx',
    'decoder-mnist.onnx',
    'encoder-mnist.onnx',
    'network-open.onnx',
  ];
  const seen = names.map((name) => ({
    name,
    info: crate.inspectOnnx(read(`tests/fixtures/foreign/${name}`)),
  }));
  const flat: Crate.FlatImage = { image: { channels: 3, height: 8, width: 8 }, layout: 'nhwc' };
  const options: Crate.ProposalOptions = { flat };
  const proposals = [
    crate.proposeEntry('flat', seen.slice(0, 1), options),
    crate.proposeEntry('flat', seen.slice(0, 1), { flat: null }),
    crate.proposeEntry('whole', seen.slice(2, 4)),
    crate.proposeEntry('open', seen.slice(4)),
    crate.proposeEntry('none', []),
  ];
  const guesses = proposals.flatMap((proposal) => proposal.guesses);
  const choices = guesses.flatMap((guess) => guess.alternatives);
  const entry = proposals[2]?.entry;
  if (!entry) throw new Error('the files of tests/fixtures/foreign are not a model');
  const files = {
    decoder: read('tests/fixtures/foreign/decoder-mnist.onnx'),
    encoder: read('tests/fixtures/foreign/encoder-mnist.onnx'),
  };
  const checks: Crate.CheckOptions[] = [{}, { seed: 2, steps: 3, memory: null }];
  // Of a wrong scale the check says so.
  const wrong = crate.changeEntry(entry, { 'encoder.image.scale': [40] });
  const found = [entry, wrong].map((one, i) => crate.checkModel(one, files, checks[i]));
  const phrases = guesses.flatMap(({ choice, reason }) => [choice, reason]);
  return {
    GraphInfo: seen.map(({ info }) => info),
    GraphPort: seen.flatMap(({ info }) => info.inputs),
    Dim: seen.flatMap(({ info }) => info.inputs.flatMap(({ shape }) => shape ?? [])),
    OperatorTime: crate.profileOnnx(files.decoder, 1, 1),
    Proposal: proposals,
    EntryGuess: guesses,
    EntryChoice: choices,
    EntryChanges: choices.map(({ changes }) => changes),
    FlatVector: proposals.flatMap((proposal) => proposal.flat ?? []),
    FlatImage: [flat],
    ProposalOptions: [{}, options, { flat: null }],
    Phrase: phrases,
    PhraseCode: phrases.map(({ code }) => code),
    CheckOptions: checks,
    ModelCheck: found,
    ModelWarning: found.flatMap(({ warnings }) => warnings),
  };
}

function ofLatents(
  {
    vae,
    hvae,
    flat,
    gaussian,
  }: { vae: Crate.Vae; hvae: Crate.Hvae; flat: Crate.Vae; gaussian: Crate.Vae },
  image: Uint8Array,
) {
  const elbo: Crate.VaeElboOptions[] = [
    {},
    { samples: 2, seed: 1, class: null, dequantize: false },
  ];
  const bounds: Crate.LatentBoundOptions[] = [
    { samples: 60, proposal: 'posterior' },
    { samples: 2, proposal: 'defensive', seed: 1, class: null, dequantize: false },
  ];
  const reconstruct: Crate.ReconstructOptions[] = [{}, { posteriorLayers: 1, seed: 1 }];
  for (const options of reconstruct) hvae.reconstruct(image, options);
  const generate: Crate.GenerateOptions = { seeds: hvae.layers.map((_, i) => i) };
  hvae.generate(generate);
  const plane: Crate.LatentPlaneOptions[] = [{}, { class: null, range: 2, grids: [1, 2] }];
  for (const options of plane) flat.plane(options);
  const results = [vae, hvae].flatMap((model) =>
    bounds.map((options) => {
      const bound = model.bound(image, options);
      while (!bound.done) bound.advance(100);
      return bound.result();
    }),
  );
  const estimates = results.flatMap((result) => result?.estimates ?? []);
  const density = gaussian.elbo(image, { samples: 1, dequantize: true });
  return {
    DiagonalGaussian: [vae.encode(Float32Array.from(image, (level) => level / 255))],
    VaeElboOptions: elbo,
    VaeElbo: [density, ...elbo.map((options) => vae.elbo(image, options))],
    LatentBoundOptions: bounds,
    LatentBoundResult: results,
    ImportanceEstimate: estimates,
    ImportanceProposal: estimates.map(({ proposal }) => proposal),
    ParetoDiagnostic: estimates.flatMap(({ pareto }) => pareto ?? []),
    DensityReading: [density.density],
    Estimate: results.flatMap((result) => (result ? [result.elbo, result.kl] : [])),
    ReconstructOptions: reconstruct,
    GenerateOptions: [generate],
    LatentPlaneOptions: plane,
    ClassRegion: flat.classRegions(new Float64Array([0.5])).slice(0, 2),
  };
}
