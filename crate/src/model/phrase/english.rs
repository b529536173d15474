//! The texts in English.

use serde::Serialize;

macro_rules! phrases {
    ($($code:ident: $english:literal,)*) => {
        /// Which phrase it is. The texts are in crate/src/model/phrase/english.rs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PhraseCode"))]
        pub enum Code {
            $(#[doc = $english] $code,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The text, with names of values in braces.
            pub fn english(self) -> &'static str {
                match self {
                    $(Self::$code => $english,)*
                }
            }
        }
    };
}

phrases! {
    // what is missing, or cannot be used
    FileRefused: "{file}: {reason}",
    FileUnknown: "{file} takes {inputs} and gives {outputs}: a model of images takes an image or \
        latents and gives the other, or takes a noisy image and the noise level",
    DecoderMissing: "{file} looks like an encoder: a decoder, from latents to an image, is missing",
    WholeAutoencoder: "{file} takes an image and gives one back, and there is no smaller code in \
        between: export the decoder, from the latents on, as a file of its own",
    EncoderMissing: "there is no encoder: the latent lab and draws from the prior work, q(z|x) and \
        the bound do not",
    EncoderSizeDiffers: "the encoder {file} takes images of another size than the decoder gives: \
        it is left out",
    EncoderLatentsDiffer: "{file} takes {inputs} and gives {outputs}, but the decoder takes \
        {latents} latents: the encoder is left out",

    // files and classes
    DecoderByShape: "{file} takes {latents} numbers and gives an image",
    CutAtCode: "{file} has both halves: it is cut at \"{value}\", whose {latents} numbers are all \
        that the image is made of",
    Decoder: "decoder",
    ClassVector: "the input \"{input}\" has {count} numbers beside the others",
    ClassNumber: "the input \"{input}\" is one number for each image",
    AClass: "a class",

    // pixels
    PixelsUnit: "pixels in [0, 1]",
    PixelsSigned: "pixels in [-1, 1]",
    PixelsMnist: "MNIST's Normalize(0.1307, 0.3081)",
    PixelsBytes: "pixels from 0 to 255",
    EncoderAsDecoder: "the decoder gives pixels in [-1, 1], so the encoder is taken to see them so",
    UsualScale: "the usual scale of pixels; the check compares reconstructions with others",
    UsualRange: "nearly all diffusion models are trained on pixels in [-1, 1]",

    // the output of a decoder
    TwoOutputs: "the outputs \"{output}\" and \"{spread}\" have the shape of an image",
    IsSigmoid: "\"{output}\" is a Sigmoid of \"{before}\", which so is the logit; most such models \
        were trained with the cross-entropy of grey levels, which is not a likelihood, and are \
        read as models of binary pixels",
    InUnitRange: "\"{output}\" comes from {operator}: it lies in [0, 1]",
    IsTanh: "\"{output}\" is a Tanh: it lies in [-1, 1]",
    OutputCalled: "the output is called \"{output}\"",
    NoActivation: "no activation stands before \"{output}\": the check compares its values with \
        both",
    GaussianFitted: "mean of a Gaussian in [{low}, {high}], σ fitted to each image",
    GaussianOwn: "Gaussian in [{low}, {high}] with its own σ for each pixel",
    GreyCrossEntropy: "cross-entropy with grey levels, which is not a likelihood",
    DiscretizedLogistic: "discretized logistic",
    LogitsBeforeSigmoid: "logits of binary pixels, from before the Sigmoid",
    BinaryLogits: "logits of binary pixels",
    BinaryProbabilities: "probabilities of binary pixels",
    BinarySigned: "probabilities of binary pixels, written in [-1, 1]",

    // q(z|x)
    TwoVectors: "{file} gives \"{mean}\" and \"{spread}\" with {latents} numbers each",
    Stacked: "\"{output}\" of {file} holds two times {latents} numbers",
    DrawnCode: "{file} draws its code of {latents} numbers around \"{mean}\", as wide as \
        \"{spread}\" says",
    LoneCode: "{file} gives one code of {latents} numbers and nothing of its spread: an \
        autoencoder has no q(z|x) and no bound",
    MeanThenLogVar: "mean, then log variance",
    MeanThenLogStd: "mean, then log standard deviation",
    MeanThenStd: "mean, then standard deviation",
    LogVarThenMean: "log variance, then mean",
    MeanAndLogVar: "mean and log variance",
    MeanAndLogStd: "mean and log standard deviation",
    MeanAndStd: "mean and standard deviation",
    MeanAndVar: "mean and variance",
    CodeAlone: "a code, no spread",

    // the output of a diffusion network
    HalfVariance: "\"{output}\" has twice the channels of the image: the latter half is about the \
        variance of a step, which is not used",
    FirstHalf: "the first half",
    PredictionByName: "the output is called \"{output}\"; most networks predict the noise ε",
    PredictsEpsilon: "ε",
    PredictsX0: "x_0",
    PredictsV: "v",

    // its time input
    InputCalled: "the input is called \"{input}\"",
    TimeRowOfTable: "\"{input}\" picks one of {rows} rows of a table; the training's β cannot be \
        seen in the file",
    TimeInteger: "\"{input}\" is a whole number; the training's β cannot be seen in the file",
    TimeRealVelocity: "\"{input}\" is a real number and the output is called \"{output}\"",
    TimeReal: "\"{input}\" is a real number; the check compares what it may mean",
    ChainLinear: "β linear from 0.0001 to 0.02 in {steps} steps",
    ChainCosine: "β cosine in {steps} steps",
    ChainSigmoid: "β of a sigmoid in {steps} steps",
    TimestepOf: "a timestep; {chain}",
    FractionOf: "a timestep over the number of steps; {chain}",
    Flow: "flow time, 0 at the data",
    FlowReversed: "flow time, 1 at the data",
    FlowVelocity: "flow time, 0 at the data, and the output a velocity",
    FlowReversedVelocity: "flow time, 1 at the data, and the output a velocity",
    Sigma: "σ of the noise",
    Edm: "ln(σ)/4 with the preconditioning of EDM",
    LogSnr: "log SNR",

    // its class
    InputsBeside: "the inputs \"{input}\" and \"{mask}\" are beside image and time",
    InputBeside: "the input \"{input}\" is beside image and time",
    ClassRowOfTable: "\"{input}\" picks one of {rows} rows of a table",
    ClassMask: "a class, with \"{mask}\" = {absent} for none",
    ClassZeros: "one of {count} classes, zeros for none",
    ClassAlways: "one of {count} classes, always",
    ClassLastRow: "one of {count} classes, the last row of {rows} for none",
    ClassExtra: "one of {count} classes, {count} for none",

    // what looks wrong with a VAE
    SigmoidBeforeLogits: "the value before \"{output}\" is a Sigmoid: it is a probability already. \
        Say so, or take \"{before}\", which goes into it, as the logit",
    LogitsInUnitRange: "the decoder's values lie between {low} and {high}, all in [0, 1], under \
        the name \"{output}\": they are probabilities already. As logits they would make every \
        probability one of 0.5 to 0.73",
    LogitsInSignedRange: "the decoder's values lie between {low} and {high}, all in [-1, 1]: as \
        logits they would make every probability one of 0.27 to 0.73. They seem to be pixels in \
        [-1, 1]",
    OutsideRange: "the decoder's values lie between {low} and {high}, outside of the range \
        [{least}, {most}] of the entry: they may be logits, or pixels of another range",
    DecoderNotFinite: "the decoder gives {value} for a draw from the prior: its weights are \
        damaged, or it is not the file that it is taken for",
    EncoderNotFinite: "the encoder gives a value that is not finite, or a standard deviation below \
        0: its weights are damaged, or its outputs are not what they are taken for",
    KlNotFinite: "the KL to the prior is not finite: the spread of q(z|x) is not what it is taken \
        for",
    DrawNotFinite: "a draw from the prior has a value that is not finite",
    DecoderIgnoresZ: "all draws from the prior are decoded to the same image: the input that is \
        taken for the latents has no effect",
    PosteriorIgnoresX: "q(z|x) hardly moves from one drawing to another: the posterior has \
        collapsed, or the picture does not reach the encoder in the units that it was trained on",
    PosteriorWide: "q(z|x) is wider than the prior in every latent for every drawing: its spread \
        seems to be a standard deviation, not a logarithm",
    KlZero: "the KL to the prior is exactly 0 for every drawing: q(z|x) is the prior, so the \
        outputs are constants",
    BetterPixels: "the drawings are reconstructed better (mean square error {better} instead of \
        {present}) when the encoder sees them so: {pixels}",
    PoorReconstruction: "the drawings are reconstructed worse (mean square error {present}) than \
        by their mean image ({mean}): the model was trained on other pictures, or a convention is \
        wrong",
    BoundBelowCoins: "the mean bound of the drawings is {bound} nats, below the {least} nats of \
        tossing a coin for each pixel: no trained model is so bad, so a convention is wrong",
    BoundBelowLevels: "the mean bound of the drawings is {bound} nats, below the {least} nats of \
        drawing each level at random: no trained model is so bad, so a convention is wrong",
    BoundAboveZero: "the mean bound of the drawings is {bound} nats, but a probability is at most \
        1",

    // what looks wrong with a diffusion model
    NetworkNotFinite: "the network gives a value that is not finite: its weights are damaged, or \
        it is not the file that it is taken for",
    ClassWithoutEffect: "the predictions for two classes are the same: the input \"{input}\" does \
        not seem to be a class",
    BetterReading: "noised drawings are cleaned better if {reading}: the mean square error is \
        {better} instead of {present} times that of the best linear guess",
    ReadingOutput: "the output is {output}",
    ReadingTime: "the noise level is {time}",
    ReadingBoth: "the output is {output}, and the noise level {time}",
    PoorDenoising: "noised drawings are cleaned worse than by the best linear guess ({present} \
        times its mean square error): the network was trained on other pictures, or a convention \
        is wrong",
    FlatSamples: "a short chain ends at images of one level: a convention is wrong",
}
