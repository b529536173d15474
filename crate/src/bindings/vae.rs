use js_sys::{Array, Float32Array, Float64Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use super::convert::{self, JsResult, doubles, file, floats, levels, to_js};
use super::estimator::LatentBound;
use crate::canvas::{self, Layout};
use crate::engine;

/// A variational autoencoder.
#[wasm_bindgen]
pub struct Vae(engine::Vae);

#[wasm_bindgen]
impl Vae {
    /// Loads the model of a manifest entry from its files, `{encoder, decoder}` and `density` where
    /// the entry has it. Throws a ManifestError, ChecksumError or ModelError if an entry or a file
    /// is not what it says.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "VaeEntry")] entry: JsValue,
        #[wasm_bindgen(unchecked_param_type = "VaeFiles")] files: JsValue,
    ) -> JsResult<Self> {
        let entry = convert::entry(entry)?;
        Ok(Self(engine::Vae::load(&entry, |role| file(&files, role))?))
    }

    /// Loads the decoder alone, `{decoder}`, half the bytes: what needs the encoder then throws a
    /// ModelError. Throws as load does.
    #[wasm_bindgen(js_name = loadDecoder)]
    pub fn load_decoder(
        #[wasm_bindgen(unchecked_param_type = "VaeEntry")] entry: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Pick<VaeFiles, \"decoder\" | \"decoderData\">")]
        files: JsValue,
    ) -> JsResult<Self> {
        let entry = convert::entry(entry)?;
        Ok(Self(engine::Vae::load_decoder(&entry, |role| file(&files, role))?))
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

    /// Channels of an image, 1 or 3.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> usize {
        self.0.image().channels
    }

    /// Names of the classes that the model is conditioned on; empty for no condition.
    #[wasm_bindgen(getter, unchecked_return_type = "string[]")]
    pub fn classes(&self) -> Array {
        self.0.classes().iter().map(JsValue::from).collect()
    }

    /// What a bound of this model is about.
    #[wasm_bindgen(getter, unchecked_return_type = "Task")]
    pub fn task(&self) -> JsResult<JsValue> {
        to_js(&self.0.task())
    }

    /// Whether an encoder has been loaded.
    #[wasm_bindgen(getter, js_name = hasEncoder)]
    pub fn has_encoder(&self) -> bool {
        self.0.has_encoder()
    }

    /// Whether the model has a q(z|x); without it, as an autoencoder or a decoder alone, it has no
    /// bound.
    #[wasm_bindgen(getter, js_name = hasPosterior)]
    pub fn has_posterior(&self) -> bool {
        self.0.has_posterior()
    }

    /// Pixel means in [0, 1] of one latent vector, or of several laid end to end, given a class
    /// where the model takes one.
    pub fn decode(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] z: JsValue,
        class: Option<usize>,
    ) -> JsResult<Float32Array> {
        Ok(Float32Array::from(&*self.0.decode_given(&floats(&z, "z")?, class)?.to_vec()))
    }

    /// Decodes as decode() does, paints the images on a canvas, `columns` in a row (one row if
    /// absent), and sizes the canvas to them. Returns their 8-bit levels.
    pub fn paint(
        &self,
        #[wasm_bindgen(unchecked_param_type = "OffscreenCanvas | HTMLCanvasElement")]
        canvas: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] z: JsValue,
        class: Option<usize>,
        columns: Option<usize>,
    ) -> JsResult<Uint8Array> {
        let means = self.0.decode_given(&floats(&z, "z")?, class)?;
        let levels = engine::to_levels(means.as_slice().unwrap_or_default())?;
        canvas::paint_images(&canvas, &levels, self.0.image(), columns)?;
        Ok(Uint8Array::from(&*levels))
    }

    /// Mean KL of each latent to the prior, in nats, over images of 8-bit levels laid end to end:
    /// how much each says, for an entry that does not know. The seed binarizes the images; 1 if
    /// absent.
    #[wasm_bindgen(js_name = estimateKl)]
    pub fn estimate_kl(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] images: JsValue,
        class: Option<usize>,
        seed: Option<f64>,
    ) -> JsResult<Float64Array> {
        let seed = convert::seed(seed.unwrap_or(1.0))?;
        let kl = self.0.estimate_kl(&levels(&images)?, class, seed)?;
        Ok(Float64Array::from(&*kl.to_vec()))
    }

    /// Starts a map of the decoded plane of a VAE with two latents. Throws a ValueError for
    /// another number of latents or for options out of range.
    pub fn plane(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "LatentPlaneOptions")] options: JsValue,
    ) -> JsResult<LatentPlane> {
        Ok(LatentPlane(self.0.plane(&convert::options(options)?)?))
    }

    /// Where the training images of each class lie in the plane, with contours around the densest
    /// parts that hold the given shares of a class, each above 0 and below 1. Throws a ValueError
    /// if the model comes without that file.
    #[wasm_bindgen(js_name = classRegions, unchecked_return_type = "ClassRegion[]")]
    pub fn class_regions(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float64Array")] shares: JsValue,
    ) -> JsResult<Array> {
        let object = |region: engine::ClassRegion| -> JsResult<JsValue> {
            let line = |line: &Vec<_>| JsValue::from(Float64Array::from(line.as_flattened()));
            let contours: Array = region
                .contours
                .iter()
                .map(|lines| JsValue::from(lines.iter().map(line).collect::<Array>()))
                .collect();
            let object = Object::new();
            Reflect::set(&object, &"label".into(), &region.label.into())?;
            Reflect::set(&object, &"images".into(), &(region.images as f64).into())?;
            Reflect::set(&object, &"peak".into(), &to_js(&region.peak)?)?;
            Reflect::set(&object, &"contours".into(), &contours)?;
            Ok(object.into())
        };
        self.0.class_regions(&doubles(&shares, "shares")?)?.into_iter().map(object).collect()
    }

    /// The approximate posterior q(z|x) of an image with values in [0, 1], given a class where the
    /// model takes one. The variance of an autoencoder's code is 0, its logarithm -Infinity.
    #[wasm_bindgen(unchecked_return_type = "DiagonalGaussian")]
    pub fn encode(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] x: JsValue,
        class: Option<usize>,
    ) -> JsResult<Object> {
        let q = self.0.encode_given(&floats(&x, "x")?, class)?;
        let object = Object::new();
        for (name, values) in [("mean", q.mean), ("logVar", q.log_var)] {
            let values: Vec<f32> = values.iter().map(|&v| v as f32).collect();
            Reflect::set(&object, &name.into(), &Float32Array::from(&*values))?;
        }
        Ok(object)
    }

    /// The evidence lower bound of one image of 8-bit levels, in nats; a model of binary images
    /// binarizes it with the seed first.
    #[wasm_bindgen(unchecked_return_type = "VaeElbo")]
    pub fn elbo(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "VaeElboOptions")] options: JsValue,
    ) -> JsResult<JsValue> {
        to_js(&self.0.elbo(&levels(&image)?, &convert::seeded(options)?)?)
    }

    /// Starts the ELBO and the importance-weighted bounds of one image of 8-bit levels.
    pub fn bound(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LatentBoundOptions")] options: JsValue,
    ) -> JsResult<LatentBound> {
        Ok(LatentBound(self.0.bound(&levels(&image)?, &convert::seeded(options)?)?))
    }

    /// A draw from the prior N(0, I).
    #[wasm_bindgen(js_name = samplePrior)]
    pub fn sample_prior(&self, seed: f64) -> JsResult<Float32Array> {
        Ok(Float32Array::from(&*self.0.sample_prior(convert::seed(seed)?).to_vec()))
    }
}

/// A map of the decoded plane of a VAE with two latents, growing tile by tile: z_1 to the
/// right, z_2 upwards, every image decoded at the middle of its tile; coarse grids first, each from
/// the middle outwards.
#[wasm_bindgen]
pub struct LatentPlane(engine::LatentPlane);

#[wasm_bindgen]
impl LatentPlane {
    /// Tiles so far.
    #[wasm_bindgen(getter)]
    pub fn decoded(&self) -> usize {
        self.0.decoded()
    }

    /// Tiles when it is complete, of all grids.
    #[wasm_bindgen(getter)]
    pub fn total(&self) -> usize {
        self.0.total()
    }

    /// Whether the finest grid is complete.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.0.is_done()
    }

    /// Rows of the map in pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.0.height()
    }

    /// Columns of the map in pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// Decodes the next tile.
    pub fn step(&mut self) -> JsResult<()> {
        Ok(self.0.step()?)
    }

    /// Decodes up to `count` of the next tiles together, which is faster.
    pub fn advance(&mut self, count: usize) -> JsResult<()> {
        Ok(self.0.advance(count)?)
    }

    /// The map so far as 8-bit levels, black where nothing has been decoded.
    pub fn levels(&self) -> Uint8Array {
        Uint8Array::from(self.0.levels())
    }

    /// Paints the map so far on a canvas and sizes the canvas to it.
    pub fn paint(
        &self,
        #[wasm_bindgen(unchecked_param_type = "OffscreenCanvas | HTMLCanvasElement")]
        canvas: JsValue,
    ) -> JsResult<()> {
        let layout = Layout {
            height: self.0.height(),
            width: self.0.width(),
            columns: 1,
            channels: self.0.channels(),
        };
        Ok(canvas::paint(&canvas, self.0.levels(), layout)?)
    }
}
