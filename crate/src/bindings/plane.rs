use js_sys::{Float32Array, Float64Array};
use wasm_bindgen::prelude::*;

use super::convert::{self, JsResult, count, from_js, to_js};
use crate::canvas::DiffusionPainter;
use crate::engine::{self, PlaneField, PlaneParticles};
use crate::wire::DiffusionPlane;

/// Diffusion in the plane, where log p(x) is known: the data are a mixture of Gaussians, so that
/// log p_t, the score and the best x̂_0 are closed forms at every noise level. Noise is addressed
/// by the seed: the same options give the same particles and numbers, bit for bit.
#[wasm_bindgen]
pub struct PlaneDiffusion {
    diffusion: engine::PlaneDiffusion,
    painter: DiffusionPainter,
}

#[wasm_bindgen]
impl PlaneDiffusion {
    /// Particles at both ends of the chain, no step made. Throws a ValueError for options out of
    /// range.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "PlaneDiffusionOptions")] options: JsValue,
    ) -> JsResult<Self> {
        let diffusion = engine::PlaneDiffusion::new(&convert::seeded(options)?)?;
        Ok(Self { diffusion, painter: DiffusionPainter::default() })
    }

    /// Puts a network, as far as it is trained, in the place of the model, and all samplers back to
    /// T.
    #[wasm_bindgen(js_name = useNetwork)]
    pub fn use_network(&mut self, network: &PlaneNetwork) {
        self.diffusion.use_network(&network.network);
    }

    /// The seed that was used.
    #[wasm_bindgen(getter)]
    pub fn seed(&self) -> f64 {
        self.diffusion.seed() as f64
    }

    /// λ_1, ..., λ_T: log SNR of every timestep.
    #[wasm_bindgen(getter, js_name = logSnr)]
    pub fn log_snr(&self) -> Float64Array {
        let schedule = self.diffusion.schedule();
        let table: Vec<f64> = (1..=schedule.steps()).map(|t| schedule.log_snr(t)).collect();
        Float64Array::from(&*table)
    }

    /// The smallest timestep that the samplers have reached: T at first, 0 when they have ended.
    #[wasm_bindgen(getter)]
    pub fn reached(&self) -> usize {
        self.diffusion.reached()
    }

    /// Makes up to n steps of all three samplers, which begin at the same noise: ancestral
    /// sampling, DDIM, and Heun's method for the probability-flow ODE.
    pub fn advance(&mut self, n: f64) -> JsResult<()> {
        self.diffusion.advance(usize::try_from(count(n, "n")?).unwrap_or(usize::MAX));
        Ok(())
    }

    /// Positions x, y of every particle at timestep t. Throws a ValueError for a timestep that is
    /// not there, or that the samplers have not reached.
    pub fn particles(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PlaneParticles")] of: JsValue,
        t: usize,
    ) -> JsResult<Float32Array> {
        let of: PlaneParticles = from_js(of, "of")?;
        Ok(Float32Array::from(self.diffusion.particles(of, t)?.as_flattened()))
    }

    /// The path of one particle from where it starts to timestep t, and the model's x̂_0 from each
    /// of its states.
    #[wasm_bindgen(unchecked_return_type = "PlanePath")]
    pub fn path(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PlaneParticles")] of: JsValue,
        particle: usize,
        t: usize,
    ) -> JsResult<JsValue> {
        let of: PlaneParticles = from_js(of, "of")?;
        to_js(&self.diffusion.path(of, particle, t)?)
    }

    /// log p_t of the noised data in nats on a grid of `points` by `points` over the square from
    /// -4.5 to 4.5, edges included, row by row from the top left; t is 0 to T.
    #[wasm_bindgen(js_name = logDensity)]
    pub fn log_density(&self, t: usize, points: usize) -> JsResult<Float64Array> {
        Ok(Float64Array::from(&*self.diffusion.density(t, points)?.values))
    }

    /// The field at `points` by `points` places: x, y and the two coordinates of the arrow, for
    /// each place in turn; t is 1 to T.
    pub fn field(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PlaneField")] of: JsValue,
        t: usize,
        points: usize,
    ) -> JsResult<Float64Array> {
        let of: PlaneField = from_js(of, "of")?;
        let arrows = self.diffusion.field(of, t, points)?;
        Ok(Float64Array::from(arrows.as_flattened().as_flattened()))
    }

    /// What the term t (2 to T) of the bound of (x, y) compares, at one x_t.
    #[wasm_bindgen(unchecked_return_type = "PlaneKernels")]
    pub fn kernels(&self, x: f64, y: f64, t: usize) -> JsResult<JsValue> {
        to_js(&self.diffusion.kernels([x, y], t)?)
    }

    /// The likelihoods and bounds of the point (x, y), to be computed step by step. It keeps the
    /// model that it was made with. Throws a ValueError for a coordinate beyond 20.
    pub fn point(&self, x: f64, y: f64) -> JsResult<PlanePoint> {
        Ok(PlanePoint { point: self.diffusion.point([x, y])? })
    }

    /// How well the model scores the data and how well it samples.
    #[wasm_bindgen(unchecked_return_type = "PlaneScores")]
    pub fn scores(&self) -> JsResult<JsValue> {
        to_js(&self.diffusion.scores())
    }

    /// Paints density, particles, field, path and kernels on a square canvas and sizes it to them.
    pub fn paint(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "OffscreenCanvas | HTMLCanvasElement")]
        canvas: JsValue,
        #[wasm_bindgen(unchecked_param_type = "DiffusionPlane")] plane: JsValue,
    ) -> JsResult<()> {
        let options: DiffusionPlane = convert::fields(plane, "plane")?;
        Ok(self.painter.paint(&canvas, &self.diffusion, &options)?)
    }
}

/// The likelihoods and bounds of one point, by quadrature and by draws.
#[wasm_bindgen]
pub struct PlanePoint {
    point: engine::PlanePoint,
}

#[wasm_bindgen]
impl PlanePoint {
    /// Does the next piece of work, some milliseconds at most: first the ODE's likelihood and the
    /// bound, then draws, errors over log SNR, and chains of other lengths.
    pub fn step(&mut self) {
        self.point.step();
    }

    /// Whether all is computed.
    #[wasm_bindgen(getter)]
    pub fn done(&self) -> bool {
        self.point.is_done()
    }

    /// What is computed so far.
    #[wasm_bindgen(getter, unchecked_return_type = "PlanePointResult")]
    pub fn result(&self) -> JsResult<JsValue> {
        to_js(self.point.result())
    }
}

/// A network of two hidden layers of 64 units that learns x̂_0 by denoising score matching.
#[wasm_bindgen]
pub struct PlaneNetwork {
    network: engine::PlaneNetwork,
}

#[wasm_bindgen]
impl PlaneNetwork {
    /// A network that has learnt nothing. Throws a ValueError for options out of range.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_optional_param_type = "PlaneNetworkOptions")] options: JsValue,
    ) -> JsResult<Self> {
        Ok(Self { network: engine::PlaneNetwork::new(&convert::seeded(options)?)? })
    }

    /// Makes n steps of Adam (at most 1000000), each on 32 examples.
    pub fn train(&mut self, n: f64) -> JsResult<()> {
        Ok(self.network.train(count(n, "n")?)?)
    }

    /// Steps made.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> f64 {
        self.network.steps() as f64
    }

    /// The seed that was used.
    #[wasm_bindgen(getter)]
    pub fn seed(&self) -> f64 {
        self.network.seed() as f64
    }

    /// The course so far.
    #[wasm_bindgen(getter, unchecked_return_type = "PlaneTrainingTrace")]
    pub fn trace(&self) -> JsResult<JsValue> {
        to_js(&self.network.trace())
    }

    /// The mean bound, in nats, of the exact score over the draws of the trace.
    #[wasm_bindgen(getter, js_name = exactElbo)]
    pub fn exact_elbo(&self) -> f64 {
        self.network.exact_elbo()
    }
}
