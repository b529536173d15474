use wasm_bindgen::prelude::*;

use super::convert::{JsResult, fields, levels, seed, to_js};
use super::images::size;
use crate::error::Error;
use crate::evaluation;
use crate::evaluation::strangers::{Evidence, middle_timesteps};
use crate::image::code::code_length;
use crate::wire;

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

    /// The evaluated models with their scores and the distribution of their bounds, those of one
    /// model on its own data set first.
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

    /// Where an image stands between the test images of the model's own data set and those of
    /// `dataset`, by each score that tells them apart. `seed` is that with which the bound was
    /// computed. Throws a ValueError where the two sets have not been set against each other, and a
    /// ShapeError for an image of another size.
    #[wasm_bindgen(unchecked_return_type = "StrangerPlace[]")]
    pub fn place(
        &self,
        model: &str,
        dataset: &str,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_param_type = "ImageShape")] shape: JsValue,
        seed: f64,
        #[wasm_bindgen(unchecked_param_type = "StrangerEvidence")] evidence: JsValue,
    ) -> JsResult<JsValue> {
        let (image, size) = (levels(&image)?, size(shape, "shape")?);
        if image.len() != size.dimensions() {
            return Err(Error::shape(
                "the image",
                format_args!("{} levels", image.len()),
                format_args!("{} for {size}", size.dimensions()),
            )
            .into());
        }
        let wire::Evidence { elbo, kl, per_timestep } = fields(evidence, "evidence")?;
        let task = self.0.model(model)?.task;
        let evidence = Evidence {
            elbo,
            code_length: code_length(task, &image, size, self::seed(seed)?),
            kl,
            middle: per_timestep
                .map(|terms| middle_timesteps(terms.iter().map(|l| (l.t, l.log_snr, l.nats)))),
        };
        to_js(&self.0.place(model, dataset, &evidence)?)
    }
}
