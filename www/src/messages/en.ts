import { elboLab } from './elbo-lab.en.ts';
import { classes } from './classes.en.ts';
import { images } from './images.en.ts';
import { site } from './site.en.ts';
import { models as ownModels } from './models.en.ts';
import { planeLab } from './plane-lab.en.ts';
import { setsLab } from './sets-lab.en.ts';
import { share } from './share.en.ts';
import { tour } from './tour.en.ts';

/** Every text of the page in English. `zh.ts` says the same in Chinese: whoever adds a text adds it there too. */
export const en = {
  title: 'ELBO Room',
  tagline: 'How well does a model explain one picture?',
  skip: 'Skip to the lab',
  nav: 'Labs',
  presets: 'Worked examples',
  dismiss: 'Dismiss',
  language: 'Language',
  /** Between the items of a list. */
  comma: ', ',

  /** What every lab can be told; the help and the palette have more, in `manual.en.ts`. */
  commands: {
    label: 'Commands',
    undo: 'Undo',
    redo: 'Redo',
    /** For those who do not see what has changed. */
    told: {
      undo: (left: number) => (left > 0 ? `Undone. Steps left: ${left}` : 'Undone. That was all.'),
      redo: (left: number) => (left > 0 ? `Redone. Steps left: ${left}` : 'Redone. That was all.'),
    },
    palette: 'Find a command',
    help: 'Keyboard shortcuts',
    copyLink: 'Copy link to this state',
    print: 'Print',
    theme: (theme: string) => `Appearance: ${theme}`,
    themes: { system: 'as the system', light: 'light', dark: 'dark' },
    singles: { on: 'Switch single-key shortcuts on', off: 'Switch single-key shortcuts off' },
    model: (title: string) => `Model: ${title}`,
  },

  loading: {
    label: 'Loading',
    now: (what: string) => `Loading: ${what}`,
    names: {
      runtime: 'Engine',
      manifest: 'List of models',
      vae: 'VAE',
      encoder: 'VAE encoder',
      ddpm: 'Diffusion model',
    },
    progress: (loaded: string, total: string) => `${loaded} of ${total}`,
    preparing: 'preparing',
    megabytes: (value: string) => `${value} MB`,
    retry: 'Try again',
    failed: (name: string) => `${name} did not load.`,
    unsupported: 'This browser cannot run the models.',
    lacks: {
      webassembly: 'WebAssembly is missing or switched off.',
      simd: 'WebAssembly lacks SIMD instructions. Please update your browser (2023 or later).',
      workers: 'Web Workers are missing.',
      offscreenCanvas: 'OffscreenCanvas is missing. Please update your browser (2023 or later).',
    },
  },

  errors: {
    missing: (file: string) => `The file ${file} is not on the server (404).`,
    offline: (file: string) =>
      `The file ${file} could not be fetched: there is no connection, or it broke.`,
    webpage: (file: string) =>
      `The server sent a web page instead of the file ${file}. It may not be there, or a login may be in the way.`,
    http: (file: string, status: number) =>
      `The server refused the file ${file} (status ${status}).`,
    /** By the name that the crate, the engine or the browser gives them. */
    kinds: {
      ChecksumError:
        'The file that arrived is corrupt: its size or SHA-256 is not the one the manifest names.',
      ManifestError: 'The list of models is not valid.',
      ModelError: 'The model could not be read or run.',
      ShapeError: 'The input does not have the size that the model takes.',
      ValueError: 'The input is outside what is possible.',
      CanvasError: 'The picture could not be painted.',
      CompileError: 'The engine that arrived is corrupt.',
      RuntimeError: 'The engine crashed.',
      WorkerLostError: 'The worker that computed it crashed.',
      EvaluationError: 'The scores of the test set could not be read.',
      DataSetError: 'The file is not a data set that this page can read.',
      ClipboardError: share.refused,
      ...ownModels.errors,
    } as Record<string, string>,
    picture: {
      empty: 'It is empty.',
      bytes: (megabytes: number, most: number) =>
        `It has ${megabytes} MB, and the page takes ${most} MB. Save it smaller, or crop it first.`,
      pixels: (megapixels: number, most: number) =>
        `It has ${megapixels} million pixels, and the page takes ${most} million. Save it smaller, or crop it first.`,
      format: (format: string) =>
        `${format} is not a format that this browser reads as a picture. Save it as PNG or JPEG, or take a screenshot of it.`,
      unknown:
        'It is not a picture in any format that the page knows. Save it as PNG or JPEG, or take a screenshot of it.',
      damaged: (format: string) =>
        `This browser cannot decode it: the ${format} file is damaged, or of a kind that the browser does not read. Save it as PNG or JPEG.`,
      heic: 'This browser does not read HEIC, the format of iPhones. Share or export the photo as JPEG, or take a screenshot of it; Safari reads it as it is.',
      randomized:
        'This browser changes what a page reads from a picture, as a protection against recognition, and noise would be scored in its place. Allow this site to read canvases (in the address bar or the shield’s settings), or draw the digit.',
      blank:
        'Nothing stands out in it: it has nearly the same colour everywhere. Of an animation, the first picture is taken: if that is blank, take a screenshot of a later one. If the writing is very faint, raise the contrast first.',
      text: 'It is a text or a link, not a file. Save the picture, then upload it.',
    },
    unexpected: 'Unexpected error.',
    because: (cause: string, detail: string) => `${cause} (${detail})`,
  },

  notices: {
    label: 'Notices',
    rejected: (key: string, value: string) =>
      `This link has an invalid value (${key} = ${value}). The default is used instead.`,
    unknown: (key: string) => `This link has a parameter that this page does not know (${key}).`,
    cut: 'This link lost its end on the way here: some of what it described is missing.',
    moreRejected: (count: string) => `This link has ${count} further problems.`,
    tooLong: (characters: string) =>
      `This link is longer than any link of this page (${characters} characters). It was not read.`,
    roles: {
      decoder: 'The decoder',
      sampler: 'The sampler',
      scorer: 'The scorer',
      fitter: 'The worker of the fit',
      pool: 'A worker of the pool',
    },
    shrunk: (size: number, most: number) =>
      `Low memory: running ${size} of ${most} workers of the pool. Results are identical, only slower.`,
    restarted: (role: string, reason: string) =>
      `${role} crashed (${reason}) and was restarted. Nothing you set was lost.`,
    down: (role: string, reason: string) =>
      `${role} crashed several times (${reason}) and is stopped.`,
    restart: 'Restart',
    fault: (reason: string) => `Something went wrong: ${reason}`,
    outage: {
      offline:
        'A part of the page could not be fetched: there is no connection. What you set is kept.',
      changed:
        'A part of the page could not be fetched: the site has a newer version than this page. Reload it; the address keeps what you set.',
      refused:
        'This browser or this site does not let the page start its workers or fetch its scripts: a sandboxed frame, a policy, or a wrong type. Open the page in a tab of its own.',
    },
    newer: 'A newer version of this page is ready. The address keeps what you set.',
    reload: 'Reload',
    again: 'Try again',
  },

  panic: {
    part: 'This part of the page stopped because of an error.',
    page: 'An error was not handled; a part of the page may not work.',
    kept: 'The address keeps what you set: a reload brings it back. If the error returns, copy the report and send it to whoever runs this site.',
    again: 'Open it again',
    reload: 'Reload the page',
    copy: 'Copy report',
    copied: 'Copied',
    byHand: 'The browser did not allow copying. Select the report here:',
  },

  latent: {
    title: 'Latent lab',
    lead: 'Every point of latent space is a picture. Drag a latent, and the decoder redraws the picture.',
    digit: 'Decoded picture',
    sliders: 'Latents',
    slidersHint:
      'Most informative first; the bar is the mean KL to the prior. Double-click or Delete resets one.',
    slider: (index: number) => `Latent ${index}`,
    kl: (nats: string) => `Mean KL to the prior on the training set: ${nats} nats`,
    reset: 'Reset',
    resetOne: (index: number) => `Reset latent ${index}`,
    random: 'Random sample',
    waiting: 'The picture appears when the VAE has loaded.',
    beside: {
      compare: 'Compare with a second model (B)',
      none: 'none',
      same: 'Both models decode the same point z; A is the model above.',
      digit: 'Decoded by B',
      difference: 'Difference of the decoded pictures',
    },
    points: {
      toggle: 'Compare the points A and B',
      distance: (distance: string) => `A and B are ${distance} apart in latent space.`,
      angle: (degrees: string) => `Seen from the origin, the angle between them is ${degrees}°.`,
    },
    path: {
      title: 'From A to B',
      a: 'A',
      b: 'B',
      thumbnail: (end: string) => `Endpoint ${end}`,
      random: (end: string) => `Random ${end}`,
      keep: (end: string) => `Keep sliders as ${end}`,
      load: (end: string) => `Load ${end} into sliders`,
      position: 'Position between A and B',
      play: 'Play path',
      pause: 'Pause path',
      mode: 'Path',
      modes: { linear: 'Linear', spherical: 'Spherical' },
      strip: 'Film strip from A to B',
      frame: (percent: number) => `Go to ${percent} % of the way`,
    },
    map: {
      short: 'Map',
      title: 'The map of a VAE with two latents',
      lead: 'With two latents all of latent space fits into one picture: every place is a picture, and every class has its region.',
      plane: 'Map of latent space, z₁ to the right, z₂ upwards',
      point: (x: string, y: string) => `z₁ = ${x}, z₂ = ${y}`,
      random: 'Random point',
      keys: 'Arrow keys move the point, faster with Shift. Enter adds a corner of the path there, Backspace removes the last one, Escape all of them.',
      tool: 'Drag to',
      tools: { point: 'Move the point', path: 'Draw a path' },
      view: 'Show',
      views: { both: 'Both', digits: 'Pictures', classes: 'Classes' },
      digit: 'Picture decoded at the point',
      waiting: 'The map appears when its model has loaded.',
      legend: 'Classes',
      class: (label: string) => `Class ${label}`,
      classImages: (label: string, images: string) => `Class ${label}: ${images} training images`,
      legendNote:
        'Where the encoder puts the training images: the inner line holds half of a class, the outer one 90 %.',
      showAll: 'Show all classes',
      hideAll: 'Hide all classes',
      path: 'Path',
      pathHint:
        'Draw a path on the map to walk along it; with the keyboard, Enter sets its corners.',
      strip: 'Film strip along the path',
      frame: (percent: number) => `Go to ${percent} % of the path`,
      position: 'Position on the path',
      play: 'Walk along the path',
      pause: 'Pause',
      clear: 'Remove path',
      costs: (two: string, latents: number, more: string) =>
        `The price of two dimensions: ${two} nats per test picture, instead of ${more} with ${latents} latents.`,
    },
  },

  denoise: {
    caption: (method: string, steps: number, digit: string, seed: number) =>
      `${method} in ${steps} steps${digit && `, class ${digit}`}, seed ${seed}`,
    title: 'Denoise lab',
    lead: 'Start from noise and walk the reverse chain. At every step the network guesses the clean picture, and the sampler goes a little way towards it.',
    x: 'Noisy state',
    sample: 'Sample',
    predicted: 'Predicted clean picture',
    cell: (index: number) => `Sample ${index}`,
    cells: 'Choose the sample to score',
    play: 'Play',
    pause: 'Pause',
    back: 'Step back',
    forward: 'Step forward',
    replay: 'Replay from start',
    end: 'Go to the end',
    scrub: 'Step of the chain',
    speed: 'Speed',
    speedValue: (steps: number) => `${steps} steps/s`,
    step: (index: number, steps: number) => `Step ${index} of ${steps}`,
    computed: (available: number, frames: number) => `${available} of ${frames} frames computed`,
    computedAll: 'All frames computed',
    waiting: 'The chain starts when the diffusion model has loaded.',
    t: 'timestep',
    logSnr: 'log SNR',
    alphaBar: 'signal kept',
    controls: 'Chain',
    steps: 'Steps',
    method: 'Sampler',
    methods: { ddpm: 'DDPM', ddim: 'DDIM' },
    eta: 'DDIM noise η',
    schedule: 'Noise schedule',
    schedules: {
      cosine: 'Cosine',
      linear: 'Linear',
      'log-snr-linear': 'Log-SNR-linear',
      trained: 'As trained',
    },
    guidance: 'Guidance weight',
    seed: 'Seed',
    dice: 'New random seed',
    samples: 'Samples',
    sampleCounts: { 1: 'One', 16: 'Grid of 16' } as Record<number, string>,
    start: 'Start from',
    starts: { noise: 'Pure noise', picture: 'A picture' },
    from: 'Noise it to timestep',
    fromValue: (t: number, steps: number) => `${t} of ${steps}`,
    fromNeeds: 'Start from a picture to choose how much noise it gets.',
    original: 'Original',
    noised: 'Noised original',
    distance: (levels: string) =>
      `The predicted picture is ${levels} of 255 grey levels from the original (root mean square).`,
    noiseThis: 'Add noise, then denoise',
    chart: 'Log SNR over the chain',
    chartAxis: 'noise → picture',
    playhead: 'Playhead on the schedule',
    each: 'Each in turn',
    paths: {
      toggle: 'Draw the chains as paths',
      title: 'Paths of the chains',
      label:
        'Each chain as a line from noise to picture, in the plane in which the pictures vary most',
      of: 'Paths of',
      kinds: { x0: 'Predicted pictures', x: 'Noisy states' },
      chain: (sample: number, digit: string) => `Sample ${sample}${digit && `, class ${digit}`}`,
      axis: (axis: number, percent: string) => `Component ${axis}: ${percent} % of the variance`,
      explained: (percent: string) =>
        `Principal components of the pictures as shown (8-bit levels), at up to 41 steps of each chain. The plane holds ${percent} % of their variance. Dots: the playhead.`,
      waiting: 'The paths are drawn when all frames are computed.',
      none: 'No path yet.',
    },
    compare: {
      toggle: 'Compare with a second chain',
      dice: 'New random seed for the second chain',
      controls: 'Second chain (B)',
      follows: 'It has the settings of the first chain (A), except for those changed here.',
      apart: 'Set apart',
      parts: {
        seed: 'Seed',
        method: 'Sampler',
        eta: 'DDIM noise η',
        steps: 'Steps',
        schedule: 'Schedule',
        guidance: 'Guidance',
        digit: 'Class',
        model: 'Model',
      },
      values: {
        seed: (seed: number) => `seed ${seed}`,
        steps: (steps: number) => `${steps} steps`,
        noClass: 'no class',
      },
      link: 'Playheads are held together by',
      links: { share: 'Share of the steps', 'log-snr': 'Log SNR' },
      waiting: 'The second chain starts when its model has loaded.',
      shapesDiffer: 'Pictures of different sizes have no difference.',
      ofB: (what: string) => `${what}, B`,
      differenceX: 'Difference of the noisy states',
      differenceX0: 'Difference of the predictions',
      distances: (a: string, b: string) =>
        `From the original, the predicted pictures are ${a} (A) and ${b} (B) of 255 grey levels away (root mean square).`,
      legend: 'Solid: A. Dashed: B, over its own steps.',
    },
  },

  difference: {
    numbers: (mean: string, most: number) => `mean |B − A| ${mean}, largest ${most} of 255 levels`,
    none: 'No difference yet.',
  },

  elbo: {
    title: 'ELBO of this image',
    lead: 'A lower bound on log p(x), the log-probability each model gives to the picture on display, term by term.',
    apart:
      'Two tasks, not one ranking: the VAE scores binarized pixels, the diffusion model 256 levels. Do not compare their numbers.',
    waitsStill: 'Scores when the picture rests.',
    waitsModel: 'Waits for the model.',
    waitsPicture: 'No picture yet.',
    scoring: 'Scoring …',
    failed: (message: string) => `Scoring failed: ${message}`,
    nats: 'nats',
    bits: 'bits/dim',
    elbo: 'ELBO',
    perPixel: 'Per pixel',
    vae: {
      title: 'VAE',
      tasks: {
        binarized: 'binarized picture, nats',
        '8-bit': '8-bit picture, nats',
        density: 'density of the pixels, nats',
        grey: 'cross-entropy with grey levels, nats: no likelihood',
      },
      picture: 'Binarized picture that is scored',
      reconstruction: 'Reconstruction',
      kl: 'KL to the prior',
      perLatent: 'KL per latent',
      latentBar: (index: number, nats: string) => `Latent ${index}: ${nats} nats`,
      about: (samples: number, seed: number) => `${samples} samples, seed ${seed}`,
    },
    ddpm: {
      title: 'Diffusion model',
      task: '8-bit picture, costs in nats',
      lT: 'Prior matching',
      denoising: 'Denoising matching',
      l0: 'Reconstruction',
      progress: (done: number, total: number) => `${done} of ${total} evaluations, L₀ included`,
      progressLabel: 'Evaluations of the network',
      paused: 'Paused.',
      about: (steps: number, seed: number, given: string) => `T = ${steps}, ${given}, seed ${seed}`,
      schedule: 'Schedule of the bound',
      timesteps: 'Timesteps evaluated',
      allTimesteps: 'all',
      playhead: 'frame on display',
      chart: 'Cost of each timestep evaluated, nats',
    },
  },

  charts: {
    chart: 'chart',
    values: (label: string) => `Values: ${label}`,
    keys: 'Arrow keys, Home and End step through the values.',
    paths: 'Path',
    bin: (from: string, to: string, count: number) => `${from} to ${to}: ${count}`,
    trace: (name: string, axis: string, at: number, value: string) =>
      `${name}, ${axis} ${at}: ${value}`,
    cost: (t: number, nats: string) => `t = ${t}: ${nats} nats`,
    logSnr: (t: number, value: string) => `t = ${t}: log SNR ${value}`,
    errors: (logSnr: string, values: string) => `log SNR ${logSnr}: ${values}`,
    named: (name: string, value: string) => `${name} ${value}`,
    shares: (own: string, ownShare: string, other: string, otherShare: string) =>
      `Above the threshold: ${ownShare} % of ${own}, ${otherShare} % of ${other}`,
    term: (name: string, nats: string) => `${name}: ${nats} nats`,
    compared: (name: string, mean: string, error: string, unit: string) =>
      `${name}: ${mean}${error && ` ± ${error}`} ${unit}`,
    tighter: (name: string) => `${name}, importance-weighted`,
    roc: 'ROC curve',
    shareAbove: (name: string) => `share of ${name} above`,
  },

  /** Titles of the shipped models, by what their manifest calls them. */
  models: {
    'Convolutional VAE, 16 latents': 'Convolutional VAE, 16 latents',
    'Hierarchical VAE, 7 stochastic layers': 'Hierarchical VAE, 7 stochastic layers',
    'Convolutional VAE, 2 latents': 'Convolutional VAE, 2 latents',
    'Convolutional VAE, 16 latents, 8-bit': 'Convolutional VAE, 16 latents, 8-bit',
    'Hierarchical VAE, 7 stochastic layers, 8-bit': 'Hierarchical VAE, 7 stochastic layers, 8-bit',
    'Class-conditional diffusion model': 'Class-conditional diffusion model',
  } as Record<string, string>,

  elboLab,
  planeLab,
  setsLab,
  share,

  classes,
  images,
  site,

  inference: {
    title: 'Inference lab',
    lead: 'A simple q is pulled onto a target p whose log Z is known: watch the bound rise and the gap close.',
    controls: 'Fit',
    target: 'Target p(z)',
    targets: {
      'correlated-gaussian': 'Correlated Gaussian',
      'two-gaussians': 'Mixture of two Gaussians',
      'five-gaussians': 'Mixture of five Gaussians',
      banana: 'Banana',
      funnel: 'Funnel',
      ring: 'Ring',
      'logistic-regression': 'Logistic regression posterior',
    },
    family: 'Family of q',
    families: { 'mean-field': 'Mean field', 'full-covariance': 'Full cov.', mixture: 'Mixture' },
    familyNames: {
      'mean-field': 'Mean field: one Gaussian with independent coordinates',
      'full-covariance': 'Full cov.: one Gaussian with any covariance',
      mixture: 'Mixture: Gaussians with independent coordinates',
    },
    components: 'Components K',
    draws: 'Samples per gradient',
    drawsEach: 'Samples per gradient and component',
    gradient: 'Gradient',
    gradients: { reparameterized: 'Reparameterized', 'score-function': 'Score function' },
    optimizer: 'Optimizer',
    optimizers: { adam: 'Adam', sgd: 'SGD' },
    rate: 'Learning rate η',
    seed: 'Seed',
    dice: 'New random seed',
    run: 'Run',
    pause: 'Pause',
    step: 'Step',
    reset: 'Reset',
    restore: 'Undo changes by hand',
    pace: 'Pace',
    paceValue: (iterations: number) => `${iterations} per second`,
    iteration: 'Iteration',
    diverged:
      'The fit diverged: the last step left the allowed range and was not taken. A smaller learning rate, more samples or Adam helps.',
    compare: {
      toggle: 'Compare with a second run',
      dice: 'New random seed for the second run',
      controls: 'Second run (B)',
      follows:
        'It has the settings of the first run (A), except for those changed here. Target, data and iteration are the same.',
      apart: 'Set apart',
      parts: {
        family: 'Family of q',
        components: 'Components',
        gradient: 'Gradient',
        draws: 'Samples',
        optimizer: 'Optimizer',
        rate: 'Learning rate',
        seed: 'Seed',
      },
      values: (draws: number, rate: string, seed: number) =>
        `${draws} samples, η = ${rate}, seed ${seed}`,
      label: 'Target density with contours of the second run’s q, its samples and their gradients',
      identity: 'log Z cancels: KL(q‖p) of A less that of B',
    },
    reverse: {
      title: 'Reverse KL: ascend the ELBO',
      short: 'q that ascends the ELBO',
      about:
        'Drag q by its mean, or its width by the squares. Arrows: the pull of each sample on the mean.',
      label: 'Target density with contours of q, the samples and their gradients',
    },
    forward: {
      title: 'Forward KL: cover the mass',
      short: 'q that minimizes KL(p‖q)',
      about:
        'The same family, fitted to minimize the other divergence: it must not miss any mass of p.',
      label: 'Target density with contours of the q that minimizes the forward divergence',
    },
    divergences: 'Both divergences of both fits, in nats',
    handles: {
      mean: (component: number) => (component > 0 ? `Mean of component ${component}` : 'Mean of q'),
      first: (component: number) =>
        component > 0 ? `Width of component ${component} along z₁` : 'Width of q along z₁',
      second: (component: number) =>
        component > 0 ? `Width of component ${component} along z₂` : 'Width of q along z₂',
      spread: (std: string, correlation: string) => `${std}, correlation ${correlation}`,
    },
    logZ: 'of the target',
    byQuadrature: 'by quadrature',
    byDraws: 'by these samples',
    gap: 'the gap',
    gradientNorm: 'slope left',
    charts: {
      elbo: 'ELBO rising to log Z, nats',
      gap: 'Gap, nats',
      gapName: 'KL(q‖p) by quadrature',
      variance: 'Variance of the gradient',
      axis: 'iteration',
    },
    data: {
      title: 'Data of the regression',
      hint: 'P(label = 1 | x) = sigmoid(z₁ x + z₂). Drag a point along x, or across the middle to change its label; curves are draws from q.',
      point: (index: number) => `Observation ${index}`,
      value: (x: string, label: number) => `x = ${x}, label ${label}`,
    },
    formulas: {
      title: 'What is computed',
      family: 'The family',
      bound: 'The bound',
      gradient: 'Its gradient',
      step: 'Update (η: learning rate, ĝ: gradient estimate)',
      forward: 'The other divergence',
    },
  },

  derivations: {
    often: 'Often written',
    stands: 'Symbols on this page',
    computedBy: 'Computed by',
    references: 'References',
    absent: 'This number is not on the page yet: it appears when it has been computed.',
    etAl: (first: string) => `${first} et al.`,
  },

  tour,

  ownModels,

  footer: {
    benchmark: 'Benchmark',
    source: 'Source code',
    issues: 'Report a problem',
    notices: 'Third-party licences',
    local:
      'Nothing leaves this machine: the models run in your browser, as WebAssembly, in workers of their own.',
    version: (version: string) => `elbo-room ${version}, MIT or Apache-2.0.`,
  },
};

export type Messages = typeof en;
