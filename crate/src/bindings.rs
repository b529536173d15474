//! The JavaScript face: newtypes, names and error conversion. No logic.

use js_sys::{Array, Error as JsError, Float32Array, Object, Reflect, Uint8Array};
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::canvas::{self, Layout};
use crate::engine;
use crate::error::{Error, ErrorKind, Result};
use crate::math::schedule::ScheduleKind;
use crate::model::manifest::{Manifest, ModelEntry};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

type JsResult<T> = std::result::Result<T, JsValue>;

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        let js = JsError::new(&error.message);
        js.set_name(error.kind.name());
        js.into()
    }
}

/// Reports panics on the console with their message and place. Runs by itself when the module is instantiated.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

fn to_js(value: &impl Serialize) -> JsResult<JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible().serialize_bytes_as_arrays(false);
    value.serialize(&serializer).map_err(JsValue::from)
}

fn from_js<T: DeserializeOwned>(value: JsValue, kind: ErrorKind, what: &str) -> Result<T> {
    serde_wasm_bindgen::from_value(value).map_err(|e| Error { kind, message: format!("{what}: {e}") })
}

fn options<T: DeserializeOwned + Default>(value: JsValue) -> Result<T> {
    if value.is_undefined() || value.is_null() {
        return Ok(T::default());
    }
    // The conversion looks up the fields it knows and would pass over a misspelt one.
    let known = field_names::<T>();
    for key in Object::keys(value.unchecked_ref::<Object>()) {
        let key = key.as_string().unwrap_or_default();
        if !known.contains(&key.as_str()) {
            return Err(Error::value(format!("options: {key:?} is unknown, use {}", known.join(", "))));
        }
    }
    from_js(value, ErrorKind::Value, "options")
}

/// The names of the fields of a struct, which serde tells to whoever deserializes it.
fn field_names<T: DeserializeOwned>() -> &'static [&'static str] {
    struct Probe<'a>(&'a mut &'static [&'static str]);

    impl<'de> serde::Deserializer<'de> for Probe<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("there is no value"))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> std::result::Result<V::Value, Self::Error> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names: &'static [&'static str] = &[];
    // Fails by design: only the names are wanted.
    let _ = T::deserialize(Probe(&mut names));
    names
}

fn file(files: &JsValue, role: &str) -> Result<Vec<u8>> {
    Reflect::get(files, &role.into())
        .ok()
        .and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok())
        .map(|bytes| bytes.to_vec())
        .ok_or_else(|| Error::value(format!("files.{role} is missing: give the file's bytes as a Uint8Array")))
}

// Typed arrays are checked here because the generated glue would convert one kind to another without a word.
fn levels(value: &JsValue) -> Result<Vec<u8>> {
    value
        .dyn_ref::<Uint8Array>()
        .map(Uint8Array::to_vec)
        .ok_or_else(|| Error::value("the image must be a Uint8Array of 8-bit levels"))
}

fn floats(value: &JsValue, what: &str) -> Result<Vec<f32>> {
    value
        .dyn_ref::<Float32Array>()
        .map(Float32Array::to_vec)
        .ok_or_else(|| Error::value(format!("{what} must be a Float32Array")))
}

fn seed(value: f64) -> Result<u64> {
    if value.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&value) {
        return Ok(value as u64);
    }
    Err(Error::value(format!("seed is {value}, it must be an integer from 0 to 2^53 - 1")))
}

/// Parses and validates the text of `manifest.json`. Throws a ManifestError that names the model and the field at fault.
#[wasm_bindgen(js_name = parseManifest, unchecked_return_type = "Manifest")]
pub fn parse_manifest(json: &str) -> JsResult<JsValue> {
    to_js(&Manifest::parse(json)?)
}

/// A fresh random seed, an integer from 0 to 2^32 - 1.
#[wasm_bindgen(js_name = randomSeed)]
pub fn random_seed() -> JsResult<f64> {
    Ok(engine::random_seed()? as f64)
}

/// The version of the crate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// A point between two latent vectors; `position` is 0 at `a` and 1 at `b`, `mode` is "linear" or "spherical".
#[wasm_bindgen(unchecked_return_type = "Float32Array")]
pub fn interpolate(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] a: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] b: JsValue,
    position: f64,
    #[wasm_bindgen(unchecked_param_type = "Interpolation")] mode: JsValue,
) -> JsResult<Float32Array> {
    let path = from_js(mode, ErrorKind::Value, "mode")?;
    let point = engine::interpolate(&floats(&a, "a")?, &floats(&b, "b")?, position, path)?;
    Ok(Float32Array::from(&*point))
}

/// Values in [0, 1] as 8-bit levels.
#[wasm_bindgen(js_name = toLevels)]
pub fn to_levels(#[wasm_bindgen(unchecked_param_type = "Float32Array")] values: JsValue) -> JsResult<Uint8Array> {
    Ok(Uint8Array::from(&*engine::to_levels(&floats(&values, "values")?)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsLayout {
    height: usize,
    width: usize,
    columns: Option<usize>,
}

/// Paints images on a canvas, `columns` in a row (one row if absent), and sizes the canvas to them. `values` are 8-bit
/// levels (Uint8Array) or lie in [0, 1] (Float32Array), image after image, row by row.
#[wasm_bindgen]
pub fn paint(
    #[wasm_bindgen(unchecked_param_type = "OffscreenCanvas | HTMLCanvasElement")] canvas: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] values: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Layout")] layout: JsValue,
) -> JsResult<()> {
    let JsLayout { height, width, columns } = from_js(layout, ErrorKind::Value, "layout")?;
    let levels = match values.dyn_ref::<Float32Array>() {
        Some(values) => engine::to_levels(&values.to_vec())?,
        None => levels(&values)?,
    };
    let columns = columns.unwrap_or(levels.len() / (height * width).max(1));
    Ok(canvas::paint(&canvas, &levels, Layout { height, width, columns })?)
}

/// A variational autoencoder with a Bernoulli decoder.
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
        to_js(&self.0.elbo(&levels(&image)?, &self::options(options)?)?)
    }

    /// A draw from the prior N(0, I).
    #[wasm_bindgen(js_name = samplePrior)]
    pub fn sample_prior(&self, seed: f64) -> JsResult<Float32Array> {
        Ok(Float32Array::from(&*self.0.sample_prior(self::seed(seed)?).to_vec()))
    }
}

/// A class-conditional denoising diffusion model.
#[wasm_bindgen]
pub struct Ddpm(engine::Ddpm);

#[wasm_bindgen]
impl Ddpm {
    /// Loads the model of a manifest entry from its files, `{network}`. Throws as Vae.load does.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "ModelEntry")] entry: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Record<string, Uint8Array>")] files: JsValue,
    ) -> JsResult<Self> {
        let entry: ModelEntry = from_js(entry, ErrorKind::Manifest, "the manifest's entry")?;
        Ok(Self(engine::Ddpm::load(&entry, |role| file(&files, role))?))
    }

    /// Names of the classes.
    #[wasm_bindgen(getter, unchecked_return_type = "string[]")]
    pub fn classes(&self) -> Array {
        self.0.classes().iter().map(JsValue::from).collect()
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

    /// Starts one or more reverse chains. Throws a ValueError for options out of range.
    pub fn sampler(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "SamplerOptions")] options: JsValue,
    ) -> JsResult<Sampler> {
        Ok(Sampler(self.0.sampler(&self::options(options)?)?))
    }

    /// Starts the evidence lower bound of one image of 8-bit levels.
    pub fn elbo(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "DiffusionElboOptions")] options: JsValue,
    ) -> JsResult<DiffusionElbo> {
        Ok(DiffusionElbo(self.0.elbo(&levels(&image)?, &self::options(options)?)?))
    }

    /// The schedule of a chain of `steps` steps, as columns.
    #[wasm_bindgen(unchecked_return_type = "ScheduleTable")]
    pub fn schedule(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ScheduleKind")] kind: JsValue,
        steps: usize,
    ) -> JsResult<JsValue> {
        let kind: ScheduleKind = from_js(kind, ErrorKind::Value, "schedule")?;
        to_js(&self.0.schedule_table(kind, steps)?)
    }
}

/// Reverse chains and all their frames.
#[wasm_bindgen]
pub struct Sampler(engine::Sampler);

#[wasm_bindgen]
impl Sampler {
    /// The seed that was used.
    #[wasm_bindgen(getter)]
    pub fn seed(&self) -> f64 {
        self.0.seed() as f64
    }

    /// Number of chains.
    #[wasm_bindgen(getter)]
    pub fn chains(&self) -> usize {
        self.0.chains()
    }

    /// Number of frames when the chain is complete: its steps and the sample.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.0.length()
    }

    /// Number of frames so far.
    #[wasm_bindgen(getter)]
    pub fn available(&self) -> usize {
        self.0.frames().len()
    }

    /// Whether the chain has reached t = 0.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.0.is_done()
    }

    /// Goes one step down every chain and returns the newest frame. The last step appends two frames: the one it started
    /// from and the sample.
    #[wasm_bindgen(unchecked_return_type = "Frame")]
    pub fn step(&mut self) -> JsResult<JsValue> {
        to_js(self.0.step()?)
    }

    /// A stored frame; never runs the network. Throws a ValueError if it has not been computed yet.
    #[wasm_bindgen(unchecked_return_type = "Frame")]
    pub fn frame(&self, index: usize) -> JsResult<JsValue> {
        to_js(self.0.frame(index)?)
    }
}

/// The evidence lower bound of one image under a diffusion model, growing one network evaluation at a time.
#[wasm_bindgen]
pub struct DiffusionElbo(engine::DiffusionElbo);

#[wasm_bindgen]
impl DiffusionElbo {
    /// Network evaluations so far.
    #[wasm_bindgen(getter)]
    pub fn evaluations(&self) -> usize {
        self.0.evaluations()
    }

    /// Network evaluations when it is complete.
    #[wasm_bindgen(getter, js_name = totalEvaluations)]
    pub fn total_evaluations(&self) -> usize {
        self.0.total_evaluations()
    }

    /// Whether it is complete.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.0.is_done()
    }

    /// One network evaluation. Returns true when a pass over the timesteps is complete, so that result() has changed.
    pub fn step(&mut self) -> JsResult<bool> {
        Ok(self.0.step()?)
    }

    /// The terms so far; undefined before the first pass is complete.
    #[wasm_bindgen(unchecked_return_type = "DiffusionElboResult | undefined")]
    pub fn result(&self) -> JsResult<JsValue> {
        self.0.result().map_or(Ok(JsValue::UNDEFINED), |result| to_js(&result))
    }
}
