/** A dimension of a value: a length, or a name that may stand for any. */
export type Dim = number | string;

/** An input or output of a graph. */
export interface GraphPort {
  /** Its name. */
  name: string;
  /** "float32", "int64", …; empty where the file does not say. */
  elementType: string;
  /** Null where the file does not say. */
  shape: Dim[] | null;
}

/** What is in an ONNX file. */
export interface GraphInfo {
  /** The program that wrote the file. */
  producer: string;
  /** Version of ONNX's operators. */
  opset: number;
  /** Inputs that are not weights. */
  inputs: GraphPort[];
  /** The declared outputs. */
  outputs: GraphPort[];
  /** How many nodes there are of each operator. */
  operators: Record<string, number>;
  /** The height and width of images that the shapes here are for, where the file leaves them open; null where it says them. */
  size: [number, number] | null;
  /** Why the outputs cannot be computed here; null if no operator is the reason. */
  refused: string | null;
  /** Number of weights. */
  parameters: number;
  /** Shapes of the tensors of weights by name. */
  weights: Record<string, number[]>;
  /** Every value that a node computes, any of which can be named as an output; the shape is that for one image. */
  values: {
    /** Its name. */
    name: string;
    /** The operator that gives it. */
    operator: string;
    /** The values that this operator takes; an empty name is an optional input left out. */
    inputs: string[];
    /** Its shape for one image, where that can be inferred. */
    shape: number[] | null;
  }[];
  /** Files that hold the weights; empty where the file itself does. */
  externalData: string[];
  /** For one image; null where shapes are not known. */
  multiplyAdds: number | null;
  /** Estimate of the bytes that the network takes; null where shapes are not known. */
  memory: number | null;
}

/** The time of the operators of one name and shape in one run of a network. */
export interface OperatorTime {
  /** Name of the operator. */
  operator: string;
  /** Shape of its result for one state, as it lies in memory. */
  shape: number[];
  /** How many such operators the network has. */
  count: number;
  /** Milliseconds of all of them. */
  time: number;
  /** Their multiply-adds for all states: of a convolution as its definition counts them, however it is computed. */
  multiplyAdds: number;
  /** Bytes of what they read and write, each counted once: values of all states, and weights. */
  bytes: number;
}

/** New values of an entry by field, "decoder.output.value" and the like; null takes a field away. See changeEntry. */
export type EntryChanges = Record<string, unknown>;

/** One choice of a form: what it is called and what it changes in the entry. */
export interface EntryChoice {
  /** What it says, for people. */
  label: Phrase;
  /** The fields that it sets. */
  changes: EntryChanges;
}

/** Something about the files that had to be guessed. */
export interface EntryGuess {
  /** The field of the entry that it is about. */
  field: string;
  /** What was chosen. */
  choice: Phrase;
  /** Why. */
  reason: Phrase;
  /** What else it may be. */
  alternatives: EntryChoice[];
}

/** A proposed entry. */
export interface Proposal {
  /** Null if the files are not a model of a known kind; `missing` says why. */
  entry: ModelEntry | null;
  /** What was guessed, in the order in which a form shows it. */
  guesses: EntryGuess[];
  /** What is missing or cannot be used. */
  missing: Phrase[];
  /** What was assumed of the size of images; null where the files say it. */
  flat: FlatVector | null;
}

/** What a file leaves open of the size of its images. */
export interface FlatVector {
  /** Values of the vectors that are taken for images; null for images that may have any height and width. */
  length: number | null;
  /** What they are taken for; null if no image has as many values. */
  chosen: FlatImage | null;
  /** What they may be, the likeliest first. */
  sizes: FlatImage[];
}

/** The image that a flat vector holds, and the order of its values: channel after channel if absent, or pixel after pixel. */
export interface FlatImage {
  /** Its shape. */
  image: ImageShape;
  /** The order in which its values lie. */
  layout?: TensorLayout;
}

/** What the files do not say. */
export interface ProposalOptions {
  /** Guessed by the length of the vector if absent. */
  flat?: FlatImage | null;
}

/** How a model is checked. */
export interface CheckOptions {
  /** Seed of all noise, 1 if absent. */
  seed?: number;
  /** Steps of the chain of a diffusion model, 2 to 1000; 20 if absent. */
  steps?: number;
  /** Most bytes that a network may take by its estimate: 1 GiB if absent, null for no limit. */
  memory?: number | null;
}

/** Something that looks wrong with a model. */
export interface ModelWarning {
  /** Short name, for code. */
  code:
    | "sigmoid-before-logits" | "logits-in-unit-range" | "logits-in-signed-range" | "outside-range" | "not-finite"
    | "decoder-ignores-z" | "posterior-ignores-x" | "posterior-wider-than-prior" | "kl-zero" | "input-scale"
    | "poor-reconstruction" | "bound-too-low" | "bound-above-zero" | "other-reading-is-better" | "poor-denoising"
    | "class-has-no-effect" | "flat-samples";
  /** The same in words, with the figures that it rests on. */
  detail: Phrase;
  /** Changes of the entry that seem to be better; null if none are known. */
  changes: EntryChanges | null;
}

/** What a model does with probes. */
export interface ModelCheck {
  /** Images as 8-bit levels, one after another, in the entry's size. */
  pictures: {
    /** What they are. */
    name: "prior" | "examples" | "reconstructions" | "noised" | "denoised" | "samples";
    /** How many there are. */
    count: number;
    /** 8-bit levels, image after image. */
    levels: Uint8Array;
  }[];
  /** Empty if all seems well. */
  warnings: ModelWarning[];
  /** Mean KL of each latent over the example drawings in nats; empty without q(z|x). */
  klPerLatent: number[];
  /** Mean ELBO of the example drawings in nats; null where there is none. */
  elbo: number | null;
}
