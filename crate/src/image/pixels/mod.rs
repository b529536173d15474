//! Any picture of a digit as a digit of MNIST: what is ink, and where it goes.

mod components;
mod ground;
mod ink;
mod place;
mod planes;
mod standing;

pub use components::Region;
pub use standing::{Standing, standing};

use super::drawing::{SIDE, centred_levels};
use super::resample::{Fit, Size, resample};
use crate::error::{Error, Result};
use components::Part;
use ground::Sides;
use ink::Ink;

/// Most pixels of a picture.
pub const MAX_PIXELS: usize = 1 << 24;

/// What a picture shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One digit, or what is written like one.
    Digit {
        /// As MNIST has its digits, 28x28 levels row by row.
        levels: Vec<u8>,
        /// Where it is in the picture.
        region: Region,
        /// For a picture of 28x28 pixels, its own levels, inverted if its ink is dark. They are the
        /// same as `levels` if they are made as MNIST's are.
        kept: Option<Vec<u8>>,
    },
    /// Nothing that stands out as the one digit: somebody must say where it is.
    Unclear {
        /// What stands in the way.
        problem: Problem,
        /// What may be meant, in the order of reading.
        regions: Vec<Region>,
    },
}

impl Reading {
    fn is_shapeless(&self) -> bool {
        matches!(self, Self::Unclear { problem: Problem::Shapeless, .. })
    }
}

/// Why a picture is not read as one digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There are several things of a digit's kind.
    Several,
    /// Nothing looks like strokes of a pen.
    Shapeless,
}

impl Problem {
    /// Its name in JavaScript.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Several => "several",
            Self::Shapeless => "shapeless",
        }
    }
}

/// What differs more from itself than this share of the ink's difference may not be even ground.
const EVEN: f64 = 0.1;
/// Broadest place of a digit's strokes, in shares of its longer side: that of a blot is 1.
const WIDEST_STROKE: f64 = 0.28;
/// The most that ink fills of the region that it is in, unless that is a bar; a square takes all.
const MOST_FILLED: f64 = 0.58;
/// Sides of a bar, the shorter over the longer.
const BAR: f64 = 0.4;
/// A digit is at least so large, in shares of the picture's longer side.
const LEAST_SIDE: f64 = 0.05;
/// As large as this share of the largest, another thing is a digit too.
const RIVAL: f64 = 0.5;
/// The most pieces that a digit is written in.
const MOST_PIECES: usize = 6;
/// An 8 has two holes, and noise makes some more.
const MOST_HOLES: usize = 12;
/// Shorter side of a picture in which two pixels are much less than a stroke.
const MENDED: usize = 160;
/// Most regions that are offered.
const MOST_REGIONS: usize = 24;

/// Finds the digit in a picture. `rgba` are the pixels of an `ImageData`, row by row.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if there are not four bytes for every pixel,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for a picture of more than [`MAX_PIXELS`], or one
/// that shows nothing.
pub fn read_digit(rgba: &[u8], width: usize, height: usize) -> Result<Reading> {
    let sides = check(rgba, width, height)?;
    [255.0, 0.0].into_iter().find_map(|ground| read_over(rgba, ground, sides)).ok_or_else(|| {
        Error::request(
            "nothing is drawn",
            "give a picture that does not have nearly the same colour everywhere",
        )
    })
}

/// The whole picture as an image of 28x28 levels between black bars, whatever it shows; inverted if
/// most of its edge is light.
///
/// # Errors
/// As [`read_digit`], but for a picture that shows nothing.
pub fn whole_picture(rgba: &[u8], width: usize, height: usize) -> Result<Vec<u8>> {
    let sides = check(rgba, width, height)?;
    let plane = planes::luminance(rgba, 255.0);
    let sign = ink::even_ground(&plane, sides).map_or(1.0, |(_, sign)| sign);
    let levels: Vec<u8> = plane.iter().map(|&v| light(v, sign).round() as u8).collect();
    let from = Size { channels: 1, height, width };
    resample(&levels, from, Size { channels: 1, height: SIDE, width: SIDE }, Fit::Contain)
}

/// A level of a picture whose ink is to be light.
fn light(level: f64, sign: f64) -> f64 {
    if sign < 0.0 { 255.0 - level } else { level }
}

fn check(rgba: &[u8], width: usize, height: usize) -> Result<Sides> {
    let pixels =
        width.checked_mul(height).filter(|&pixels| pixels <= MAX_PIXELS).ok_or_else(|| {
            Error::request(
                format_args!("the picture has {width}x{height} pixels, the most is {MAX_PIXELS}"),
                "scale it down first",
            )
        })?;
    if rgba.len() == 4 * pixels {
        return Ok(Sides { width, height });
    }
    Err(Error::shape(
        "the picture",
        format_args!("{} bytes", rgba.len()),
        format_args!("{} for {width}x{height} pixels in RGBA", 4 * pixels),
    ))
}

fn read_over(rgba: &[u8], ground: f64, sides: Sides) -> Option<Reading> {
    let luminance = planes::luminance(rgba, ground);
    let colour = planes::principal_colour(rgba, ground)?;
    let plane =
        if ink::contrast(&colour) > 2.0 * ink::contrast(&luminance) { colour } else { luminance };
    if (sides.width, sides.height) == (SIDE, SIDE) {
        return own_size(&plane, sides);
    }
    let mut inks: Vec<Ink> = ink::on_even_ground(&plane, sides).into_iter().collect();
    let first = inks.first().filter(|ink| ink.unevenness <= EVEN).map(|ink| read(ink, sides));
    if first.as_ref().is_some_and(|reading| !reading.is_shapeless()) {
        return first;
    }
    inks.extend(ink::on_uneven_ground(&plane, sides));
    inks.sort_by(|a, b| a.unevenness.total_cmp(&b.unevenness));
    let readings: Vec<Reading> = inks.iter().map(|ink| read(ink, sides)).collect();
    let clear = readings.iter().position(|reading| !reading.is_shapeless()).unwrap_or(0);
    readings.into_iter().nth(clear)
}

/// A picture that has the size of a digit is one already.
fn own_size(plane: &[f64], sides: Sides) -> Option<Reading> {
    let (_, sign) = ink::even_ground(plane, sides)?;
    let kept: Vec<u8> = plane.iter().map(|&v| light(v, sign).round() as u8).collect();
    let Standing { centred: levels, .. } = standing(&kept).ok()?;
    let region = Region { x: 0, y: 0, width: SIDE, height: SIDE };
    Some(Reading::Digit { levels, region, kept: Some(kept) })
}

fn read(ink: &Ink, sides: Sides) -> Reading {
    // without lines over the ink, and gaps in it, of two pixels
    let is_fine = sides.width.min(sides.height) >= MENDED;
    let mended = is_fine.then(|| ground::without_dark(&ink.amounts, sides, 1));
    let amounts = mended.as_ref().unwrap_or(&ink.amounts);
    // a pixel of half ink is the edge of a stroke, less is noise or blur
    let mask: Vec<bool> = amounts.iter().map(|&amount| amount >= 0.5).collect();
    let parts = components::parts(&mask, sides);
    let speck = |part: &&Part| {
        (part.region.longest() as f64) < LEAST_SIDE * sides.width.max(sides.height) as f64
    };
    let specks: usize = parts.iter().filter(speck).map(|part| part.pixels.len()).sum();
    let groups = components::written(parts, sides);
    let inked: usize = groups.iter().map(|group| group.pixels.len()).sum();
    // much more elsewhere, in specks, is noise
    if specks > 2 * inked {
        return unclear(Problem::Shapeless, groups.iter(), sides);
    }
    let side = groups.first().map_or(0, |group| group.region.longest());
    let rivals = groups.iter().filter(|group| group.region.longest() as f64 >= RIVAL * side as f64);
    let clear: Vec<&Part> = rivals.filter(|group| looks_written(group, sides)).collect();
    match clear.as_slice() {
        [digit] => {
            let levels = place(amounts, digit, sides);
            Reading::Digit { levels, region: digit.region, kept: None }
        }
        [] => unclear(Problem::Shapeless, groups.iter(), sides),
        several => unclear(Problem::Several, several.iter().copied(), sides),
    }
}

/// The groups that are large enough to be meant, line by line.
fn unclear<'a>(problem: Problem, groups: impl Iterator<Item = &'a Part>, sides: Sides) -> Reading {
    let large = |region: &Region| {
        region.longest() as f64 >= LEAST_SIDE * sides.width.max(sides.height) as f64
    };
    let mut regions: Vec<Region> =
        groups.map(|g| g.region).filter(large).take(MOST_REGIONS).collect();
    // what begins above the middle of a line's first one is of that line
    regions.sort_by_key(|region| region.y);
    let mut lines: Vec<Vec<Region>> = Vec::new();
    for region in regions {
        match lines.last_mut() {
            Some(line) if region.y < line[0].y + line[0].height / 2 => line.push(region),
            _ => lines.push(vec![region]),
        }
    }
    lines.iter_mut().for_each(|line| line.sort_by_key(|region| region.x));
    Reading::Unclear { problem, regions: lines.concat() }
}

/// Whether it is of a pen's strokes.
fn looks_written(group: &Part, sides: Sides) -> bool {
    let Region { width, height, .. } = group.region;
    let (shorter, longest) = (width.min(height) as f64, width.max(height) as f64);
    let filled = group.pixels.len() as f64 / (shorter * longest);
    group.broadest <= WIDEST_STROKE * longest
        && (filled <= MOST_FILLED || shorter <= BAR * longest)
        && longest >= LEAST_SIDE * sides.width.max(sides.height) as f64
        && group.pieces <= MOST_PIECES
        && group.holes(sides) <= MOST_HOLES
        && !group.lines_edges(sides)
}

/// The digit alone, with the soft edges of its strokes.
fn place(amounts: &[f64], digit: &Part, sides: Sides) -> Vec<u8> {
    let mut own = vec![0.0; amounts.len()];
    digit.pixels.iter().for_each(|&at| own[at] = 1.0);
    let near = ground::dilate(&own, sides, 1 + sides.width.min(sides.height) / 200);
    let amounts: Vec<f64> = amounts.iter().zip(near).map(|(a, near)| a * near).collect();
    centred_levels(&place::fit(&amounts, sides, digit.region, digit.stroke))
}
