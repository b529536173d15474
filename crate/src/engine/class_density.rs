//! Where the images of each class lie in the plane of a VAE with two latents.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::math::inference::Point;
use crate::math::inference::contour::{Grid, Viewport};
use crate::model::manifest::VaeContract;

/// Counts of posterior means in rectangular bins, class by class: the file `density` of a
/// manifest's entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClassDensity {
    /// Names of the classes.
    pub classes: Vec<String>,
    /// z_1 of the left and of the right edge.
    pub x: [f64; 2],
    /// z_2 of the lower and of the upper edge.
    pub y: [f64; 2],
    /// Bins from left to right.
    pub columns: usize,
    /// Bins from top to bottom.
    pub rows: usize,
    /// Images of each class beyond the edges.
    pub outside: Vec<u32>,
    /// Images of each class in each bin, row by row from the top.
    pub counts: Vec<Vec<u32>>,
}

/// A class in the plane of a VAE with two latents, as the posterior means of its training images
/// lie.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClassRegion {
    /// Its name.
    pub label: String,
    /// Images that were counted.
    pub images: u64,
    /// Where the class is densest, `[z_1, z_2]`.
    pub peak: Point,
    /// For each share that was asked for, the lines around the densest region that holds it:
    /// coordinates z_1, z_2, z_1, z_2 …
    #[cfg_attr(test, ts(type = "Float64Array[][]"))]
    pub contours: Vec<Vec<Vec<Point>>>,
}

impl ClassDensity {
    /// Most bins along a side.
    pub const MAX_BINS: usize = 1024;
    /// Points along each side of the grid on which densities are estimated.
    const POINTS: usize = 97;

    /// Reads the file that an entry of a VAE names, if it names one.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) if the file is not what the entry says,
    /// and those of [`ClassDensity::parse`].
    pub fn load(vae: &VaeContract, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Option<Self>> {
        let Some(entry) = &vae.files.density else { return Ok(None) };
        let bytes = file("density")?;
        entry.verify(&bytes)?;
        Self::parse(&bytes).map(Some)
    }

    /// Parses and validates the text of the file.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest), naming the field at fault.
    pub fn parse(json: &[u8]) -> Result<Self> {
        let fail =
            |what: String| Err(Error::manifest(format_args!("the density of the classes: {what}")));
        // from text as all JSON: a reader of bytes would be another to load
        let density: Self = std::str::from_utf8(json)
            .map_err(|e| e.to_string())
            .and_then(|text| serde_json::from_str(text).map_err(|e| e.to_string()))
            .map_err(|e| {
                Error::manifest("the density of the classes cannot be read").caused_by(e)
            })?;
        let Self { classes, columns, rows, .. } = &density;
        if classes.is_empty() || classes.iter().collect::<BTreeSet<_>>().len() < classes.len() {
            return fail("classes must name at least one class, and each once".into());
        }
        for (name, [from, to]) in [("x", density.x), ("y", density.y)] {
            if !(from.is_finite() && to.is_finite() && from < to) {
                return fail(format!(
                    "{name} is [{from}, {to}], the first edge must be less than the second"
                ));
            }
        }
        for (name, bins) in [("columns", *columns), ("rows", *rows)] {
            if !(2..=Self::MAX_BINS).contains(&bins) {
                return fail(format!("{name} is {bins}, it must be 2 to {}", Self::MAX_BINS));
            }
        }
        if density.outside.len() != classes.len() {
            return fail(format!(
                "outside has {} values for {} classes",
                density.outside.len(),
                classes.len()
            ));
        }
        if density.counts.len() != classes.len() {
            return fail(format!(
                "counts has {} lists for {} classes",
                density.counts.len(),
                classes.len()
            ));
        }
        for (class, counts) in classes.iter().zip(&density.counts) {
            if counts.len() != rows * columns {
                return fail(format!(
                    "counts of class {class:?} has {} bins, not {}",
                    counts.len(),
                    rows * columns
                ));
            }
            if counts.iter().all(|&count| count == 0) {
                return fail(format!("counts of class {class:?} are all 0"));
            }
        }
        Ok(density)
    }

    /// The region of every class, with contours around the densest parts that hold the given shares
    /// of it.
    ///
    /// The density is a kernel estimate from the bins; its bandwidth along each axis is `n^(-1/6)`
    /// standard deviations of the class (Scott 1992), and not less than half a bin.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a share outside (0, 1).
    pub fn regions(&self, shares: &[f64]) -> Result<Vec<ClassRegion>> {
        if let Some(bad) = shares.iter().find(|&&share| !(share > 0.0 && share < 1.0)) {
            return Err(Error::value("a share", bad, "above 0 and below 1"));
        }
        let region = |class: usize| {
            let grid = self.log_density(class);
            let densest =
                (0..grid.values.len()).max_by(|&a, &b| grid.values[a].total_cmp(&grid.values[b]));
            let densest = densest.unwrap_or_default();
            ClassRegion {
                label: self.classes[class].clone(),
                images: self.counts[class].iter().map(|&count| u64::from(count)).sum::<u64>()
                    + u64::from(self.outside[class]),
                peak: grid.point((densest % grid.columns) as f64, (densest / grid.columns) as f64),
                contours: grid
                    .levels(shares)
                    .into_iter()
                    .map(|level| grid.contours(level))
                    .collect(),
            }
        };
        Ok((0..self.classes.len()).map(region).collect())
    }

    /// Log density of a class in nats, of what lies within the edges.
    fn log_density(&self, class: usize) -> Grid {
        let counts: Vec<f64> = self.counts[class].iter().map(|&count| f64::from(count)).collect();
        let row_sums: Vec<f64> =
            counts.chunks_exact(self.columns).map(|row| row.iter().sum()).collect();
        let column_sums: Vec<f64> = (0..self.columns)
            .map(|column| counts.iter().skip(column).step_by(self.columns).sum())
            .collect();
        // The kernel is a product, so the sum over bins is taken along rows first and then along
        // columns.
        let across = kernel(&column_sums, self.x, Self::POINTS);
        let down = kernel(&row_sums, [self.y[1], self.y[0]], Self::POINTS);
        let smoothed: Vec<Vec<f64>> = counts
            .chunks_exact(self.columns)
            .map(|row| across.iter().map(|weights| dot(weights, row)).collect())
            .collect();
        let total: f64 = row_sums.iter().sum();
        let mut values = Vec::with_capacity(Self::POINTS * Self::POINTS);
        for weights in &down {
            for column in 0..Self::POINTS {
                let density: f64 =
                    weights.iter().zip(&smoothed).map(|(weight, row)| weight * row[column]).sum();
                // Far from every image the kernel underflows; a contour must not meet an infinity
                // there.
                values.push(libm::log((density / total).max(f64::MIN_POSITIVE)));
            }
        }
        Grid {
            window: Viewport { x: self.x, y: self.y },
            columns: Self::POINTS,
            rows: Self::POINTS,
            values,
        }
    }
}

/// Gaussian weights of every bin at every point, for bins with the given sums between two edges.
fn kernel(sums: &[f64], [from, to]: [f64; 2], points: usize) -> Vec<Vec<f64>> {
    let bin = (to - from) / sums.len() as f64;
    let centre = |index: usize| from + (index as f64 + 0.5) * bin;
    let total: f64 = sums.iter().sum();
    let moment = |f: &dyn Fn(f64) -> f64| {
        (0..sums.len()).map(|i| sums[i] * f(centre(i))).sum::<f64>() / total
    };
    let mean = moment(&|z| z);
    let deviation = moment(&|z| (z - mean).powi(2)).sqrt();
    let bandwidth = (deviation * libm::pow(total, -1.0 / 6.0)).max(0.5 * bin.abs());
    let weight = |point: usize, index: usize| {
        let z = from + (to - from) * point as f64 / (points - 1) as f64;
        let u = (z - centre(index)) / bandwidth;
        libm::exp(-0.5 * u * u) / (bandwidth * std::f64::consts::TAU.sqrt())
    };
    (0..points).map(|point| (0..sums.len()).map(|index| weight(point, index)).collect()).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
