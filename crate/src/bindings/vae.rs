use js_sys::{Float32Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::LatentBound;
use super::convert::{self, JsResult, file, floats, from_js, levels, to_js};
use crate::engine;
use crate::error::ErrorKind;
use crate::model::manifest::ModelEntry;

/// A variational autoencoder.
#[wasm_bindgen]
pub struct Vae(engine::Vae);

#[wasm_bindgen]
impl Vae {
    /// Loads the model of a manifest entry from its files, `{encoder, decoder}`. Throws a ManifestError, ChecksumError or
    /// ModelError if an entry or a file is not what it says.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "ModelEntry")] entry: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Record<string, Uint8Array>")] files: JsValue,
    ) -> JsResult<Self> {
        let entry: ModelEntry = from_js(entry, ErrorKind::Manifest, "the manifest's entry")?;
        Ok(Self(engine::Vae::load(&entry, |role| file(&files, role))?))
    }

    /// Length of a latent vector.
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

    /// Pixel means in [0, 1] of one latent vector, or of several laid end to end.
    pub fn decode(&self, #[wasm_bindgen(unchecked_param_type = "Float32Array")] z: JsValue) -> JsResult<Float32Array> {
        Ok(Float32Array::from(&*self.0.decode(&floats(&z, "z")?)?.to_vec()))
    }

    /// The approximate posterior q(z|x) of an image with values in [0, 1].
    #[wasm_bindgen(unchecked_return_type = "DiagonalGaussian")]
    pub fn encode(&self, #[wasm_bindgen(unchecked_param_type = "Float32Array")] x: JsValue) -> JsResult<Object> {
        let q = self.0.encode(&floats(&x, "x")?)?;
        let object = Object::new();
        for (name, values) in [("mean", q.mean), ("logVar", q.log_var)] {
            let values: Vec<f32> = values.iter().map(|&v| v as f32).collect();
            Reflect::set(&object, &name.into(), &Float32Array::from(&*values))?;
        }
        Ok(object)
    }

    /// The evidence lower bound of one image of 8-bit levels, in nats; the image is binarized with the seed first.
    #[wasm_bindgen(unchecked_return_type = "VaeElbo")]
    pub fn elbo(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "VaeElboOptions")] options: JsValue,
    ) -> JsResult<JsValue> {
        to_js(&self.0.elbo(&levels(&image)?, &convert::options(options)?)?)
    }

    /// Starts the ELBO and the importance-weighted bounds of one image of 8-bit levels.
    pub fn bound(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LatentBoundOptions")] options: JsValue,
    ) -> JsResult<LatentBound> {
        Ok(LatentBound(self.0.bound(&levels(&image)?, &convert::options(options)?)?))
    }

    /// A draw from the prior N(0, I).
    #[wasm_bindgen(js_name = samplePrior)]
    pub fn sample_prior(&self, seed: f64) -> JsResult<Float32Array> {
        Ok(Float32Array::from(&*self.0.sample_prior(convert::seed(seed)?).to_vec()))
    }
}
