use wasm_bindgen::prelude::*;

use super::convert::{JsResult, to_js};
use crate::model::evaluation;

/// What the models achieve on a test set.
#[wasm_bindgen]
pub struct Evaluation(evaluation::Evaluation);

#[wasm_bindgen]
impl Evaluation {
    /// Parses and validates the text of `evaluation.json`. Throws a ManifestError that names the
    /// model and the field at fault.
    pub fn parse(json: &str) -> JsResult<Self> {
        Ok(Self(evaluation::Evaluation::parse(json)?))
    }

    /// The evaluated models with their scores and the distribution of their bounds.
    #[wasm_bindgen(getter, unchecked_return_type = "EvaluatedModel[]")]
    pub fn models(&self) -> JsResult<JsValue> {
        to_js(&self.0.models)
    }

    /// How many of a hundred test images have a lower ELBO under the model than `elbo` nats: near 0
    /// for an odd image. The ELBO of a diffusion model is the one without a class. Throws a
    /// ValueError for a model that has not been evaluated.
    pub fn percentile(&self, model: &str, elbo: f64) -> JsResult<f64> {
        Ok(self.0.percentile(model, elbo)?)
    }
}
