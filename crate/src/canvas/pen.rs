//! What the planes have in common: a density as colour, lines and arrows over it.

use web_sys::OffscreenCanvasRenderingContext2d;

use crate::error::{Error, Result};
use crate::math::inference::Point;
use crate::math::inference::contour::{Grid, Viewport};

/// Shares of the mass that contours enclose.
pub(super) const SHARES: [f64; 3] = [0.5, 0.8, 0.95];

/// Size of a picture in pixels, its colour where there is no density, and that of the largest.
pub(super) type Key = (u32, [u8; 3], [u8; 3]);

pub(super) fn check_size(size: u32, pixel_ratio: f64) -> Result<()> {
    if !(16..=4096).contains(&size) {
        return Err(Error::value("size", size, "16 to 4096 pixels"));
    }
    if !(0.1..=10.0).contains(&pixel_ratio) {
        return Err(Error::value("pixelRatio", pixel_ratio, "0.1 to 10"));
    }
    Ok(())
}

/// Log densities to shares of the full colour. Less than proportional, or all but the peaks would
/// look empty.
pub(super) fn shade(grid: &mut Grid) {
    let largest = grid.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for value in &mut grid.values {
        *value = 0.8 * libm::exp(0.6 * (*value - largest));
    }
}

/// Shades as a blend of two colours, interpolated between the points of their grid.
pub(super) fn colour_map(grid: &Grid, (size, background, full): Key) -> Vec<u8> {
    const SHADES: usize = 1024;
    let blend = |i: usize| {
        let share = i as f64 / (SHADES - 1) as f64;
        let channel = |c: usize| lerp(f64::from(background[c]), f64::from(full[c]), share) as u8;
        [channel(0), channel(1), channel(2), 255]
    };
    let blends: Vec<[u8; 4]> = (0..SHADES).map(blend).collect();
    let places = |points: usize| -> Vec<(usize, f32)> {
        let scale = (points - 1) as f64 / f64::from(size);
        let split = |i| {
            let position = (f64::from(i) + 0.5) * scale;
            let cell = (position as usize).min(points - 2);
            (cell, (position - cell as f64) as f32)
        };
        (0..size).map(split).collect()
    };
    let columns = places(grid.columns);
    let mut rgba = Vec::with_capacity((size * size * 4) as usize);
    for (row, down) in places(grid.rows) {
        let [above, below] =
            [row, row + 1].map(|row| &grid.values[row * grid.columns..(row + 1) * grid.columns]);
        let levels = above.iter().zip(below).map(|(&above, &below)| {
            lerp(above, below, f64::from(down)) as f32 * (SHADES - 1) as f32
        });
        let levels: Vec<f32> = levels.collect();
        for &(column, right) in &columns {
            let level = levels[column] + (levels[column + 1] - levels[column]) * right;
            rgba.extend_from_slice(&blends[(level as usize).min(SHADES - 1)]);
        }
    }
    rgba
}

fn lerp(a: f64, b: f64, share: f64) -> f64 {
    a + (b - a) * share
}

pub(super) fn parse_colour(text: &str) -> Result<[u8; 3]> {
    let digits =
        text.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let [_, r, g, b] = value
        .ok_or_else(|| Error::value("a colour", format_args!("{text:?}"), "written #rrggbb"))?
        .to_be_bytes();
    Ok([r, g, b])
}

/// Draws in the coordinates of a window.
pub(super) struct Pen {
    pub context: OffscreenCanvasRenderingContext2d,
    pub window: Viewport,
    /// Pixels along each side.
    pub size: f64,
    /// Pixels per CSS pixel.
    pub unit: f64,
}

impl Pen {
    pub(super) fn pixel(&self, z: Point) -> Point {
        let share = |value: f64, [from, to]: [f64; 2]| (value - from) / (to - from);
        [self.size * share(z[0], self.window.x), self.size * (1.0 - share(z[1], self.window.y))]
    }

    pub(super) fn lines(&self, lines: &[Vec<Point>], colour: &str, width: f64, alpha: f64) {
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

    /// Strokes an arrow whose length grows with that of the vector, to half of `longest` at
    /// `half_at`.
    pub(super) fn arrow(&self, from: Point, along: Point, longest: f64, half_at: f64) {
        let size = along[0].hypot(along[1]);
        if size.is_nan() || size <= 0.0 {
            return;
        }
        let pen = &self.context;
        let [x, y] = self.pixel(from);
        let length = longest * self.unit * size / (size + half_at);
        let (dx, dy) = (along[0] / size, -along[1] / size);
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
}
