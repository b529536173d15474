use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::convert::{JsResult, doubles, to_js, values};
use crate::engine;

/// The ELBO and the importance-weighted bounds of one image under a VAE or a hierarchical VAE,
/// growing sample by sample.
#[wasm_bindgen]
pub struct LatentBound(pub(super) engine::Accumulator<engine::LatentBound>);

#[wasm_bindgen]
impl LatentBound {
    /// Samples so far, up to the first that is missing.
    #[wasm_bindgen(getter)]
    pub fn evaluations(&self) -> usize {
        self.0.evaluations()
    }

    /// Samples when it is complete.
    #[wasm_bindgen(getter, js_name = totalEvaluations)]
    pub fn total_evaluations(&self) -> usize {
        self.0.total_evaluations()
    }

    /// Whether it is complete.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.0.is_done()
    }

    /// Sample `index`, one run of the network, a function of the options, the seed and the index
    /// alone: log p(x|z), log p(z) - log q(z|x) and the KL of each layer, in nats.
    pub fn evaluate(&self, index: usize) -> JsResult<Vec<f64>> {
        Ok(self.0.evaluate(index)?)
    }

    /// Evaluations `from` to before `to`, each with the bits that evaluate() gives, and faster: their
    /// states go through the network together.
    #[wasm_bindgen(js_name = evaluateRange, unchecked_return_type = "Float64Array[]")]
    pub fn evaluate_range(&self, from: usize, to: usize) -> JsResult<Array> {
        Ok(values(&self.0.evaluate_range(from..to)?))
    }

    /// Hands in a sample that evaluate() has computed, here or in another instance with the same
    /// options and seed, in any order. Returns true when result() has changed; it uses the samples
    /// up to the first that is missing.
    pub fn record(
        &mut self,
        index: usize,
        #[wasm_bindgen(unchecked_param_type = "Float64Array")] values: JsValue,
    ) -> JsResult<bool> {
        Ok(self.0.record(index, &doubles(&values, "values")?)?)
    }

    /// Computes and records the next sample. Returns true when result() has changed, false when all
    /// samples were there before.
    pub fn step(&mut self) -> JsResult<bool> {
        Ok(self.0.step()?)
    }

    /// As step(), of up to `count` evaluations together.
    pub fn advance(&mut self, count: usize) -> JsResult<bool> {
        Ok(self.0.advance(count)?)
    }

    /// The bounds so far; undefined before the first sample.
    #[wasm_bindgen(unchecked_return_type = "LatentBoundResult | undefined")]
    pub fn result(&self) -> JsResult<JsValue> {
        self.0.result().map_or(Ok(JsValue::UNDEFINED), |result| to_js(&result))
    }
}
