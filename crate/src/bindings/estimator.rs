//! The bounds that grow by evaluations: each the same class of JavaScript around another estimator.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::convert::{JsResult, doubles, to_js, values};
use crate::engine;

/// The class of an estimator: its name and documentation, what `evaluate`, `record` and `step` do
/// for it, and the type of its result.
macro_rules! estimator {
    (
        $(#[doc = $about:literal])*
        $name:ident,
        evaluations: $evaluations:literal,
        evaluate: $evaluate:literal,
        record: $record:literal,
        step: $step:literal,
        result: $result:tt, $so_far:literal
    ) => {
        $(#[doc = $about])*
        #[wasm_bindgen]
        pub struct $name(pub(super) engine::Accumulator<engine::$name>);

        #[wasm_bindgen]
        impl $name {
            #[doc = $evaluations]
            #[wasm_bindgen(getter)]
            pub fn evaluations(&self) -> usize {
                self.0.evaluations()
            }

            /// How many there are when it is complete.
            #[wasm_bindgen(getter, js_name = totalEvaluations)]
            pub fn total_evaluations(&self) -> usize {
                self.0.total_evaluations()
            }

            /// Whether it is complete.
            #[wasm_bindgen(getter)]
            pub fn done(&self) -> bool {
                self.0.is_done()
            }

            #[doc = $evaluate]
            pub fn evaluate(&self, index: usize) -> JsResult<Vec<f64>> {
                Ok(self.0.evaluate(index)?)
            }

            /// Evaluations `from` to before `to`, each with the bits that evaluate() gives, and
            /// faster: their states go through the network together.
            #[wasm_bindgen(js_name = evaluateRange, unchecked_return_type = "Float64Array[]")]
            pub fn evaluate_range(&self, from: usize, to: usize) -> JsResult<Array> {
                Ok(values(&self.0.evaluate_range(from..to)?))
            }

            #[doc = $record]
            pub fn record(
                &mut self,
                index: usize,
                #[wasm_bindgen(unchecked_param_type = "Float64Array")] values: JsValue,
            ) -> JsResult<bool> {
                Ok(self.0.record(index, &doubles(&values, "values")?)?)
            }

            #[doc = $step]
            pub fn step(&mut self) -> JsResult<bool> {
                Ok(self.0.step()?)
            }

            /// As step(), of up to `count` evaluations together.
            pub fn advance(&mut self, count: usize) -> JsResult<bool> {
                Ok(self.0.advance(count)?)
            }

            #[doc = $so_far]
            #[wasm_bindgen(unchecked_return_type = $result)]
            pub fn result(&self) -> JsResult<JsValue> {
                self.0.result().map_or(Ok(JsValue::UNDEFINED), |result| to_js(&result))
            }
        }
    };
}

estimator! {
    /// The evidence lower bound of one image under a diffusion model, growing one network
    /// evaluation at a time.
    DiffusionElbo,
    evaluations: "Network evaluations so far, up to the first that is missing.",
    evaluate: "Evaluation `index`, one run of the network, a function of the image, the\n\
        options, the seed and the index alone: a draw of L_{t-1} in nats, and after it that of\n\
        the consistency term if it was asked for; at the end of a pass, a draw of L_0.",
    record: "Hands in an evaluation, computed here or in another instance with the same image,\n\
        options and seed, in any order. Returns true when that completes a pass over the\n\
        timesteps, so that result() has changed.",
    step: "Computes and records the next evaluation. Returns true when that completes a pass,\n\
        so that result() has changed.",
    result: "DiffusionElboResult | undefined",
        "The terms so far; undefined before the first pass is complete."
}

estimator! {
    /// Which class an image is of: the bounds under every class of a diffusion model, growing one
    /// network evaluation at a time.
    ClassPosterior,
    evaluations: "Network evaluations so far, up to the first that is missing.",
    evaluate: "Evaluation `index`, one run of the network for one class, a function of the\n\
        image, the options, the seed and the index alone: a draw of L_{t-1}, or of L_0 at t =\n\
        1, in nats.",
    record: "Hands in an evaluation, computed here or in another instance with the same image,\n\
        options and seed, in any order. Returns true when that completes a pass over timesteps\n\
        and classes, so that result() has changed.",
    step: "Computes and records the next evaluation. Returns true when that completes a pass,\n\
        so that result() has changed.",
    result: "ClassPosteriorResult | undefined",
        "The posterior so far; undefined before the first pass is complete."
}

estimator! {
    /// The ELBO and the importance-weighted bounds of one image under a VAE or a hierarchical VAE,
    /// growing sample by sample.
    LatentBound,
    evaluations: "Samples so far, up to the first that is missing.",
    evaluate: "Sample `index`, one run of the network, a function of the options, the seed and\n\
        the index alone: log p(x|z), log p(z) - log q(z|x) and the KL of each layer, in nats.",
    record: "Hands in a sample that evaluate() has computed, here or in another instance with\n\
        the same options and seed, in any order. Returns true when result() has changed; it\n\
        uses the samples up to the first that is missing.",
    step: "Computes and records the next sample. Returns true when result() has changed, false\n\
        when all samples were there before.",
    result: "LatentBoundResult | undefined", "The bounds so far; undefined before the first sample."
}
