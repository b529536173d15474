//! The plane of a diffusion: p_t as colour and contours, particles, a vector field, the path of one
//! particle, and what the bound compares.

use std::f64::consts::TAU;

use wasm_bindgen::{Clamped, JsValue};
use web_sys::ImageData;

use super::pen::{Key, Pen, SHARES, check_size, colour_map, parse_colour, shade};
use super::{refused, surface};
use crate::engine::{PlaneDiffusion, PlaneField, PlaneKernel};
use crate::error::Result;
use crate::math::inference::Point;
use crate::math::inference::contour::Grid;
use crate::wire::DiffusionPlane;

/// Points of the density's grid along each side.
const POINTS: usize = 121;
/// Arrows along each side.
const ARROWS: usize = 19;
/// Radius and opacity of a particle, in CSS pixels.
const PARTICLE: (f64, f32) = (1.6, 0.6);

/// Paints planes, and keeps the density of the last timestep.
#[derive(Default)]
pub(crate) struct DiffusionPainter {
    density: Option<(usize, Grid, Vec<Vec<Point>>)>,
    colours: Vec<(Key, Vec<u8>)>,
}

impl DiffusionPainter {
    /// Paints a plane of `diffusion` and sizes the canvas to it.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a size, a colour, a timestep, a particle
    /// or a point that cannot be, [`ErrorKind::Canvas`](crate::ErrorKind::Canvas) if `canvas` is
    /// not a canvas or has no 2-D context.
    pub(crate) fn paint(
        &mut self,
        canvas: &JsValue,
        diffusion: &PlaneDiffusion,
        options: &DiffusionPlane,
    ) -> Result<()> {
        let DiffusionPlane { size, pixel_ratio, t, .. } = *options;
        check_size(size, pixel_ratio)?;
        let accent = parse_colour(&options.accent)?;
        parse_colour(&options.ink)?;
        let key = (size, parse_colour(&options.background)?, parse_colour(&options.density)?);
        self.prepare(diffusion, t)?;
        let Some((_, grid, contours)) = &self.density else { return Ok(()) };
        if !self.colours.iter().any(|(of, _)| *of == key) {
            // the planes of one page have two sizes
            self.colours.truncate(1);
            self.colours.insert(0, (key, colour_map(grid, key)));
        }
        let known = self.colours.iter().find(|(of, _)| *of == key);
        let mut rgba = known.map(|(_, rgba)| rgba.clone()).unwrap_or_default();
        let context = surface(canvas, size, size)?;
        let window = PlaneDiffusion::WINDOW;
        let pen = Pen { context, window, size: f64::from(size), unit: pixel_ratio };
        if let Some(of) = options.particles
            && let Ok(particles) = diffusion.particles(of, t)
        {
            let (radius, alpha) = PARTICLE;
            for x in particles {
                let at = pen.pixel(x.map(f64::from));
                disc(&mut rgba, size, at, radius * pixel_ratio, accent, alpha);
            }
        }
        let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), size, size)
            .map_err(|e| refused(&e))?;
        pen.context.put_image_data(&data, 0.0, 0.0).map_err(|e| refused(&e))?;
        pen.lines(contours, &options.density, 1.0, 0.55);
        if let (Some(field), true) = (options.field, t > 0) {
            pen.field(&diffusion.field(field, t, ARROWS)?, field, &options.ink);
        }
        if let (Some(particle), Some(of)) = (options.path, options.particles)
            && diffusion.particles(of, t).is_ok()
        {
            let path = diffusion.path(of, particle, t)?;
            pen.path(&path.x, &path.x0, options)?;
        }
        if let (Some(point), true) = (options.point, t > 1) {
            let kernels = diffusion.kernels(point, t)?;
            pen.lines(&[vec![point, kernels.x_t]], &options.ink, 1.0, 0.5);
            pen.lines(&ellipses(&kernels.data), &options.density, 1.25, 0.9);
            pen.lines(&ellipses(&kernels.posterior), &options.ink, 1.75, 0.9);
            pen.lines(&ellipses(&kernels.model), &options.accent, 2.0, 1.0);
            pen.dot(kernels.x_t, 3.5, &options.ink)?;
            pen.ring(kernels.predicted_x0, 4.0, &options.accent)?;
        }
        Ok(())
    }

    fn prepare(&mut self, diffusion: &PlaneDiffusion, t: usize) -> Result<()> {
        if self.density.as_ref().is_some_and(|(of, ..)| *of == t) {
            return Ok(());
        }
        let mut grid = diffusion.density(t, POINTS)?;
        let contours =
            grid.levels(&SHARES).into_iter().flat_map(|level| grid.contours(level)).collect();
        shade(&mut grid);
        self.density = Some((t, grid, contours));
        self.colours.clear();
        Ok(())
    }
}

/// One and two standard deviations around a mean.
fn ellipses(kernel: &PlaneKernel) -> [Vec<Point>; 2] {
    const CORNERS: usize = 48;
    let PlaneKernel { mean, std, correlation } = *kernel;
    let free = (1.0 - correlation * correlation).sqrt();
    [1.0, 2.0].map(|scale| {
        let at = |i: usize| {
            let (sin, cos) = libm::sincos(TAU * i as f64 / CORNERS as f64);
            let across = correlation * cos + free * sin;
            [mean[0] + scale * std[0] * cos, mean[1] + scale * std[1] * across]
        };
        (0..=CORNERS).map(at).collect()
    })
}

/// Blends a disc with a soft edge into an image.
fn disc(rgba: &mut [u8], size: u32, [x, y]: Point, radius: f64, colour: [u8; 3], alpha: f32) {
    let reach = |middle: f64| {
        let ends = [middle - radius - 1.0, middle + radius + 1.0];
        let [from, to] = ends.map(|end| end.clamp(0.0, f64::from(size)) as u32);
        from..to
    };
    for row in reach(y) {
        for column in reach(x) {
            let distance = (f64::from(column) + 0.5 - x).hypot(f64::from(row) + 0.5 - y);
            let share = alpha * (radius + 0.5 - distance).clamp(0.0, 1.0) as f32;
            let at = 4 * (row * size + column) as usize;
            for (channel, colour) in rgba[at..at + 3].iter_mut().zip(colour) {
                let blend = f32::from(*channel) * (1.0 - share) + f32::from(colour) * share;
                *channel = (blend + 0.5) as u8;
            }
        }
    }
}

impl Pen {
    fn field(&self, arrows: &[[Point; 2]], of: PlaneField, colour: &str) {
        self.context.set_stroke_style_str(colour.trim());
        self.context.set_line_width(1.1 * self.unit);
        self.context.set_line_cap("round");
        self.context.set_global_alpha(0.45);
        let half_at = match of {
            PlaneField::Score => 3.0,
            PlaneField::CleanPoint => 1.5,
        };
        let longest = 1.3 * self.size / self.unit / ARROWS as f64;
        for [from, along] in arrows {
            self.arrow(*from, *along, longest, half_at);
        }
        self.context.set_global_alpha(1.0);
    }

    /// The path of a particle, the path of its x̂_0, and both as they are now.
    fn path(&self, x: &[Point], x0: &[Point], options: &DiffusionPlane) -> Result<()> {
        let (Some(&now), Some(&predicted)) = (x.last(), x0.last()) else { return Ok(()) };
        self.lines(&[x0.to_vec()], &options.accent, 1.25, 0.7);
        self.lines(&[x.to_vec()], &options.ink, 1.25, 0.9);
        self.lines(&[vec![now, predicted]], &options.accent, 1.0, 0.8);
        self.dot(now, 4.0, &options.ink)?;
        self.ring(predicted, 4.5, &options.accent)
    }

    fn dot(&self, z: Point, radius: f64, colour: &str) -> Result<()> {
        let [x, y] = self.pixel(z);
        self.context.set_fill_style_str(colour.trim());
        self.context.begin_path();
        self.context.arc(x, y, radius * self.unit, 0.0, TAU).map_err(|e| refused(&e))?;
        self.context.fill();
        Ok(())
    }

    fn ring(&self, z: Point, radius: f64, colour: &str) -> Result<()> {
        let [x, y] = self.pixel(z);
        self.context.set_stroke_style_str(colour.trim());
        self.context.set_line_width(2.0 * self.unit);
        self.context.begin_path();
        self.context.arc(x, y, radius * self.unit, 0.0, TAU).map_err(|e| refused(&e))?;
        self.context.stroke();
        Ok(())
    }
}
