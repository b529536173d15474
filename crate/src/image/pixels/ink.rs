//! How much ink is where.

use super::ground::{self, Sides};

/// Least difference between ink and ground, in levels.
const LEAST_CONTRAST: f64 = 6.0;

/// Half the side of the square that is wider than any stroke, in shares of the shorter side.
const REACH: f64 = 0.08;

/// Sides of a picture whose noise is worth smoothing, in pixels.
const SMOOTHED: usize = 128;

/// The share of ink in each pixel, 0 to 1.
pub(super) struct Ink {
    pub amounts: Vec<f64>,
    /// What the ground differs from itself, in shares of what the ink differs from it.
    pub unevenness: f64,
}

/// Ink on a ground of one level.
pub(super) fn on_even_ground(plane: &[f64], sides: Sides) -> Option<Ink> {
    let (ground, sign) = even_ground(plane, sides)?;
    measure(plane.iter().map(|v| sign * (v - ground)).collect(), sides)
}

/// The level of the ground, the one of the two classes of Otsu 1979 that most of the picture's edge
/// shows, and the sign of what ink differs from it.
pub(super) fn even_ground(plane: &[f64], sides: Sides) -> Option<(f64, f64)> {
    let counts = histogram(plane.iter().copied());
    let threshold = otsu_threshold(&counts)?;
    let Sides { width, height } = sides;
    let edge = plane.iter().enumerate().filter(|(at, _)| {
        let (row, column) = (at / width, at % width);
        row == 0 || column == 0 || row + 1 == height || column + 1 == width
    });
    let (light, dark): (Vec<f64>, Vec<f64>) =
        edge.map(|(_, &v)| v).partition(|&v| v.round() as usize > threshold);
    let (dark_levels, light_levels) = counts.split_at(threshold + 1);
    Some(if light.len() >= dark.len() {
        ((threshold + 1 + quantile(light_levels, 0.5)) as f64, -1.0)
    } else {
        (quantile(dark_levels, 0.5) as f64, 1.0)
    })
}

/// Light ink on a ground of one level, and that level.
pub(super) fn light_on_even_ground(plane: &[f64], sides: Sides) -> Option<(Ink, f64)> {
    let counts = histogram(plane.iter().copied());
    let ground = quantile(&counts[..=otsu_threshold(&counts)?], 0.5) as f64;
    measure(plane.iter().map(|v| v - ground).collect(), sides).map(|ink| (ink, ground))
}

/// Ink on paper under any light: darker or lighter than a ground that changes slowly or has large
/// parts. Of the two grounds, that without dark and that without light strokes, the one is right
/// that is the less varied: the other still shows the strokes. Dark ink takes a share of the light
/// that falls on it, in the shadow as beside it.
pub(super) fn on_uneven_ground(plane: &[f64], sides: Sides) -> Option<Ink> {
    let shorter = sides.width.min(sides.height);
    let smoothed = if shorter >= SMOOTHED { ground::smooth(plane, sides) } else { plane.to_vec() };
    let reach = ((REACH * shorter as f64).round() as usize).max(1);
    let light = ground::without_dark(&smoothed, sides, reach);
    let dark = ground::without_light(&smoothed, sides, reach);
    let ink_is_dark = ground::variation(&light, sides) <= ground::variation(&dark, sides);
    let differences: Vec<f64> = if ink_is_dark {
        smoothed
            .iter()
            .zip(&light)
            .map(|(v, &ground)| 255.0 * (1.0 - v / ground.max(1.0)))
            .collect()
    } else {
        smoothed.iter().zip(&dark).map(|(v, ground)| v - ground).collect()
    };
    measure(differences, sides)
}

/// The shares of ink, of how much each pixel differs from its ground towards the ink's side.
fn measure(differences: Vec<f64>, sides: Sides) -> Option<Ink> {
    let counts = histogram(differences.iter().copied());
    let threshold = otsu_threshold(&counts)?;
    let (ground_levels, ink_levels) = counts.split_at(threshold + 1);
    let bias = quantile(ground_levels, 0.5) as f64;
    // Solid ink differs more than most of a thin stroke, whose pixels are mixed with ground.
    let solid = (threshold + 1 + quantile(ink_levels, 0.75)) as f64;
    let contrast = solid - bias;
    if contrast < LEAST_CONTRAST {
        return None;
    }
    // the ground's own differences, away from strokes and their blurred edges
    let inked: Vec<f64> =
        differences.iter().map(|v| f64::from(u8::from(v.round() as usize > threshold))).collect();
    let blurred = (sides.width.min(sides.height) / 100).clamp(1, 4);
    let near = ground::dilate(&inked, sides, blurred);
    let far =
        histogram(differences.iter().zip(&near).filter(|(_, near)| **near == 0.0).map(|(v, _)| *v));
    let (usual, most) = (quantile(&far, 0.5) as f64, quantile(&far, 0.98) as f64);
    // six median deviations are four standard deviations of Gaussian noise
    let noise = (6.0 * usual).max(most).min(0.5 * solid);
    let amount = |v: f64| ((v - noise) / (solid - noise)).clamp(0.0, 1.0);
    let amounts = differences.into_iter().map(amount).collect();
    Some(Ink { amounts, unevenness: (most - usual) / contrast })
}

fn histogram(values: impl Iterator<Item = f64>) -> [u64; 256] {
    let mut counts = [0; 256];
    // a cast from float saturates
    values.for_each(|v| counts[usize::from(v.round() as u8)] += 1);
    counts
}

/// The level up to which a pixel belongs to the darker of two classes, such that the classes' means
/// differ most for their sizes (Otsu 1979); none if there is one level only.
fn otsu_threshold(counts: &[u64; 256]) -> Option<usize> {
    let total: f64 = counts.iter().map(|&n| n as f64).sum();
    let sum: f64 = counts.iter().enumerate().map(|(level, &n)| level as f64 * n as f64).sum();
    let (mut below, mut sum_below) = (0.0, 0.0);
    let mut best = None;
    for (level, &n) in counts.iter().enumerate() {
        below += n as f64;
        sum_below += level as f64 * n as f64;
        if below == 0.0 || below == total {
            continue;
        }
        let difference = sum_below / below - (sum - sum_below) / (total - below);
        let between = below * (total - below) * difference * difference;
        if best.is_none_or(|(_, most)| between > most) {
            best = Some((level, between));
        }
    }
    best.map(|(level, _)| level)
}

/// The least index with at least this share of the counts at or below it.
fn quantile(counts: &[u64], share: f64) -> usize {
    let total: u64 = counts.iter().sum();
    let mut below = 0;
    counts
        .iter()
        .position(|n| {
            below += n;
            below as f64 >= share * total as f64
        })
        .unwrap_or(0)
}

/// How far the two classes of a plane are from each other, in levels.
pub(super) fn contrast(plane: &[f64]) -> f64 {
    let counts = histogram(plane.iter().copied());
    let Some(threshold) = otsu_threshold(&counts) else { return 0.0 };
    let mean = |levels: std::ops::Range<usize>| {
        let count: u64 = counts[levels.clone()].iter().sum();
        levels.map(|level| level as f64 * counts[level] as f64).sum::<f64>() / count as f64
    };
    mean(threshold + 1..256) - mean(0..threshold + 1)
}
