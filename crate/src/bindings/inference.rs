use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::*;

use super::convert::{self, JsResult, count, from_js, to_js};
use crate::canvas::PlanePainter;
use crate::engine::{self, Component, Density};
use crate::math::inference::logistic_regression::Observation;
use crate::wire::InferencePlane;

/// Classical variational inference in the plane: a q of a simple family is fitted to a target
/// p(z) = p̃(z) / Z by ascending the ELBO.
#[wasm_bindgen]
pub struct VariationalInference {
    fit: engine::VariationalInference,
    painter: PlanePainter,
}

#[wasm_bindgen]
impl VariationalInference {
    /// A fit that has made no iteration. Throws a ValueError for options out of range, or foreign
    /// to target or family.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "InferenceTarget")] target: JsValue,
        #[wasm_bindgen(unchecked_param_type = "InferenceFamily")] family: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "InferenceOptions")] options: JsValue,
    ) -> JsResult<Self> {
        let target = from_js(target, "target")?;
        let family = from_js(family, "family")?;
        let fit = engine::VariationalInference::new(target, family, &convert::seeded(options)?)?;
        Ok(Self { fit, painter: PlanePainter::default() })
    }

    /// Makes n iterations (at most 1000000): draws, a gradient estimate, a step uphill. A fit that
    /// diverges stops; its state says so.
    pub fn step(&mut self, n: f64) -> JsResult<()> {
        Ok(self.fit.step(count(n, "n")?)?)
    }

    /// Back to the first q: the same iterations follow.
    pub fn reset(&mut self) {
        self.fit.reset();
    }

    /// Sets q by hand. It is the new start: iterations count from 0 again.
    #[wasm_bindgen(js_name = setQ)]
    pub fn set_q(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "InferenceComponent[]")] components: JsValue,
    ) -> JsResult<()> {
        let components: Vec<Component> = from_js(components, "components")?;
        Ok(self.fit.set_q(&components)?)
    }

    /// Sets the data of the logistic regression. The present q is the new start: iterations count
    /// from 0 again.
    #[wasm_bindgen(js_name = setData)]
    pub fn set_data(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "InferenceObservation[]")] data: JsValue,
    ) -> JsResult<()> {
        let data: Vec<Observation> = from_js(data, "data")?;
        self.fit.set_data(data)?;
        self.painter.invalidate();
        Ok(())
    }

    /// The data of the logistic regression; empty for other targets.
    #[wasm_bindgen(getter, unchecked_return_type = "InferenceObservation[]")]
    pub fn data(&self) -> JsResult<JsValue> {
        to_js(&self.fit.data())
    }

    /// Where the fit stands.
    #[wasm_bindgen(getter, unchecked_return_type = "InferenceState")]
    pub fn state(&self) -> JsResult<JsValue> {
        to_js(&self.fit.state())
    }

    /// The course so far.
    #[wasm_bindgen(getter, unchecked_return_type = "InferenceTrace")]
    pub fn trace(&self) -> JsResult<JsValue> {
        to_js(&self.fit.trace())
    }

    /// The q of the family that minimizes KL(p || q): by the moments of p, or by expectation
    /// maximization for a mixture.
    #[wasm_bindgen(getter, unchecked_return_type = "InferenceForwardFit")]
    pub fn forward(&self) -> JsResult<JsValue> {
        to_js(&self.fit.forward())
    }

    /// The square of the plane that holds the target.
    #[wasm_bindgen(getter, unchecked_return_type = "InferenceWindow")]
    pub fn window(&self) -> JsResult<JsValue> {
        to_js(&self.fit.window())
    }

    /// The draws that the next step follows: five numbers each, the component, z_1 and z_2, and
    /// the contribution of the draw to the gradient by the mean of its component.
    pub fn draws(&self) -> Float64Array {
        let numbers = self.fit.draws().iter().flat_map(|draw| {
            let ([z1, z2], [by_1, by_2]) = (draw.z, draw.mean_gradient);
            [draw.component as f64, z1, z2, by_1, by_2]
        });
        Float64Array::from(&*numbers.collect::<Vec<_>>())
    }

    /// Normalized log densities in nats over the window, both edges included, row by row from the
    /// top left.
    #[wasm_bindgen(js_name = logDensity)]
    pub fn log_density(
        &self,
        #[wasm_bindgen(unchecked_param_type = "InferenceDensity")] of: JsValue,
        columns: usize,
        rows: usize,
    ) -> JsResult<Float64Array> {
        let of: Density = from_js(of, "of")?;
        Ok(Float64Array::from(&*self.fit.grid(of, columns, rows)?.values))
    }

    /// The lines around the densest region with the given share of the mass in the window (above 0,
    /// below 1), each as coordinates z_1, z_2, z_1, z_2 …, on a grid of `points` by `points`.
    #[wasm_bindgen(unchecked_return_type = "Float64Array[]")]
    pub fn contours(
        &self,
        #[wasm_bindgen(unchecked_param_type = "InferenceDensity")] of: JsValue,
        share: f64,
        points: usize,
    ) -> JsResult<Array> {
        let of: Density = from_js(of, "of")?;
        let lines = self.fit.contours(of, share, points)?;
        Ok(lines
            .iter()
            .map(|line| JsValue::from(Float64Array::from(line.as_flattened())))
            .collect())
    }

    /// Paints target, q and draws on a square canvas and sizes it to them.
    pub fn paint(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "OffscreenCanvas | HTMLCanvasElement")]
        canvas: JsValue,
        #[wasm_bindgen(unchecked_param_type = "InferencePlane")] plane: JsValue,
    ) -> JsResult<()> {
        let options: InferencePlane = convert::fields(plane, "plane")?;
        Ok(self.painter.paint(&canvas, &self.fit, &options)?)
    }
}
