use js_sys::{Array, Float64Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::convert::{self, JsResult, count, doubles, file, from_js, levels, to_js};
use super::estimator::{ClassPosterior, DiffusionElbo};
use crate::canvas;
use crate::engine;
use crate::error::Error;
use crate::math::schedule::ScheduleKind;

/// A class-conditional denoising diffusion model.
#[wasm_bindgen]
pub struct Ddpm(engine::Ddpm);

#[wasm_bindgen]
impl Ddpm {
    /// Loads the model of a manifest entry from its files, `{network}`. Throws as Vae.load does.
    pub fn load(
        #[wasm_bindgen(unchecked_param_type = "DdpmEntry")] entry: JsValue,
        #[wasm_bindgen(unchecked_param_type = "DdpmFiles")] files: JsValue,
    ) -> JsResult<Self> {
        let entry = convert::entry(entry)?;
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

    /// Channels of an image, 1 or 3.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> usize {
        self.0.image().channels
    }

    /// The schedules that the network knows the noise levels of, that of its training first.
    #[wasm_bindgen(getter, unchecked_return_type = "ScheduleKind[]")]
    pub fn schedules(&self) -> JsResult<JsValue> {
        to_js(&self.0.schedules())
    }

    /// Steps of the chain that the network was trained on; undefined if it knows every noise level.
    #[wasm_bindgen(getter, js_name = trainedSteps)]
    pub fn trained_steps(&self) -> Option<usize> {
        self.0.trained_steps()
    }

    /// What the model takes the clean image and the noise in `xT` to be: one run of the network.
    /// `xT` has one value per pixel, in units where clean images lie in [-1, 1]. Throws a
    /// ShapeError or a ValueError for what the model cannot take.
    #[wasm_bindgen(unchecked_return_type = "NoisePrediction")]
    pub fn predict(
        &self,
        #[wasm_bindgen(js_name = xT, unchecked_param_type = "Float64Array")] x_t: JsValue,
        #[wasm_bindgen(js_name = logSnr)] log_snr: f64,
        class: Option<usize>,
    ) -> JsResult<Object> {
        let prediction = self.0.predict(&doubles(&x_t, "xT")?, log_snr, class)?;
        let object = Object::new();
        for (name, values) in [("x0", prediction.x0), ("epsilon", prediction.epsilon)] {
            Reflect::set(&object, &name.into(), &Float64Array::from(&*values.to_vec()))?;
        }
        Ok(object)
    }

    /// Starts one or more reverse chains. Throws a ValueError for options out of range.
    pub fn sampler(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "SamplerOptions")] options: JsValue,
    ) -> JsResult<Sampler> {
        Ok(Sampler::of(self.0.sampler(&convert::seeded(options)?)?))
    }

    /// Noises an image of 8-bit levels to timestep `t`, 1 to the steps of the chain, and starts
    /// reverse chains from there, each from a draw of x_t of its own; that of the first is the one
    /// of diffuse() with the same seed. Throws a ValueError for `t` or options out of range, a
    /// ShapeError for an image of another size.
    pub fn denoise(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        t: f64,
        #[wasm_bindgen(unchecked_optional_param_type = "SamplerOptions")] options: JsValue,
    ) -> JsResult<Sampler> {
        let t = count(t, "t")? as usize;
        Ok(Sampler::of(self.0.denoise(&levels(&image)?, t, &convert::seeded(options)?)?))
    }

    /// Starts the evidence lower bound of one image of 8-bit levels.
    pub fn elbo(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "DiffusionElboOptions")] options: JsValue,
    ) -> JsResult<DiffusionElbo> {
        Ok(DiffusionElbo(self.0.elbo(&levels(&image)?, &convert::seeded(options)?)?))
    }

    /// Starts the posterior over classes of one image of 8-bit levels.
    pub fn classify(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "ClassPosteriorOptions")] options: JsValue,
    ) -> JsResult<ClassPosterior> {
        Ok(ClassPosterior(self.0.classify(&levels(&image)?, &convert::seeded(options)?)?))
    }

    /// An image of 8-bit levels noised to x_t with the noise that elbo() has for this seed in pass
    /// 0, the clean image that the model predicts from it, and this draw's term of the bound.
    /// Throws a ValueError without `t` or for options out of range.
    #[wasm_bindgen(unchecked_return_type = "Diffused")]
    pub fn diffuse(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
        #[wasm_bindgen(unchecked_param_type = "DiffuseOptions")] options: JsValue,
    ) -> JsResult<JsValue> {
        to_js(&self.0.diffuse(&levels(&image)?, &convert::seeded(options)?)?)
    }

    /// The schedule of a chain of `steps` steps, as columns.
    #[wasm_bindgen(unchecked_return_type = "ScheduleTable")]
    pub fn schedule(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ScheduleKind")] kind: JsValue,
        steps: usize,
    ) -> JsResult<JsValue> {
        let kind: ScheduleKind = from_js(kind, "schedule")?;
        to_js(&self.0.schedule_table(kind, steps)?)
    }
}

/// Reverse chains and all their frames.
#[wasm_bindgen]
pub struct Sampler(engine::ChainGrid);

impl Sampler {
    fn of(sampler: engine::Sampler) -> Self {
        Self(engine::ChainGrid::new(sampler))
    }
}

#[wasm_bindgen]
impl Sampler {
    /// The seed that was used.
    #[wasm_bindgen(getter)]
    pub fn seed(&self) -> f64 {
        self.0.sampler().seed() as f64
    }

    /// Number of chains that are computed here.
    #[wasm_bindgen(getter)]
    pub fn chains(&self) -> usize {
        self.0.sampler().chains()
    }

    /// The timestep that the chains start at: their number of steps, or the `t` of denoise().
    #[wasm_bindgen(getter)]
    pub fn start(&self) -> usize {
        self.0.sampler().start()
    }

    /// Number of frames when the chain is complete: its steps and the sample.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.0.sampler().length()
    }

    /// Number of frames so far, with shares that of the frames that all of them have.
    #[wasm_bindgen(getter)]
    pub fn available(&self) -> usize {
        self.0.available()
    }

    /// Whether the chains here have reached t = 0.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.0.sampler().is_done()
    }

    /// Goes one step down every chain that is computed here and returns their newest frame. The
    /// last step appends two frames: the one it started from and the sample.
    #[wasm_bindgen(unchecked_return_type = "Frame")]
    pub fn step(&mut self) -> JsResult<JsValue> {
        to_js(self.0.sampler_mut().step()?)
    }

    /// A stored frame; never runs the network. Throws a ValueError if it has not been computed yet.
    #[wasm_bindgen(unchecked_return_type = "Frame")]
    pub fn frame(&self, index: usize) -> JsResult<JsValue> {
        to_js(&*self.0.frame(index)?)
    }

    /// Paints the images of a stored frame on a canvas, `columns` in a row (one row if absent), and
    /// sizes the canvas to them. Throws as frame does.
    pub fn paint(
        &self,
        #[wasm_bindgen(unchecked_param_type = "OffscreenCanvas | HTMLCanvasElement")]
        canvas: JsValue,
        index: usize,
        #[wasm_bindgen(unchecked_param_type = "\"x\" | \"predictedX0\"")] what: &str,
        columns: Option<usize>,
    ) -> JsResult<()> {
        let frame = self.0.frame(index)?;
        let levels = match what {
            "x" => &frame.x,
            "predictedX0" => &frame.predicted_x0,
            _ => {
                let expected = "\"x\" or \"predictedX0\"";
                return Err(Error::value("what", format_args!("{what:?}"), expected).into());
            }
        };
        Ok(canvas::paint_images(&canvas, levels, self.0.sampler().image(), columns)?)
    }

    /// Appends further chains, computed by that many other instances, to those here: from now
    /// on a frame has all of them, and is there when each share has been collected so far.
    #[wasm_bindgen(js_name = expectShares)]
    pub fn expect_shares(&mut self, shares: usize) {
        self.0.expect_shares(shares);
    }

    /// Takes the next frames of a share, counted from 0, and returns how many of it there are.
    /// Throws a ValueError for a share that there is not, a ShapeError for frames that are not of
    /// whole images.
    pub fn collect(
        &mut self,
        share: usize,
        #[wasm_bindgen(unchecked_param_type = "SharedFrame[]")] frames: JsValue,
    ) -> JsResult<usize> {
        Ok(self.0.collect(share, from_js(frames, "frames")?)?)
    }
}
