//! The plane of variational inference: the target as colour and contours, q as contours, its draws
//! with their gradients.

use wasm_bindgen::{Clamped, JsValue};
use web_sys::ImageData;

use super::pen::{Key, Pen, SHARES, check_size, colour_map, parse_colour, shade};
use super::{refused, surface};
use crate::engine::{Density, VariationalInference};
use crate::error::Result;
use crate::math::inference::Point;
use crate::math::inference::contour::Grid;
use crate::math::inference::gradient::GradientSample;
use crate::wire::InferencePlane;

/// Points of the grids along each side: fine enough for smooth lines, coarse enough for every
/// frame.
const TARGET_POINTS: usize = 181;
const Q_POINTS: usize = 121;

/// Paints planes, and keeps what does not change from one frame to the next.
#[derive(Default)]
pub(crate) struct PlanePainter {
    target: Option<Target>,
    colours: Option<(Key, Vec<u8>)>,
}

/// The target's shades and contours.
struct Target {
    grid: Grid,
    contours: Vec<Vec<Point>>,
}

impl PlanePainter {
    /// Forgets the target: to be called when it has changed.
    pub(crate) fn invalidate(&mut self) {
        *self = Self::default();
    }

    /// Paints the plane of `fit` and sizes the canvas to it.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a size or a colour that cannot be,
    /// [`ErrorKind::Canvas`](crate::ErrorKind::Canvas) if `canvas` is not a canvas or gives no 2-D
    /// context.
    pub(crate) fn paint(
        &mut self,
        canvas: &JsValue,
        fit: &VariationalInference,
        options: &InferencePlane,
    ) -> Result<()> {
        let InferencePlane { size, pixel_ratio, .. } = *options;
        check_size(size, pixel_ratio)?;
        for colour in [&options.accent, &options.ink] {
            parse_colour(colour)?;
        }
        let key = (size, parse_colour(&options.background)?, parse_colour(&options.target)?);
        if self.target.is_none() {
            let mut grid = fit.grid(Density::Target, TARGET_POINTS, TARGET_POINTS)?;
            let contours =
                grid.levels(&SHARES).into_iter().flat_map(|level| grid.contours(level)).collect();
            shade(&mut grid);
            self.target = Some(Target { grid, contours });
            self.colours = None;
        }
        let Some(target) = &self.target else { return Ok(()) };
        if self.colours.as_ref().is_none_or(|(of, _)| *of != key) {
            self.colours = Some((key, colour_map(&target.grid, key)));
        }
        let Some((_, rgba)) = &self.colours else { return Ok(()) };
        let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), size, size)
            .map_err(|e| refused(&e))?;

        let context = surface(canvas, size, size)?;
        context.put_image_data(&data, 0.0, 0.0).map_err(|e| refused(&e))?;
        let pen = Pen { context, window: fit.window(), size: f64::from(size), unit: pixel_ratio };
        pen.lines(&target.contours, &options.target, 1.0, 0.55);
        let q = fit.grid(options.q, Q_POINTS, Q_POINTS)?;
        for (level, (width, alpha)) in
            q.levels(&SHARES).into_iter().zip([(2.5, 1.0), (1.75, 0.8), (1.25, 0.6)])
        {
            pen.lines(&q.contours(level), &options.accent, width, alpha);
        }
        if options.draws {
            pen.draws(fit.draws(), &options.ink)?;
        }
        Ok(())
    }
}

impl Pen {
    /// Dots, and arrows whose length grows with the gradient but stays below a limit.
    fn draws(&self, draws: &[GradientSample], colour: &str) -> Result<()> {
        let pen = &self.context;
        pen.set_fill_style_str(colour.trim());
        pen.set_stroke_style_str(colour.trim());
        pen.set_line_width(1.25 * self.unit);
        pen.set_line_cap("round");
        // Many arrows are one cloud.
        let arrow_alpha = (40.0 / draws.len() as f64).clamp(0.25, 0.75);
        for draw in draws {
            let [x, y] = self.pixel(draw.z);
            pen.set_global_alpha(arrow_alpha);
            self.arrow(draw.z, draw.mean_gradient, 34.0, 2.0);
            pen.set_global_alpha(1.0);
            pen.begin_path();
            pen.arc(x, y, 2.2 * self.unit, 0.0, std::f64::consts::TAU).map_err(|e| refused(&e))?;
            pen.fill();
        }
        Ok(())
    }
}
