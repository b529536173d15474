/** Texts about models of the visitor's own: opening, adapting and checking them, and choosing among all there are. */
export const models = {
  open: 'Open a model',
  dropHere: 'Drop ONNX files, or a zip of a manifest and files, to open a model',
  close: 'Close',
  lead: 'Give the ONNX files of a VAE (encoder and decoder, in two files or one, or the decoder alone) or of a diffusion model, with the files that hold their weights, or a zip of a manifest and files. They stay in this browser: nothing is uploaded.',
  choose: 'Choose files…',
  more: 'Add files…',
  fromStart: 'Other files',

  files: {
    title: 'What is in the files',
    opset: (opset: number, producer: string) =>
      producer ? `operators of version ${opset}, by ${producer}` : `operators of version ${opset}`,
    parameters: (count: string) => `${count} parameters`,
    multiplyAdds: (count: string) => `${count} multiply-adds an image`,
    inputs: 'Inputs',
    outputs: 'Outputs',
    unknownShape: 'of unknown shape',
    scalar: 'one number',
    unreadable: (name: string) => `${name} cannot be loaded.`,
    remove: (name: string) => `Leave ${name} out`,
    missing: (names: string) => `Still needed: ${names}. Drop it here, or add it by the button.`,
    nothing: 'There is no ONNX file among them.',
    notProposed: 'No model can be made of these files.',
    fromManifest: 'Model of the manifest',
  },

  entry: {
    title: 'How they are read',
    name: 'Name',
    /** By the kind that an entry names. */
    kinds: {
      vae: (latents: number, size: string) => `A VAE with ${latents} latents, images of ${size}`,
      posterior: (latents: number, size: string) =>
        `An autoencoder with a code of ${latents} numbers, images of ${size}`,
      encoder: (latents: number, size: string) =>
        `A decoder of ${latents} latents, images of ${size}`,
      hvae: (layers: number, size: string) =>
        `A hierarchical VAE of ${layers} layers, images of ${size}`,
      ddpm: (classes: number, size: string) =>
        classes > 0
          ? `A diffusion model with ${classes} classes, images of ${size}`
          : `A diffusion model without classes, images of ${size}`,
    },
    roles: {
      encoder: 'encoder',
      decoder: 'decoder',
      network: 'denoising network',
      encoderData: 'weights of the encoder',
      decoderData: 'weights of the decoder',
      networkData: 'weights of the network',
      density: 'density of the classes',
    } as Record<string, string>,
    role: (file: string, role: string) => `${file} is the ${role}`,
    /** By the field of an entry that was guessed. */
    fields: {
      'decoder.output': 'Output of the decoder',
      'decoder.condition': 'Class of the decoder',
      'encoder.image': 'Pixels that the encoder takes',
      'encoder.posterior': 'q(z|x)',
      'encoder.condition': 'Class of the encoder',
      'network.dataRange': 'Pixels in training',
      'network.time': 'Noise level',
      'network.output': 'Output of the network',
      'network.condition': 'Class',
      parameterization: 'What is predicted',
    } as Record<string, string>,
    values: {
      'decoder.output.name': 'Value that is the picture',
      'encoder.posterior.meanName': 'Value that is the mean of q(z|x)',
      'encoder.posterior.spreadName': 'Value that is the spread of q(z|x)',
      'network.output.name': 'Value that is the prediction',
    } as Record<string, string>,
    value: (name: string, operator: string, shape: string) => `${name} (${operator}, ${shape})`,
    isOutput: (name: string, shape: string) => `${name} (output, ${shape})`,
    all: 'All of it, as JSON',
    apply: 'Apply',
    invalid: 'This is not valid JSON.',
    refused: 'This change does not fit, and was not made.',
    guide: 'What your file does, and what to choose for it',
  },

  /** Of pictures that a file holds as vectors. */
  size: {
    title: 'Size of the picture',
    why: (length: number) =>
      `the file takes or gives ${length} numbers and does not say their rows`,
    of: (height: number, width: number, order: string) => `${height} × ${width}, ${order}`,
    orders: {
      grey: 'grey',
      first: 'colour, channel after channel',
      last: 'colour, pixel after pixel',
    },
    other: 'Another size…',
    height: 'Height',
    width: 'Width',
    channels: 'Values of a pixel',
    apply: 'Apply',
    differs: (count: number, length: number) =>
      `That makes ${count} values; the file has ${length}.`,
  },

  /** By the codes of what the crate says of files; it says it in English itself. */
  phrases: {} as Record<string, string>,

  check: {
    title: 'What it does',
    running: (seconds: number) =>
      `Running the model on examples, in a worker of its own, for ${seconds} s at most.`,
    cannot: 'This model cannot be loaded.',
    cannotFile: 'This file cannot be loaded.',
    late: (seconds: number) => `It was not done after ${seconds} s, and was stopped.`,
    retry: 'Try again',
    longer: 'Give it more time',
    well: 'Nothing looks wrong.',
    wrong: 'What looks wrong',
    better: 'Do that',
    elbo: (nats: string) => `Mean ELBO of the examples: ${nats} nats.`,
    /** By the names that the check gives its pictures. */
    pictures: {
      prior: 'Decoded draws from the prior',
      examples: 'Example drawings',
      reconstructions: 'Encoded and decoded again',
      noised: 'Drawings with noise',
      denoised: 'What the network takes them for',
      samples: 'Ends of a short chain',
    } as Record<string, string>,
    /** By the codes of what looks wrong. */
    warnings: {
      'sigmoid-before-logits': 'The logits are probabilities already.',
      'logits-in-unit-range': 'The logits look like probabilities.',
      'logits-in-signed-range': 'The logits look like pixels in [−1, 1].',
      'outside-range': 'Pixels lie outside their range.',
      'not-finite': 'Some values are not finite numbers.',
      'decoder-ignores-z': 'The picture hardly depends on z.',
      'posterior-ignores-x': 'q(z|x) hardly depends on x.',
      'posterior-wider-than-prior': 'q(z|x) is wider than the prior.',
      'kl-zero': 'The KL is zero.',
      'input-scale': 'The encoder seems to take other pixels.',
      'poor-reconstruction': 'Encoding and decoding loses the picture.',
      'bound-too-low': 'The bound is far below that of a trained model.',
      'bound-above-zero': 'The bound is above zero.',
      'other-reading-is-better': 'Read in another way, it does better.',
      'poor-denoising': 'The network does not denoise.',
      'class-has-no-effect': 'The class has no effect.',
      'flat-samples': 'The chains end in pictures without structure.',
    } as Record<string, string>,
  },

  use: 'Use this model',
  /** What a model lacks, and so what it is not in. */
  lacks: {
    encoder:
      'There is no encoder: the sliders, the way from A to B and the map work; reconstructions and the bound, which need q(z|x), do not.',
    posterior:
      'There is no spread of q(z|x): an autoencoder decodes and reconstructs, but it is no model of the probability of a picture, and has no bound.',
  },

  own: {
    title: 'Your models',
    none: 'Models that you open stand here.',
    kept: (megabytes: string) => `${megabytes} MB, kept in this browser`,
    unkept: (megabytes: string) => `${megabytes} MB, until the page closes`,
    rename: (name: string) => `Name of ${name}`,
    show: 'Show',
    export: 'Export',
    remove: 'Remove',
    confirm: 'Remove for good',
    noRoom:
      'There is no room for the model in this browser’s storage. It can be used until the page closes; export it to keep it, or remove another one.',
    noStore: (reason: string) =>
      `This browser does not keep models here (${reason}). What you open can be used until the page closes.`,
  },

  picker: {
    label: 'Model',
    shipped: 'Of this site',
    own: 'Your own',
    open: 'Open a model…',
    compared: 'Models compared',
  },

  latents: {
    slidersHint:
      'Most informative first, where that is known; the bar is the mean KL to the prior over the example drawings, or over pictures of yours. Double-click or Delete resets one.',
    kl: (nats: string) => `${nats} nats of KL on the pictures that the latents are ordered by`,
    rank: 'Order by pictures of yours…',
  },

  missing: {
    title: (name: string) =>
      name
        ? `This link shows a model called ${name} that is not in this browser.`
        : 'This link shows a model that is not in this browser.',
    ask: 'It was opened from a file. If you have the file, or its export, open it here.',
    open: 'Open its file…',
    other: 'Use a model of this site',
    notIt: 'This is another model than the one that the link shows: its checksum differs.',
    otherReading:
      'These are the files that the link shows, but they are read in another way: numbers may differ.',
  },

  errors: {
    ArchiveError: 'The zip cannot be read.',
    QuotaExceededError: 'There is no room in this browser’s storage.',
  },
};
