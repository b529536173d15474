//! The plane of variational inference: the target as colour and contours, q as contours, its draws
//! with their pull.

use serde::Deserialize;
use wasm_bindgen::{Clamped, JsValue};
use web_sys::{ImageData, OffscreenCanvasRenderingContext2d};

use super::{refused, surface};
use crate::engine::{Density, VariationalInference};
use crate::error::{Error, Result};
use crate::math::inference::Point;
use crate::math::inference::contour::Grid;

/// Shares of the mass that the contours enclose.
const SHARES: [f64; 3] = [0.5, 0.8, 0.95];
/// Points of the grids along each side: fine enough for smooth lines, coarse enough for every
/// frame.
const TARGET_POINTS: usize = 181;
const Q_POINTS: usize = 121;

/// How the plane is painted.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaneOptions {
    /// Pixels along each side of the canvas.
    pub size: u32,
    /// Pixels per CSS pixel: lines and dots are as many times thicker.
    #[serde(default = "one")]
    pub pixel_ratio: f64,
    /// Which q is drawn.
    pub q: Density,
    /// Whether the draws of the next step are drawn.
    #[serde(default)]
    pub draws: bool,
    /// `#rrggbb` where there is no density.
    pub background: String,
    /// `#rrggbb` of the target where it is densest.
    pub target: String,
    /// `#rrggbb` of q.
    pub accent: String,
    /// `#rrggbb` of the draws.
    pub ink: String,
}

fn one() -> f64 {
    1.0
}

/// Paints planes, and keeps what does not change from one frame to the next.
#[derive(Default)]
pub struct PlanePainter {
    target: Option<Target>,
    colours: Option<(Key, Vec<u8>)>,
}

type Key = (u32, [u8; 3], [u8; 3]);

/// The target's densities in proportion to the largest, and its contours.
struct Target {
    grid: Grid,
    contours: Vec<Vec<Point>>,
}

impl PlanePainter {
    /// Forgets the target: to be called when it has changed.
    pub fn invalidate(&mut self) {
        *self = Self::default();
    }

    /// Paints the plane of `fit` and sizes the canvas to it.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a size or a colour that cannot be,
    /// [`ErrorKind::Canvas`](crate::ErrorKind::Canvas) if `canvas` is no canvas or gives no 2-D
    /// context.
    pub fn paint(
        &mut self,
        canvas: &JsValue,
        fit: &VariationalInference,
        options: &PlaneOptions,
    ) -> Result<()> {
        let PlaneOptions { size, pixel_ratio, .. } = *options;
        if !(16..=4096).contains(&size) {
            return Err(Error::value(format!("size is {size}, it must be 16 to 4096 pixels")));
        }
        if !(0.1..=10.0).contains(&pixel_ratio) {
            return Err(Error::value(format!("pixelRatio is {pixel_ratio}, it must be 0.1 to 10")));
        }
        for colour in [&options.accent, &options.ink] {
            parse_colour(colour)?;
        }
        let key = (size, parse_colour(&options.background)?, parse_colour(&options.target)?);
        if self.target.is_none() {
            let mut grid = fit.grid(Density::Target, TARGET_POINTS, TARGET_POINTS)?;
            let contours =
                grid.levels(&SHARES).into_iter().flat_map(|level| grid.contours(level)).collect();
            let largest = grid.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for value in &mut grid.values {
                *value = libm::exp(*value - largest);
            }
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
        let pen = Pen { context, fit, size: f64::from(size), unit: pixel_ratio };
        pen.lines(&target.contours, &options.target, 1.0, 0.55);
        let q = fit.grid(options.q, Q_POINTS, Q_POINTS)?;
        for (level, (width, alpha)) in
            q.levels(&SHARES).into_iter().zip([(2.5, 1.0), (1.75, 0.8), (1.25, 0.6)])
        {
            pen.lines(&q.contours(level), &options.accent, width, alpha);
        }
        if options.draws {
            pen.draws(&options.ink)?;
        }
        Ok(())
    }
}

/// The density as a blend of two colours, interpolated between the points of its grid.
fn colour_map(grid: &Grid, (size, background, full): Key) -> Vec<u8> {
    let scale = |i: u32| (f64::from(i) + 0.5) / f64::from(size) * (grid.columns - 1) as f64;
    let mut rgba = Vec::with_capacity((size * size * 4) as usize);
    for y in 0..size {
        let (row, down) = split(scale(y), grid.rows);
        for x in 0..size {
            let (column, right) = split(scale(x), grid.columns);
            let at = row * grid.columns + column;
            let above = lerp(grid.values[at], grid.values[at + 1], right);
            let below =
                lerp(grid.values[at + grid.columns], grid.values[at + grid.columns + 1], right);
            // Less than proportional, or all but the peaks would look empty.
            let share = 0.8 * libm::pow(lerp(above, below, down), 0.6);
            rgba.extend(
                (0..3).map(|i| lerp(f64::from(background[i]), f64::from(full[i]), share) as u8),
            );
            rgba.push(255);
        }
    }
    rgba
}

/// The cell of a coordinate, and where in it.
fn split(position: f64, points: usize) -> (usize, f64) {
    let cell = (position as usize).min(points - 2);
    (cell, position - cell as f64)
}

fn lerp(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

fn parse_colour(text: &str) -> Result<[u8; 3]> {
    let digits =
        text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let [_, r, g, b] = value
        .ok_or_else(|| Error::value(format!("{text:?} is no colour, write it as #rrggbb")))?
        .to_be_bytes();
    Ok([r, g, b])
}

struct Pen<'a> {
    context: OffscreenCanvasRenderingContext2d,
    fit: &'a VariationalInference,
    size: f64,
    unit: f64,
}

impl Pen<'_> {
    fn pixel(&self, z: Point) -> Point {
        let window = self.fit.window();
        let share = |value: f64, [from, to]: [f64; 2]| (value - from) / (to - from);
        [self.size * share(z[0], window.x), self.size * (1.0 - share(z[1], window.y))]
    }

    fn lines(&self, lines: &[Vec<Point>], colour: &str, width: f64, alpha: f64) {
        self.context.set_stroke_style_str(colour.trim());
        self.context.set_line_width(width * self.unit);
        self.context.set_line_join("round");
        self.context.set_global_alpha(alpha);
        self.context.begin_path();
        for line in lines {
            for (i, &z) in line.iter().enumerate() {
                let [x, y] = self.pixel(z);
                if i == 0 { self.context.move_to(x, y) } else { self.context.line_to(x, y) }
            }
        }
        self.context.stroke();
        self.context.set_global_alpha(1.0);
    }

    /// Dots, and arrows whose length grows with the pull but stays below a limit.
    fn draws(&self, colour: &str) -> Result<()> {
        const LONGEST: f64 = 34.0;
        const HALF_LENGTH_AT: f64 = 2.0;
        let pen = &self.context;
        pen.set_fill_style_str(colour.trim());
        pen.set_stroke_style_str(colour.trim());
        pen.set_line_width(1.25 * self.unit);
        pen.set_line_cap("round");
        let draws = self.fit.draws();
        // Many arrows are one cloud.
        let arrow_alpha = (40.0 / draws.len() as f64).clamp(0.25, 0.75);
        for draw in draws {
            let [x, y] = self.pixel(draw.z);
            let pull = draw.pull[0].hypot(draw.pull[1]);
            pen.set_global_alpha(arrow_alpha);
            if pull > 0.0 {
                let length = LONGEST * self.unit * pull / (pull + HALF_LENGTH_AT);
                let (dx, dy) = (draw.pull[0] / pull, -draw.pull[1] / pull);
                let (tip_x, tip_y) = (x + length * dx, y + length * dy);
                let barb = (0.35 * length).min(5.0 * self.unit);
                pen.begin_path();
                pen.move_to(x, y);
                pen.line_to(tip_x, tip_y);
                pen.move_to(tip_x - barb * (dx - 0.6 * dy), tip_y - barb * (dy + 0.6 * dx));
                pen.line_to(tip_x, tip_y);
                pen.line_to(tip_x - barb * (dx + 0.6 * dy), tip_y - barb * (dy - 0.6 * dx));
                pen.stroke();
            }
            pen.set_global_alpha(1.0);
            pen.begin_path();
            pen.arc(x, y, 2.2 * self.unit, 0.0, std::f64::consts::TAU).map_err(|e| refused(&e))?;
            pen.fill();
        }
        Ok(())
    }
}
