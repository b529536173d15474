use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

use super::convert::{self, JsResult, file, levels, to_js};
use super::estimator::LatentBound;
use crate::engine;
use crate::wire::GenerateOptions;

/// A hierarchical variational autoencoder with top-down inference.
#[wasm_bindgen]
pub struct Hvae(engine::Hvae);

#[wasm_bindgen]
impl Hvae {
    /// Loads the model of a manifest entry from its files, `{encoder, decoder}`. Throws as Vae.load
    /// does.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "HvaeEntry")] entry: JsValue,
        #[wasm_bindgen(unchecked_param_type = "HvaeFiles")] files: JsValue,
    ) -> JsResult<Self> {
        let entry = convert::entry(entry)?;
        Ok(Self(engine::Hvae::load(&entry, |role| file(&files, role))?))
    }

    /// The stochastic layers, the top one first.
    #[wasm_bindgen(getter, unchecked_return_type = "LatentLayer[]")]
    pub fn layers(&self) -> JsResult<JsValue> {
        to_js(&self.0.layers())
    }

    /// Number of latents of all layers together.
    #[wasm_bindgen(getter)]
    pub fn latents(&self) -> usize {
        self.0.latents()
    }

    /// Rows of an image.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.image().height
    }

    /// Columns of an image.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.image().width
    }

    /// Channels of an image, 1 or 3.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> usize {
        self.0.image().channels
    }

    /// Pixel means in [0, 1] of a draw from the prior, with one seed for each layer: a layer is
    /// held by keeping its seed and drawn anew by changing it.
    pub fn generate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "GenerateOptions")] options: JsValue,
    ) -> JsResult<Float32Array> {
        let GenerateOptions { seeds } = convert::options(options)?;
        let seeds: Vec<u64> = seeds.into_iter().map(convert::seed).collect::<Result<_, _>>()?;
        Ok(Float32Array::from(&*self.0.generate(&seeds)?.to_vec()))
    }

    /// Pixel means in [0, 1] with the upper layers drawn from q(z|x) of an image of 8-bit levels,
    /// the lower ones from their priors: what the upper layers alone know of the image.
    pub fn reconstruct(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ReconstructOptions")] options: JsValue,
    ) -> JsResult<Float32Array> {
        let means = self.0.reconstruct(&levels(&image)?, &convert::seeded(options)?)?;
        Ok(Float32Array::from(&*means.to_vec()))
    }

    /// Starts the ELBO and the importance-weighted bounds of one image of 8-bit levels.
    pub fn bound(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LatentBoundOptions")] options: JsValue,
    ) -> JsResult<LatentBound> {
        Ok(LatentBound(self.0.bound(&levels(&image)?, &convert::seeded(options)?)?))
    }
}
