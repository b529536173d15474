/** Made of the catalogues by vite/messages/declare.ts; `npm run messages` makes it anew. */
type Phrases = Readonly<
  Record<string, string | ((values: Readonly<Record<string, string>>) => string)>
>;

/** What is written as it comes. */
type Value = string | number;

export interface Messages {
  charts: {
    chart: string;
    values: (values: { label: Value }) => string;
    keys: string;
    paths: string;
    bin: (values: { from: Value; to: Value; count: Value }) => string;
    trace: (values: { name: Value; axis: Value; at: Value; value: Value }) => string;
    cost: (values: { t: Value; nats: Value }) => string;
    logSnr: (values: { t: Value; value: Value }) => string;
    errors: (values: { logSnr: Value; values: Value }) => string;
    named: (values: { name: Value; value: Value }) => string;
    shares: (values: { ownShare: Value; own: Value; otherShare: Value; other: Value }) => string;
    term: (values: { name: Value; nats: Value }) => string;
    compared: (values: { name: Value; mean: Value; error: string; unit: Value }) => string;
    tighter: (values: { name: Value }) => string;
    roc: string;
    shareAbove: (values: { name: Value }) => string;
  };
  classes: {
    digits: {
      label: string;
      any: string;
      none: string;
      givenLabel: string;
      unconditional: string;
      given: (values: { label: Value }) => string;
      guidanceNeeds: string;
      guidanceDoes: string;
      which: string;
      lead: string;
      perClass: string;
      posterior: string;
      probability: string;
      beyond: (values: { models: Value }) => string;
      rare: (values: { models: Value }) => string;
      pending: string;
      within: (values: { models: Value }) => string;
      untested: string;
    };
    named: {
      label: string;
      any: string;
      none: string;
      givenLabel: string;
      unconditional: string;
      given: (values: { label: Value }) => string;
      guidanceNeeds: string;
      guidanceDoes: string;
      which: string;
      lead: string;
      perClass: string;
      posterior: string;
      probability: string;
      beyond: (values: { models: Value }) => string;
      rare: (values: { models: Value }) => string;
      pending: string;
      within: (values: { models: Value }) => string;
      untested: string;
    };
    names: {
      'T-shirt/top': string;
      Trouser: string;
      Pullover: string;
      Dress: string;
      Coat: string;
      Sandal: string;
      Shirt: string;
      Sneaker: string;
      Bag: string;
      'Ankle boot': string;
    };
  };
  denoise: {
    name: string;
    caption: (values: { method: Value; steps: Value; digit: string; seed: Value }) => string;
    title: string;
    lead: string;
    x: string;
    sample: string;
    predicted: string;
    cell: (values: { index: Value }) => string;
    cells: string;
    play: string;
    pause: string;
    back: string;
    forward: string;
    replay: string;
    end: string;
    scrub: string;
    speed: string;
    speedValue: (values: { steps: Value }) => string;
    step: (values: { index: Value; steps: Value }) => string;
    computed: (values: { available: Value; frames: Value }) => string;
    computedAll: string;
    waiting: string;
    t: string;
    logSnr: string;
    alphaBar: string;
    controls: string;
    steps: string;
    method: string;
    methods: {
      ddpm: string;
      ddim: string;
    };
    eta: string;
    schedule: string;
    schedules: {
      cosine: string;
      linear: string;
      'log-snr-linear': string;
      trained: string;
    };
    guidance: string;
    seed: string;
    dice: string;
    samples: string;
    sampleCounts: {
      '1': string;
      '16': string;
    };
    start: string;
    starts: {
      noise: string;
      picture: string;
    };
    from: string;
    fromValue: (values: { t: Value; steps: Value }) => string;
    fromNeeds: string;
    original: string;
    noised: string;
    distance: (values: { levels: Value }) => string;
    noiseThis: string;
    chart: string;
    chartAxis: string;
    playhead: string;
    each: string;
    paths: {
      toggle: string;
      title: string;
      label: string;
      of: string;
      kinds: {
        x0: string;
        x: string;
      };
      chain: (values: { sample: Value; digit: string }) => string;
      axis: (values: { axis: Value; percent: Value }) => string;
      explained: (values: { percent: Value }) => string;
      waiting: string;
      none: string;
    };
    compare: {
      toggle: string;
      dice: string;
      controls: string;
      follows: string;
      apart: string;
      parts: {
        seed: string;
        method: string;
        eta: string;
        steps: string;
        schedule: string;
        guidance: string;
        digit: string;
        model: string;
      };
      values: {
        seed: (values: { seed: Value }) => string;
        steps: (values: { steps: Value }) => string;
        noClass: string;
      };
      link: string;
      links: {
        share: string;
        'log-snr': string;
      };
      waiting: string;
      shapesDiffer: string;
      ofB: (values: { what: Value }) => string;
      differenceX: string;
      differenceX0: string;
      distances: (values: { a: Value; b: Value }) => string;
      legend: string;
    };
  };
  elbo: {
    title: string;
    lead: string;
    apart: string;
    waitsStill: string;
    waitsModel: string;
    waitsPicture: string;
    scoring: string;
    failed: (values: { message: Value }) => string;
    nats: string;
    bits: string;
    elbo: string;
    perPixel: string;
    vae: {
      title: string;
      tasks: {
        binarized: string;
        '8-bit': string;
        density: string;
        grey: string;
      };
      picture: string;
      reconstruction: string;
      kl: string;
      perLatent: string;
      latentBar: (values: { index: Value; nats: Value }) => string;
      about: (values: { samples: Value; seed: Value }) => string;
    };
    ddpm: {
      title: string;
      task: string;
      lT: string;
      denoising: string;
      l0: string;
      progress: (values: { done: Value; total: Value }) => string;
      progressLabel: string;
      paused: string;
      about: (values: { steps: Value; given: Value; seed: Value }) => string;
      schedule: string;
      timesteps: string;
      allTimesteps: string;
      playhead: string;
      chart: string;
    };
  };
  elboLab: {
    name: string;
    title: string;
    lead: string;
    nats: string;
    bits: string;
    elbo: string;
    perPixel: string;
    gap: string;
    interval: string;
    intervalOf: (values: { ends: Value }) => string;
    elboNats: string;
    seed: string;
    dice: string;
    samples: string;
    pause: string;
    resume: string;
    waits: string;
    noPicture: string;
    send: string;
    withLatents: (values: { kind: Value; latents: Value }) => string;
    kinds: {
      vae: string;
      hvae: string;
      ddpm: string;
    };
    tasks: {
      binarized: {
        title: string;
        lead: string;
        compare: string;
      };
      '8-bit': {
        title: string;
        lead: string;
        compare: string;
      };
      density: {
        title: string;
        lead: string;
        compare: string;
      };
      grey: {
        title: string;
        lead: string;
        compare: string;
      };
    };
    apart: string;
    compareNote: string;
    picture: {
      title: string;
      draw: string;
      scored: string;
      invite: string;
      clear: string;
      examples: string;
      example: (values: { name: Value }) => string;
      exampleNames: {
        '10': string;
        '1-serif': string;
        '2-looped': string;
        '4-open': string;
        '4-closed': string;
        '7-crossed': string;
        '9-curled': string;
        'letter-a': string;
        smiley: string;
        scribble: string;
      };
      upload: string;
      from: (values: { lab: Value }) => string;
      next: (values: { left: Value }) => string;
      dropHint: string;
      busy: string;
      unreadable: (values: { reason: Value }) => string;
      full: string;
    };
    pad: {
      label: string;
      keys: string;
    };
    samplesLabel: string;
    samplesProgress: (values: { done: Value; total: Value }) => string;
    binarized: string;
    costTitle: string;
    costReconstruction: string;
    terms: {
      reconstruction: string;
      kl: string;
      klOf: (values: { layer: Value }) => string;
      logLikelihood: (values: { draws: Value }) => string;
      effective: string;
      of: (values: { k: Value }) => string;
    };
    importanceTitle: string;
    importancePoint: (values: { k: Value; mean: Value; error: string; unit: Value }) => string;
    weights: {
      title: string;
      caption: string;
      from: string;
      proposal: string;
      proposals: {
        posterior: string;
        defensive: string;
        laplace: string;
        fitted: string;
        top: string;
      };
      effective: string;
      draws: string;
      needed: string;
      none: string;
      rank: string;
      point: (values: { rank: Value; weight: Value }) => string;
      few: string;
      equal: string;
      good: (values: { shape: Value; threshold: Value }) => string;
      more: (values: { shape: Value; threshold: Value; draws: Value }) => string;
      never: (values: { shape: Value }) => string;
    };
    perLatent: string;
    perLayer: string;
    latent: (values: { index: Value }) => string;
    bar: (values: { name: Value; nats: Value }) => string;
    surprise: string;
    thisPicture: string;
    percentile: (values: { percent: Value; images: Value }) => string;
    otherChain: (values: { schedule: Value; steps: Value; given: boolean }) => string;
    hierarchy: {
      title: string;
      lead: (values: { model: Value }) => string;
      layerName: (values: { place: string; number: Value }) => string;
      generate: string;
      hold: (values: { layer: Value }) => string;
      layer: (values: { shape: Value; nats: Value }) => string;
      resample: (values: { layer: Value }) => string;
      variant: (values: { index: Value }) => string;
      generateNote: string;
      reconstruct: string;
      levelLabel: string;
      level: (values: { drawn: string; taken: string }) => string;
      draw: (values: { index: Value }) => string;
    };
    ddpm: {
      lT: string;
      denoising: string;
      l0: string;
      l0Other: string;
      schedule: string;
      steps: string;
      timesteps: string;
      allTimesteps: string;
      progress: (values: { done: Value; total: Value }) => string;
      chart: string;
      playhead: string;
      timestep: (values: { t: Value; steps: Value }) => string;
      x0: string;
      xt: string;
      predicted: string;
      forms: string;
      form: string;
      matching: string;
      consistency: string;
      spread: string;
      formsNote: string;
      sweep: string;
      stopSweep: string;
      sweepHint: string;
      sweepProgress: (values: { done: Value; total: Value }) => string;
      sweepTitle: string;
      sweepNote: string;
      stepsPoint: (values: { schedule: Value; steps: Value; mean: Value; error: string }) => string;
    };
    dataset: string;
    strangers: {
      title: string;
      lead: string;
      compare: {
        binarized: string;
        '8-bit': string;
      };
      waiting: string;
      untested: string;
      model: string;
      fails: (values: { model: Value; own: Value; other: Value; percent: Value }) => string;
      holds: (values: { model: Value; own: Value; other: Value; percent: Value }) => string;
      detectors: {
        likelihood: string;
        'code-ratio': string;
        typicality: string;
        kl: string;
        'middle-timesteps': string;
      };
      about: {
        likelihood: string;
        'code-ratio': string;
        typicality: string;
        kl: string;
        'middle-timesteps': string;
      };
      caption: (values: { here: Value; own: Value; there: Value; other: Value }) => string;
      score: string;
      auroc: string;
      below: (values: { set: Value }) => string;
      chart: (values: { score: Value }) => string;
      roc: string;
      bar: (values: { set: Value; from: Value; to: Value; percent: Value }) => string;
      note: string;
    };
    digit: {
      entropy: string;
      bar: (values: { label: Value; percent: Value; nats: Value }) => string;
    };
    card: {
      title: string;
      dataset: string;
      size: string;
      training: string;
      made: (values: { script: Value; commit: Value; seed: Value; minutes: Value }) => string;
      caption: (values: { dataset: Value }) => string;
      score: string;
      value: string;
      unit: string;
      images: string;
      samples: string;
      computed: string;
      missing: string;
      metrics: {
        elbo: string;
        'bits-per-dim': string;
        reconstruction: string;
        l0: string;
        'reconstruction-posterior-variance': string;
        kl: string;
        importance: string;
        'log-likelihood': string;
        'log-likelihood-error': string;
        'pareto-shape': string;
        coverage: string;
        gap: string;
        reliable: string;
        prior: string;
        denoising: string;
        'elbo-consistency': string;
        'elbo-given-class': string;
        'bits-per-dim-given-class': string;
        accuracy: string;
        'sigmoid-accuracy': string;
        'class-entropy': string;
        'code-length': string;
        'middle-timesteps': string;
      };
    };
    beside: {
      title: string;
      toggle: string;
      stop: string;
      lead: (values: { pairs: Value }) => string;
      tasks: {
        binarized: string;
        '8-bit': string;
        density: string;
        grey: string;
      };
      keep: string;
      samePicture: string;
      scored: (values: { side: Value }) => string;
      higher: (values: { side: Value; ends: Value }) => string;
      undecided: (values: { ends: Value }) => string;
      chain: {
        title: string;
        follows: string;
        of: (values: { schedule: Value; steps: Value }) => string;
      };
      latent: {
        pairs: string;
        caption: (values: { draws: Value; unit: Value }) => string;
        sameNoise: string;
        partNoise: string;
      };
      diffusion: {
        pairs: string;
        caption: (values: { draws: Value; unit: Value }) => string;
        sameNoise: string;
        partNoise: string;
      };
      correlation: (values: { value: Value }) => string;
      independent: (values: { error: Value }) => string;
    };
    results: {
      title: string;
    };
  };
  errors: {
    missing: (values: { file: Value }) => string;
    offline: (values: { file: Value }) => string;
    webpage: (values: { file: Value }) => string;
    http: (values: { file: Value; status: Value }) => string;
    kinds: {
      ChecksumError: string;
      ManifestError: string;
      ModelError: string;
      ShapeError: string;
      ValueError: string;
      CanvasError: string;
      CompileError: string;
      RuntimeError: string;
      WorkerLostError: string;
      EvaluationError: string;
      DataSetError: string;
      ClipboardError: string;
      ArchiveError: string;
      QuotaExceededError: string;
    };
    picture: {
      empty: string;
      bytes: (values: { megabytes: Value; most: Value }) => string;
      pixels: (values: { megapixels: Value; most: Value }) => string;
      format: (values: { format: Value }) => string;
      unknown: string;
      damaged: (values: { format: Value }) => string;
      heic: string;
      randomized: string;
      blank: string;
      text: string;
    };
    unexpected: string;
    because: (values: { cause: Value; detail: Value }) => string;
  };
  images: {
    size: (values: { width: Value; height: Value; colour: boolean }) => string;
    format: (values: { centred: boolean; size: Value }) => string;
    formats: string;
    invite: string;
    resampled: (values: { from: Value; to: Value }) => string;
    mixed: string;
    keeping: {
      browser: string;
      page: string;
    };
    lost: string;
    placing: {
      label: string;
      options: {
        kept: string;
        centred: string;
      };
      unknown: (values: { size: Value }) => string;
      standard: (values: { size: Value }) => string;
      kept: (values: { size: Value; faults: Value }) => string;
      range: (values: { ground: Value; peak: Value }) => string;
      offset: (values: { pixels: Value }) => string;
      length: (values: { pixels: Value }) => string;
      twoLevels: string;
    };
    altered: string;
    crop: {
      title: string;
      again: string;
      lead: string;
      leadSeveral: string;
      leadShapeless: string;
      frame: string;
      keys: string;
      place: (values: { x: Value; y: Value; width: Value; height: Value }) => string;
      region: (values: { index: Value }) => string;
      result: string;
      found: string;
      several: string;
      shapeless: string;
      blank: string;
      take: string;
      takeFrame: string;
      whole: string;
      cancel: string;
    };
  };
  inference: {
    name: string;
    title: string;
    lead: string;
    controls: string;
    target: string;
    targets: {
      'correlated-gaussian': string;
      'two-gaussians': string;
      'five-gaussians': string;
      banana: string;
      funnel: string;
      ring: string;
      'logistic-regression': string;
    };
    family: string;
    families: {
      'mean-field': string;
      'full-covariance': string;
      mixture: string;
    };
    familyNames: {
      'mean-field': string;
      'full-covariance': string;
      mixture: string;
    };
    components: string;
    draws: string;
    drawsEach: string;
    gradient: string;
    gradients: {
      reparameterized: string;
      'score-function': string;
    };
    optimizer: string;
    optimizers: {
      adam: string;
      sgd: string;
    };
    rate: string;
    seed: string;
    dice: string;
    run: string;
    pause: string;
    step: string;
    reset: string;
    restore: string;
    pace: string;
    paceValue: (values: { iterations: Value }) => string;
    iteration: string;
    diverged: string;
    compare: {
      toggle: string;
      dice: string;
      controls: string;
      follows: string;
      apart: string;
      parts: {
        family: string;
        components: string;
        gradient: string;
        draws: string;
        optimizer: string;
        rate: string;
        seed: string;
      };
      values: (values: { draws: Value; rate: Value; seed: Value }) => string;
      label: string;
      identity: string;
    };
    reverse: {
      title: string;
      short: string;
      about: string;
      label: string;
    };
    forward: {
      title: string;
      short: string;
      about: string;
      label: string;
    };
    divergences: string;
    handles: {
      mean: (values: { component: number }) => string;
      first: (values: { component: number }) => string;
      second: (values: { component: number }) => string;
      spread: (values: { std: Value; correlation: Value }) => string;
    };
    logZ: string;
    byQuadrature: string;
    byDraws: string;
    gap: string;
    gradientNorm: string;
    charts: {
      elbo: string;
      gap: string;
      gapName: string;
      variance: string;
      axis: string;
    };
    data: {
      title: string;
      hint: string;
      point: (values: { index: Value }) => string;
      value: (values: { x: Value; label: Value }) => string;
    };
    formulas: {
      title: string;
      family: string;
      bound: string;
      gradient: string;
      step: string;
      forward: string;
    };
  };
  latent: {
    name: string;
    title: string;
    lead: string;
    digit: string;
    sliders: string;
    slidersHint: string;
    slider: (values: { index: Value }) => string;
    kl: (values: { nats: Value }) => string;
    reset: string;
    resetOne: (values: { index: Value }) => string;
    random: string;
    waiting: string;
    beside: {
      compare: string;
      none: string;
      same: string;
      digit: string;
      difference: string;
    };
    points: {
      toggle: string;
      distance: (values: { distance: Value }) => string;
      angle: (values: { degrees: Value }) => string;
    };
    path: {
      title: string;
      a: string;
      b: string;
      thumbnail: (values: { end: Value }) => string;
      random: (values: { end: Value }) => string;
      keep: (values: { end: Value }) => string;
      load: (values: { end: Value }) => string;
      position: string;
      play: string;
      pause: string;
      mode: string;
      modes: {
        linear: string;
        spherical: string;
      };
      strip: string;
      frame: (values: { percent: Value }) => string;
    };
    map: {
      short: string;
      title: string;
      lead: string;
      plane: string;
      point: (values: { x: Value; y: Value }) => string;
      random: string;
      keys: string;
      tool: string;
      tools: {
        point: string;
        path: string;
      };
      view: string;
      views: {
        both: string;
        digits: string;
        classes: string;
      };
      digit: string;
      waiting: string;
      legend: string;
      class: (values: { label: Value }) => string;
      classImages: (values: { label: Value; images: Value }) => string;
      legendNote: string;
      showAll: string;
      hideAll: string;
      path: string;
      pathHint: string;
      strip: string;
      frame: (values: { percent: Value }) => string;
      position: string;
      play: string;
      pause: string;
      clear: string;
      costs: (values: { two: Value; more: Value; latents: Value }) => string;
    };
  };
  models: {
    'Convolutional VAE, 16 latents': string;
    'Hierarchical VAE, 11 stochastic layers': string;
    'Convolutional VAE, 2 latents': string;
    'Convolutional VAE, 16 latents, 8-bit': string;
    'Hierarchical VAE, 10 stochastic layers, 8-bit': string;
    'Class-conditional diffusion model': string;
  };
  ownModels: {
    open: string;
    dropHere: string;
    close: string;
    lead: string;
    choose: string;
    more: string;
    fromStart: string;
    files: {
      title: string;
      opset: (values: { producer: string; opset: Value }) => string;
      parameters: (values: { count: Value }) => string;
      multiplyAdds: (values: { count: Value }) => string;
      memory: (values: { megabytes: Value }) => string;
      inputs: string;
      outputs: string;
      unknownShape: string;
      scalar: string;
      unreadable: (values: { name: Value }) => string;
      remove: (values: { name: Value }) => string;
      missing: (values: { names: Value }) => string;
      nothing: string;
      notProposed: string;
      fromManifest: string;
    };
    entry: {
      title: string;
      name: string;
      kinds: {
        vae: (values: { count: Value; size: Value }) => string;
        posterior: (values: { count: Value; size: Value }) => string;
        encoder: (values: { count: Value; size: Value }) => string;
        hvae: (values: { count: Value; size: Value }) => string;
        ddpm: (values: { count: number; size: Value }) => string;
      };
      roles: {
        encoder: string;
        decoder: string;
        network: string;
        encoderData: string;
        decoderData: string;
        networkData: string;
        density: string;
      };
      role: (values: { file: Value; role: Value }) => string;
      fields: {
        'decoder.output': string;
        'decoder.condition': string;
        'encoder.image': string;
        'encoder.posterior': string;
        'encoder.condition': string;
        'network.dataRange': string;
        'network.time': string;
        'network.output': string;
        'network.condition': string;
        parameterization: string;
      };
      values: {
        'decoder.output.name': string;
        'decoder.output.spread.name': string;
        'decoder.latent.name': string;
        'encoder.posterior.meanName': string;
        'encoder.posterior.spreadName': string;
        'encoder.posterior.split.name': string;
        'network.output.name': string;
      };
      value: (values: { name: Value; operator: Value; shape: Value }) => string;
      isOutput: (values: { name: Value; shape: Value }) => string;
      steps: string;
      stepsWhy: string;
      all: string;
      apply: string;
      invalid: string;
      refused: string;
      guide: string;
    };
    size: {
      title: string;
      why: (values: { length: Value }) => string;
      open: string;
      of: (values: { height: Value; width: Value; order: Value }) => string;
      orders: {
        grey: string;
        first: string;
        last: string;
      };
      other: string;
      height: string;
      width: string;
      channels: string;
      apply: string;
      differs: (values: { count: Value; length: Value }) => string;
    };
    check: {
      title: string;
      running: (values: { seconds: Value }) => string;
      cannot: string;
      cannotFile: string;
      late: (values: { seconds: Value }) => string;
      retry: string;
      longer: string;
      well: string;
      wrong: string;
      better: string;
      elbo: (values: { nats: Value }) => string;
      pictures: {
        prior: string;
        examples: string;
        reconstructions: string;
        noised: string;
        denoised: string;
        samples: string;
      };
      warned: (values: { count: number }) => string;
      warnings: {
        'sigmoid-before-logits': string;
        'logits-in-unit-range': string;
        'logits-in-signed-range': string;
        'outside-range': string;
        'not-finite': string;
        'decoder-ignores-z': string;
        'posterior-ignores-x': string;
        'posterior-wider-than-prior': string;
        'kl-zero': string;
        'input-scale': string;
        'poor-reconstruction': string;
        'bound-too-low': string;
        'bound-above-zero': string;
        'other-reading-is-better': string;
        'poor-denoising': string;
        'class-has-no-effect': string;
        'flat-samples': string;
      };
    };
    use: string;
    lacks: {
      encoder: string;
      posterior: string;
    };
    own: {
      title: string;
      none: string;
      kept: (values: { megabytes: Value }) => string;
      unkept: (values: { megabytes: Value }) => string;
      rename: (values: { name: Value }) => string;
      show: string;
      export: string;
      remove: string;
      confirm: string;
      noRoom: string;
      noStore: (values: { reason: Value }) => string;
    };
    picker: {
      label: string;
      shipped: string;
      own: string;
      open: string;
      compared: string;
    };
    latents: {
      slidersHint: string;
      kl: (values: { nats: Value }) => string;
      rank: string;
    };
    missing: {
      title: (values: { name: string }) => string;
      ask: string;
      open: string;
      other: string;
      notIt: string;
      otherReading: string;
    };
  };
  title: string;
  tagline: string;
  skip: string;
  nav: string;
  presets: string;
  dismiss: string;
  language: string;
  comma: string;
  commands: {
    label: string;
    undo: string;
    redo: string;
    told: {
      undo: (values: { left: number }) => string;
      redo: (values: { left: number }) => string;
    };
    palette: string;
    help: string;
    copyLink: string;
    print: string;
    theme: (values: { theme: Value }) => string;
    themes: {
      system: string;
      light: string;
      dark: string;
    };
    singles: {
      on: string;
      off: string;
    };
    model: (values: { title: Value }) => string;
  };
  loading: {
    label: string;
    now: (values: { what: Value }) => string;
    names: {
      runtime: string;
      manifest: string;
      decoder: string;
      encoder: string;
      sampler: string;
    };
    progress: (values: { loaded: Value; total: Value }) => string;
    preparing: string;
    megabytes: (values: { value: Value }) => string;
    retry: string;
    failed: (values: { name: Value }) => string;
    unsupported: string;
    lacks: {
      webassembly: string;
      simd: string;
      workers: string;
      offscreenCanvas: string;
    };
  };
  notices: {
    label: string;
    rejected: (values: { key: Value; value: Value }) => string;
    unknown: (values: { key: Value }) => string;
    cut: string;
    moreRejected: (values: { count: Value }) => string;
    tooLong: (values: { characters: Value }) => string;
    roles: {
      decoder: string;
      sampler: string;
      fitter: string;
      pool: string;
    };
    shrunk: (values: { size: Value; most: Value }) => string;
    restarted: (values: { role: Value; reason: Value }) => string;
    down: (values: { role: Value; reason: Value }) => string;
    restart: string;
    fault: (values: { reason: Value }) => string;
    outage: {
      offline: string;
      changed: string;
      refused: string;
    };
    newer: string;
    reload: string;
    again: string;
  };
  panic: {
    part: string;
    page: string;
    kept: string;
    again: string;
    reload: string;
    copy: string;
    copied: string;
    byHand: string;
  };
  difference: {
    numbers: (values: { mean: Value; most: Value }) => string;
    none: string;
  };
  derivations: {
    often: string;
    stands: string;
    computedBy: string;
    references: string;
    absent: string;
    etAl: (values: { first: Value }) => string;
  };
  footer: {
    benchmark: string;
    source: string;
    issues: string;
    notices: string;
    local: string;
    version: (values: { version: Value }) => string;
  };
  planeLab: {
    name: string;
    title: string;
    lead: string;
    stage: {
      forward: string;
      forwardAbout: string;
      forwardLabel: string;
      samplers: {
        ancestral: string;
        ddim: (values: { eta: Value }) => string;
        flow: string;
      };
      samplerLabel: (values: { name: Value }) => string;
      samplersAbout: string;
      point: string;
      pointValue: (values: { x: Value; y: Value }) => string;
      dot: (values: { index: Value }) => string;
      dotValue: (values: { x: Value; y: Value; width: Value }) => string;
      dotKeys: string;
      add: string;
      remove: string;
      width: string;
    };
    transport: {
      scrub: string;
      t: (values: { t: Value; steps: Value }) => string;
      denoise: string;
      noise: string;
      pause: string;
      back: string;
      forward: string;
      logSnr: string;
      computing: (values: { reached: Value }) => string;
      computed: string;
      waiting: string;
    };
    controls: {
      title: string;
      data: string;
      sets: {
        'five-gaussians': string;
        'two-gaussians': string;
        'correlated-gaussian': string;
        moons: string;
        spiral: string;
        own: string;
      };
      schedule: string;
      schedules: {
        cosine: string;
        linear: string;
        'log-snr-linear': string;
      };
      scheduleNames: {
        cosine: string;
        linear: string;
        'log-snr-linear': string;
      };
      steps: string;
      eta: string;
      model: string;
      models: {
        exact: string;
        blurred: string;
        gaussian: string;
        network: string;
      };
      blur: string;
      field: string;
      fields: {
        none: string;
        score: string;
        'clean-point': string;
      };
      particle: string;
      seed: string;
      dice: string;
    };
    kernel: {
      title: string;
      about: string;
      data: string;
      kl: string;
      term: string;
      none: string;
    };
    numbers: {
      title: string;
      about: (values: { x: Value; y: Value }) => string;
      logP: string;
      elbo: string;
      gap: string;
      flow: string;
      modelLogP: string;
      computing: string;
      terms: string;
      chart: string;
      prior: string;
      denoising: string;
      reconstruction: string;
      bound: string;
      truth: string;
      parts: string;
      partNames: {
        noise: string;
        steps: string;
        data: string;
        model: string;
      };
      forms: string;
      form: string;
      mean: string;
      deviation: string;
      denoisingForm: string;
      consistencyForm: string;
      draws: (values: { draws: Value }) => string;
      bar: (values: { name: Value; nats: Value }) => string;
    };
    sweep: {
      title: string;
      note: string;
      point: (values: { schedule: Value; steps: Value; gap: Value }) => string;
      label: string;
    };
    errors: {
      title: string;
      note: string;
      label: string;
      model: string;
      exact: string;
      axis: string;
      sofar: (values: { part: Value; whole: Value }) => string;
    };
    training: {
      title: string;
      about: (values: { most: Value }) => string;
      weighting: string;
      weightings: {
        bound: string;
        simple: string;
      };
      train: string;
      pause: string;
      reset: string;
      steps: (values: { steps: Value; most: Value }) => string;
      progress: string;
      loss: string;
      lossName: string;
      bound: string;
      boundName: string;
      exactName: string;
      axis: string;
    };
    compare: {
      toggle: string;
      title: string;
      follows: string;
      about: string;
      apart: string;
      parts: {
        schedule: string;
        steps: string;
        eta: string;
        model: string;
        blur: string;
      };
      label: (values: { title: Value }) => string;
      caption: string;
      elbo: string;
      gap: string;
      distance: (values: { sampler: Value }) => string;
    };
    scores: {
      title: string;
      about: string;
      model: string;
      elbo: string;
      loss: string;
      ancestral: string;
      ddim: string;
      flow: string;
      network: (values: { weighting: Value; steps: Value }) => string;
      blurred: (values: { blur: Value }) => string;
      waiting: string;
    };
  };
  setsLab: {
    name: string;
    title: string;
    lead: string;
    open: {
      title: string;
      drop: string;
      files: string;
      folder: string;
      reading: string;
      pictures: (values: { done: Value; total: Value }) => string;
      failed: (values: { reason: Value }) => string;
      unmatched: (values: { names: Value }) => string;
      leftOut: (values: { count: number; first: Value }) => string;
      drawn: {
        digits: string;
        strangers: string;
      };
      choose: string;
      none: string;
      name: string;
      facts: (values: { images: Value; size: Value }) => string;
      colour: (values: { size: Value }) => string;
      readings: {
        levels: string;
        bits: string;
        unit: string;
        signed: string;
        pictures: string;
      };
      labels: (values: { count: Value }) => string;
      noLabels: string;
      resampled: (values: { size: Value }) => string;
      remove: (values: { name: Value }) => string;
      removeSure: (values: { name: Value }) => string;
      notKept: (values: { reason: Value }) => string;
      kept: string;
    };
    setup: {
      title: string;
      model: string;
      draws: string;
      proposal: string;
      proposals: {
        posterior: string;
        defensive: string;
        laplace: string;
        fitted: string;
      };
      schedule: string;
      timesteps: string;
      all: string;
      images: string;
      imagesHint: string;
      seed: string;
      dice: string;
      given: (values: { name: Value }) => string;
      start: string;
      more: string;
      pause: string;
      resume: string;
      cancel: string;
      progress: string;
      done: (values: { done: Value; total: Value }) => string;
      running: (values: { done: Value; rest: Value }) => string;
      rate: (values: { perSecond: Value; left: Value }) => string;
      left: {
        seconds: (values: { count: Value }) => string;
        minutes: (values: { count: Value }) => string;
        hours: (values: { count: Value }) => string;
      };
      failed: (values: { reason: Value }) => string;
      waits: string;
      stays: string;
    };
    columns: {
      picture: string;
      image: string;
      label: string;
      elbo: string;
      elboError: string;
      bitsPerDim: string;
      reconstruction: string;
      reconstructionError: string;
      kl: string;
      klError: string;
      logLikelihood: string;
      logLikelihoodError: string;
      gap: string;
      gapError: string;
      paretoShape: string;
      reliable: string;
      prior: string;
      denoising: string;
      denoisingError: string;
      reconstructionCost: string;
      reconstructionCostError: string;
      consistency: string;
      consistencyError: string;
      layer: (values: { name: Value }) => string;
      b: (values: { column: Value }) => string;
      difference: (values: { column: Value }) => string;
    };
    yes: string;
    no: string;
    table: {
      title: string;
      label: string;
      rows: (values: { shown: Value; all: Value }) => string;
      keys: string;
      sort: (values: { column: Value }) => string;
      empty: string;
      nothing: string;
      all: string;
      filterLabel: string;
      clear: string;
      mean: (values: { column: Value; mean: Value; error: Value }) => string;
      picture: (values: { image: Value }) => string;
      selected: (values: { image: Value }) => string;
      send: string;
      noise: string;
    };
    spread: {
      title: (values: { column: Value }) => string;
      label: (values: { column: Value; low: Value; high: Value }) => string;
      bin: (values: { low: Value; high: Value; count: Value }) => string;
      brush: string;
      low: string;
      high: string;
      own: string;
      other: string;
    };
    compare: {
      title: string;
      choose: string;
      nobody: string;
      need: string;
      scored: string;
      waiting: string;
      auroc: string;
      value: (values: { value: Value; error: Value }) => string;
      about: (values: { own: Value; column: Value; other: Value }) => string;
      apart: string;
    };
    beside: {
      toggle: string;
      title: string;
      follows: string;
      same: string;
      dice: string;
      card: (values: { column: Value }) => string;
      chart: (values: { column: Value }) => string;
      chartLabel: (values: { column: Value; images: Value }) => string;
      point: (values: { image: Value; a: Value; b: Value; difference: Value }) => string;
      mean: string;
      higher: (values: { ends: Value; side: Value }) => string;
      undecided: (values: { ends: Value }) => string;
      counts: (values: { higher: Value; all: Value; equal: Value }) => string;
      correlation: (values: { value: Value }) => string;
      pairs: string;
      waiting: string;
      none: string;
    };
    sheet: {
      title: string;
      lowest: (values: { count: Value; column: Value }) => string;
      highest: (values: { count: Value; column: Value }) => string;
      label: (values: { which: Value }) => string;
    };
    save: {
      title: string;
      npz: string;
      about: string;
    };
  };
  share: {
    button: string;
    open: (values: { title: Value }) => string;
    title: (values: { title: Value }) => string;
    unreachable: string;
    close: string;
    cancel: string;
    copy: string;
    copyLink: string;
    copyEmbed: string;
    whole: string;
    copyAs: (values: { kind: Value }) => string;
    groups: {
      link: string;
      picture: string;
      strip: string;
      film: string;
      chart: string;
      table: string;
      code: string;
    };
    languages: {
      python: string;
      javascript: string;
    };
    filmNote: string;
    enlarged: (values: { factor: number }) => string;
    working: string;
    saved: (values: { name: Value }) => string;
    copied: string;
    refused: string;
    notYet: string;
    tooLarge: (values: { side: Value }) => string;
    noEncoder: string;
    encoderMissing: string;
    cancelled: string;
    failed: (values: { reason: Value }) => string;
  };
  site: {
    absent: {
      decoder: string;
      sampler: string;
      elbo: string;
    };
    failed: string;
    down: string;
    noBound: {
      encoder: string;
      posterior: string;
    };
    refused: (values: { reason: Value }) => string;
    problem: (values: { id: Value; reason: Value }) => string;
    trainedOn: (values: { datasets: Value }) => string;
    mnist: string;
    fashion: string;
  };
  tour: {
    label: string;
    start: string;
    resume: (values: { step: Value; steps: Value }) => string;
    skip: string;
    progress: (values: { step: Value; steps: Value }) => string;
    choose: string;
    nth: (values: { step: Value; title: Value }) => string;
    attempt: string;
    elsewhere: (values: { lab: Value }) => string;
    back: string;
    next: string;
    show: string;
    finish: string;
    close: string;
    fold: string;
    unfold: string;
    ended: string;
    restore: string;
    stay: string;
    steps: {
      integral: {
        title: string;
        body: string;
        attempt: string;
      };
      bound: {
        title: string;
        body: string;
        attempt: string;
      };
      divergences: {
        title: string;
        body: string;
        attempt: string;
      };
      gradients: {
        title: string;
        body: string;
        attempt: string;
      };
      'mean-field': {
        title: string;
        body: string;
        attempt: string;
      };
      vae: {
        title: string;
        body: string;
        attempt: string;
      };
      gap: {
        title: string;
        body: string;
        attempt: string;
      };
      layers: {
        title: string;
        body: string;
        attempt: string;
      };
      diffusion: {
        title: string;
        body: string;
        attempt: string;
      };
      known: {
        title: string;
        body: string;
        attempt: string;
      };
      terms: {
        title: string;
        body: string;
        attempt: string;
      };
      schedule: {
        title: string;
        body: string;
        attempt: string;
      };
      ends: {
        title: string;
        body: string;
        attempt: string;
      };
      wrong: {
        title: string;
        body: string;
        attempt: string;
      };
      compare: {
        title: string;
        body: string;
        attempt: string;
      };
      odd: {
        title: string;
        body: string;
        attempt: string;
      };
      strangers: {
        title: string;
        body: string;
        attempt: string;
      };
      digit: {
        title: string;
        body: string;
        attempt: string;
      };
    };
  };
  /** What the crate says in English itself, by its codes. */
  phrases?: Phrases;
}

export interface Bench {
  title: string;
  lead: string;
  notIsolated: (values: { opener: Value; embedder: Value; serve: Value }) => string;
  run: string;
  about: (values: { turns: Value; rounds: Value }) => string;
  own: string;
  measuring: (values: { what: Value }) => string;
  stages: {
    files: string;
    slider: string;
    single: string;
    together: string;
    loading: string;
    cores: string;
    profile: string;
    own: string;
  };
  done: string;
  frame: string;
  refused: (values: { option: Value; asked: Value; most: Value }) => string;
  headings: {
    measure: string;
    ours: string;
    against: string;
    comparison: string;
    target: string;
    met: string;
  };
  colon: string;
  yes: string;
  no: string;
  rows: {
    slider: string;
    network: string;
    decode: string;
    encode: string;
    peak: string;
    states: string;
    draws: string;
    passes: string;
    guided: string;
    fits: (values: { iterations: Value }) => string;
    memory: (values: { runs: Value }) => string;
    load: string;
    chains: (values: { chains: Value; steps: Value; cores: number }) => string;
    bound: (values: { timesteps: Value }) => string;
    own: (values: { file: Value }) => string;
  };
  peers: {
    simd: string;
    threads: (values: { engine: Value; threads: number }) => string;
    alone: string;
    unguided: string;
    batch: (values: { peer: Value; batch: Value }) => string;
    evaluations: (values: { peer: Value; evaluations: Value }) => string;
  };
  verdicts: {
    time: string;
    share: string;
    throughput: string;
    growth: string;
    late: string;
    median: string;
  };
  agreement: {
    title: string;
    about: string;
    outputs: {
      clean: string;
      decoded: string;
      means: string;
      logVariances: string;
    };
    own: (values: { output: Value; file: Value }) => string;
    within: (values: { output: Value; difference: Value; tolerance: Value }) => string;
    beyond: (values: { output: Value; difference: Value; tolerance: Value }) => string;
  };
  scaling: {
    title: string;
    batch: string;
    grid: string;
    timesteps: string;
    count: string;
    headings: {
      time: string;
      ofFirst: string;
      memory: string;
    };
  };
  unknownBrowser: string;
  engines: (values: { ours: Value; peer: Value }) => string;
  machine: (values: { browser: Value; cores: Value; threads: number }) => string;
  setting: (values: { engines: Value; machine: Value; repetitions: Value }) => string;
  repetitions: (values: { turns: Value; rounds: Value }) => string;
}

export interface Manual {
  close: string;
  help: {
    title: string;
    lead: string;
    print: string;
    singles: string;
    singlesHint: string;
    controls: string;
    undo: string;
  };
  palette: {
    title: string;
    placeholder: string;
    list: string;
    none: string;
    found: (values: { count: number }) => string;
    hint: string;
  };
  groups: {
    recent: string;
    lab: string;
    edit: string;
    page: string;
    labs: string;
    share: string;
    presets: string;
    models: string;
    settings: string;
    tour: string;
    derivations: string;
  };
  about: {
    undo: string;
    redo: string;
    palette: string;
    help: string;
    tour: string;
    open: string;
    theme: string;
    share: string;
    'copy-link': string;
    print: string;
    singles: string;
    'latent.random': string;
    'latent.reset': string;
    'latent.play': string;
    'latent.random.a': string;
    'latent.keep.a': string;
    'latent.load.a': string;
    'latent.random.b': string;
    'latent.keep.b': string;
    'latent.load.b': string;
    'latent.beside': string;
    'latent.points': string;
    'map.random': string;
    'map.play': string;
    'map.clear': string;
    'denoise.play': string;
    'denoise.back': string;
    'denoise.forward': string;
    'denoise.replay': string;
    'denoise.end': string;
    'denoise.dice': string;
    'denoise.beside': string;
    'denoise.beside.dice': string;
    'denoise.paths': string;
    'picture.clear': string;
    'picture.upload': string;
    'picture.crop': string;
    'elbo.noise': string;
    'elbo.sweep': string;
    'elbo.dice': string;
    'elbo.beside': string;
    'elbo.beside.keep': string;
    'inference.run': string;
    'inference.step': string;
    'inference.reset': string;
    'inference.restore': string;
    'inference.dice': string;
    'inference.beside': string;
    'inference.beside.dice': string;
    'plane.denoise': string;
    'plane.noise': string;
    'plane.back': string;
    'plane.forward': string;
    'plane.dice': string;
    'plane.beside': string;
    'plane.train': string;
    'plane.forget': string;
    'sets.open': string;
    'sets.score': string;
    'sets.cancel': string;
    'sets.dice': string;
    'sets.beside': string;
    'sets.beside.dice': string;
    'hint.slider': string;
    'hint.reset': string;
    'hint.chart': string;
    'hint.map': string;
    'hint.pad': string;
    'hint.handle': string;
    'hint.dot': string;
    'hint.table': string;
    'hint.tour': string;
  };
}

export interface Presets {
  latent: {
    walk: string;
    'straight-line': string;
    mean: string;
    strongest: string;
    collapse: string;
    outside: string;
    levels: string;
    clothes: string;
    regions: string;
    'map-walk': string;
    'two-points': string;
  };
  denoise: {
    'ddim-20': string;
    'ddpm-20': string;
    long: string;
    'linear-last': string;
    'log-snr': string;
    unguided: string;
    guided: string;
    any: string;
    eta: string;
    sneakers: string;
    'twenty-beside-thousand': string;
    'guidance-0-4': string;
    'two-models': string;
    schedules: string;
    paths: string;
  };
  elbo: {
    'few-draws': string;
    'many-draws': string;
    'heavy-tail': string;
    letter: string;
    smiley: string;
    crossed: string;
    'given-wrong': string;
    'short-chain': string;
    cosine: string;
    strangers: string;
    'two-bounds': string;
    'two-chains': string;
    'two-lengths': string;
  };
  inference: {
    'mode-seeking': string;
    'too-narrow': string;
    'no-gap': string;
    'both-modes': string;
    'too-few': string;
    banana: string;
    funnel: string;
    ring: string;
    noisy: string;
    regression: string;
    'two-gradients': string;
  };
  plane: {
    'two-steps': string;
    thousand: string;
    linear: string;
    cosine: string;
    'ddim-noise': string;
    gaussian: string;
    blurred: string;
    moons: string;
    'clean-point': string;
    network: string;
    'ten-beside-two-hundred': string;
  };
  sets: {
    digits: string;
    'no-digits': string;
    apart: string;
    'apart-diffusion': string;
    'model-of-clothes': string;
    hierarchy: string;
    'one-draw': string;
    gap: string;
    doubtful: string;
    latents: string;
    'all-levels': string;
    sevens: string;
    'vae-beside-hierarchy': string;
  };
}
