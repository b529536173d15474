//! Pictures that have the size of MNIST's digits: whether they are made as those are.

use super::ground::Sides;
use super::{components, ink, place};
use crate::error::{Error, Result};
use crate::image::drawing::{INK_BOX, SIDE, centred_levels};

/// What of an image of 28x28 levels is like MNIST's digits, and what is not.
///
/// Of 10,000 test images of MNIST each has a black ground and a level above 253, its centre of mass
/// within half a pixel of (14, 14), and all but 15 have ink that is 19 or 20 pixels long.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The most frequent level outside the ink.
    pub ground: u8,
    /// The greatest level.
    pub peak: u8,
    /// Whether there are two levels only.
    pub two_levels: bool,
    /// How far the ink's centre of mass lies to the right of and below pixel (14, 14).
    pub offset: [f64; 2],
    /// The longer side of the ink in pixels.
    pub longest: usize,
    /// The image made as MNIST's are; the same levels where it is like them already.
    pub centred: Vec<u8>,
}

/// Levels that pass for a black ground, and for white ink.
const BLACK: f64 = 8.0;
const WHITE: u8 = 200;
/// What the centre of mass may be away from the middle.
const OFF_CENTRE: f64 = 1.0;
/// Longer sides of ink that pass.
const LENGTHS: std::ops::RangeInclusive<usize> = INK_BOX - 3..=INK_BOX + 1;

impl Standing {
    /// Whether the ground is black and the ink white.
    #[must_use]
    pub fn has_range(&self) -> bool {
        f64::from(self.ground) <= BLACK && self.peak >= WHITE
    }

    /// Whether the ink is in the middle.
    #[must_use]
    pub fn is_centred(&self) -> bool {
        self.offset.iter().all(|offset| offset.abs() <= OFF_CENTRE)
    }

    /// Whether the ink is as large as it should be.
    #[must_use]
    pub fn has_size(&self) -> bool {
        LENGTHS.contains(&self.longest)
    }

    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        self.has_range() && self.is_centred() && self.has_size()
    }
}

/// How an image of 28x28 levels with light ink stands among MNIST's. What is off its place is moved
/// by whole pixels and keeps its levels; what has another size, ground or range is made anew.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if there are not 784 levels,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) if it has the same level everywhere.
pub fn standing(levels: &[u8]) -> Result<Standing> {
    if levels.len() != SIDE * SIDE {
        return Err(Error::shape(
            "the image",
            format_args!("{} levels", levels.len()),
            format_args!("{} for {SIDE}x{SIDE} pixels", SIDE * SIDE),
        ));
    }
    let sides = Sides { width: SIDE, height: SIDE };
    let plane: Vec<f64> = levels.iter().map(|&level| f64::from(level)).collect();
    let (ink, ground) = ink::light_on_even_ground(&plane, sides).ok_or_else(|| {
        Error::request(
            "nothing is drawn",
            "give an image that does not have the same level everywhere",
        )
    })?;
    let mask: Vec<bool> = ink.amounts.iter().map(|&amount| amount >= 0.5).collect();
    let region = components::bounds(&mask, sides);
    let above: Vec<f64> = plane.iter().map(|level| (level - ground).max(0.0)).collect();
    let total: f64 = above.iter().sum();
    let mass = |position: fn(usize) -> usize| -> f64 {
        above.iter().enumerate().map(|(at, v)| v * position(at) as f64).sum::<f64>() / total
    };
    let middle = 0.5 * SIDE as f64;
    let mut distinct = levels.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let mut standing = Standing {
        ground: ground as u8,
        peak: levels.iter().copied().max().unwrap_or(0),
        two_levels: distinct.len() == 2,
        offset: [mass(|at| at % SIDE) - middle, mass(|at| at / SIDE) - middle],
        longest: region.longest(),
        centred: Vec::new(),
    };
    standing.centred = if standing.is_standard() {
        levels.to_vec()
    } else if standing.has_size() && standing.has_range() {
        moved(levels, standing.offset)
    } else if standing.has_size() {
        centred_levels(&ink.amounts)
    } else {
        let stroke =
            components::parts(&mask, sides).iter().map(|part| part.stroke).fold(0.0, f64::max);
        centred_levels(&place::fit(&ink.amounts, sides, region, stroke))
    };
    Ok(standing)
}

/// The image moved by whole pixels until its ink is in the middle.
fn moved(levels: &[u8], offset: [f64; 2]) -> Vec<u8> {
    let from = |at: usize, offset: f64| at.checked_add_signed(offset.round() as isize);
    let pixel = |at: usize| {
        let (x, y) = (from(at % SIDE, offset[0]), from(at / SIDE, offset[1]));
        match (x, y) {
            (Some(x), Some(y)) if x < SIDE && y < SIDE => levels[y * SIDE + x],
            _ => 0,
        }
    };
    (0..levels.len()).map(pixel).collect()
}
