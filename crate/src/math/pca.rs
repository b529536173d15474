//! The directions in which points vary most.

use crate::error::{Error, Result};

/// Directions that are iterated beside those asked for.
const SPARE: usize = 2;
/// Powers of XᵀX by which a block of directions is multiplied before the best of all are taken.
const DEPTH: usize = 14;
/// Residual of an eigenvector, relative to the largest eigenvalue, at which it is taken as found.
const TOLERANCE: f64 = 1e-11;
/// Where a spectrum is flat to many digits, the last directions stay mixed with their neighbours.
const MOST_ROUNDS: usize = 20;
/// An eigenvalue, relative to the largest, that counts as rounding.
const ROUNDING: f64 = 1e-12;

/// Orthonormal axes through the mean of points, each with the largest variance that is left.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    /// The mean of the points.
    pub mean: Vec<f64>,
    /// Unit vectors whose entry of the largest absolute value is positive; all zeros beyond the
    /// rank of the points.
    pub axes: Vec<Vec<f64>>,
    /// Along each axis, with n - 1 in the denominator.
    pub variances: Vec<f64>,
    /// Of all dimensions together.
    pub total_variance: f64,
    /// Coordinates along the axes, point after point, relative to the mean.
    pub scores: Vec<f64>,
}

/// The first `components` principal components of points of so many `dimensions`, laid end to end.
///
/// Found in block Krylov subspaces (Golub & Underwood 1977; Musco & Musco 2015), restarted from
/// their best vectors, from fixed directions: the same points give the same bits.
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) if there are fewer than two points, if they do
/// not fill the dimensions, or hold a value that is not finite; or for no component, or more of
/// them than dimensions.
pub fn principal_components(
    points: &[f64],
    dimensions: usize,
    components: usize,
) -> Result<PrincipalComponents> {
    if dimensions == 0 || !points.len().is_multiple_of(dimensions) {
        return Err(Error::request(
            format_args!("{} numbers are not whole points", points.len()),
            format_args!("give {dimensions} dimensions for each"),
        ));
    }
    let count = points.len() / dimensions;
    if count < 2 {
        return Err(Error::request("principal components need more points", "give at least two"));
    }
    if !(1..=dimensions).contains(&components) {
        return Err(Error::value(
            "components",
            components,
            format_args!("1 to {dimensions}, the dimensions"),
        ));
    }
    if points.iter().any(|value| !value.is_finite()) {
        return Err(Error::request(
            "a point has a value that is not finite",
            "leave that point out",
        ));
    }
    let mut mean = vec![0.0; dimensions];
    for point in points.chunks_exact(dimensions) {
        add_scaled(&mut mean, point, 1.0 / count as f64);
    }
    let centred: Vec<f64> = points
        .chunks_exact(dimensions)
        .flat_map(|point| point.iter().zip(&mean).map(|(value, mean)| value - mean))
        .collect();
    let freedom = count as f64 - 1.0;
    let (values, mut axes) = largest(&centred, dimensions, components);
    axes.iter_mut().for_each(|axis| orient(axis));
    let scores = centred
        .chunks_exact(dimensions)
        .flat_map(|point| axes.iter().map(|axis| dot(point, axis)).collect::<Vec<_>>())
        .collect();
    let variances = values.iter().map(|value| value / freedom).collect();
    let total_variance = dot(&centred, &centred) / freedom;
    Ok(PrincipalComponents { mean, axes, variances, total_variance, scores })
}

/// The largest eigenvalues of XᵀX and their eigenvectors, for rows X.
fn largest(rows: &[f64], dimensions: usize, wanted: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let block = (wanted + SPARE).min(dimensions);
    let mut vectors: Vec<Vec<f64>> = (0..block).map(|i| direction(i, dimensions)).collect();
    let mut values = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let (mut basis, mut images): (Vec<Vec<f64>>, Vec<Vec<f64>>) = (Vec::new(), Vec::new());
        for _ in 0..DEPTH {
            let known = basis.len();
            append_orthonormal(&mut basis, vectors);
            vectors = normal_product(rows, &basis[known..], dimensions);
            images.extend_from_slice(&vectors);
        }
        let projected: Vec<Vec<f64>> =
            basis.iter().map(|v| images.iter().map(|image| dot(v, image)).collect()).collect();
        let (mut found, mut rotation) = eigen(projected);
        found.truncate(block);
        rotation.truncate(block);
        vectors = rotate(&basis, &rotation);
        let rotated = rotate(&images, &rotation);
        let scale = found.first().copied().unwrap_or(0.0);
        let settled = (0..wanted.min(found.len())).all(|i| {
            let mut rest = rotated[i].clone();
            add_scaled(&mut rest, &vectors[i], -found[i]);
            length(&rest) <= TOLERANCE * scale
        });
        values = found;
        if settled {
            break;
        }
    }
    let scale = values.first().copied().unwrap_or(0.0);
    values.resize(wanted, 0.0);
    vectors.resize(wanted, vec![0.0; dimensions]);
    for (value, axis) in values.iter_mut().zip(&mut vectors) {
        if *value <= ROUNDING * scale {
            *value = 0.0;
            axis.fill(0.0);
        }
    }
    (values, vectors)
}

/// A fixed vector with entries in [-1, 1) that have no pattern (SplitMix64 of their places).
fn direction(index: usize, dimensions: usize) -> Vec<f64> {
    (0..dimensions)
        .map(|place| {
            let mut z = ((index as u64) << 32 | place as u64)
                .wrapping_add(1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        })
        .collect()
}

/// XᵀX v for each v.
fn normal_product(rows: &[f64], vectors: &[Vec<f64>], dimensions: usize) -> Vec<Vec<f64>> {
    let mut products = vec![vec![0.0; dimensions]; vectors.len()];
    for row in rows.chunks_exact(dimensions) {
        for (vector, product) in vectors.iter().zip(&mut products) {
            add_scaled(product, row, dot(row, vector));
        }
    }
    products
}

/// Gram and Schmidt's, twice, which is enough; vectors that depend on those before are left out.
fn append_orthonormal(basis: &mut Vec<Vec<f64>>, vectors: Vec<Vec<f64>>) {
    for mut vector in vectors {
        let before = length(&vector);
        for _ in 0..2 {
            for other in &*basis {
                let along = dot(other, &vector);
                add_scaled(&mut vector, other, -along);
            }
        }
        let norm = length(&vector);
        if norm > ROUNDING * before {
            vector.iter_mut().for_each(|value| *value /= norm);
            basis.push(vector);
        }
    }
}

/// Linear combinations of vectors, one for each list of weights.
fn rotate(vectors: &[Vec<f64>], weights: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let dimensions = vectors.first().map_or(0, Vec::len);
    let combine = |weights: &Vec<f64>| {
        let mut sum = vec![0.0; dimensions];
        vectors.iter().zip(weights).for_each(|(vector, weight)| {
            add_scaled(&mut sum, vector, *weight);
        });
        sum
    };
    weights.iter().map(combine).collect()
}

/// Eigenvalues of a small symmetric matrix, the largest first, and its eigenvectors (Jacobi 1846).
fn eigen(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = matrix.len();
    let mut vectors: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..50 {
        let off: f64 =
            (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| matrix[i][j].abs()).sum();
        let diagonal: f64 = (0..n).map(|i| matrix[i][i].abs()).sum();
        if off <= f64::EPSILON * f64::EPSILON * diagonal {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if matrix[p][q] == 0.0 {
                    continue;
                }
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
                let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
                let sine = tangent * cosine;
                for row in &mut matrix {
                    (row[p], row[q]) = turned(row[p], row[q], cosine, sine);
                }
                for k in 0..n {
                    (matrix[p][k], matrix[q][k]) = turned(matrix[p][k], matrix[q][k], cosine, sine);
                    // rows of `vectors` are eigenvectors
                    (vectors[p][k], vectors[q][k]) =
                        turned(vectors[p][k], vectors[q][k], cosine, sine);
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| matrix[b][b].total_cmp(&matrix[a][a]));
    let values = order.iter().map(|&i| matrix[i][i]).collect();
    let sorted = order.iter().map(|&i| vectors[i].clone()).collect();
    (values, sorted)
}

fn turned(a: f64, b: f64, cosine: f64, sine: f64) -> (f64, f64) {
    (cosine * a - sine * b, sine * a + cosine * b)
}

/// Turns an axis so that its entry of the largest absolute value is positive.
fn orient(axis: &mut [f64]) {
    let largest = axis.iter().fold(
        0.0,
        |most: f64, &value| {
            if value.abs() > most.abs() { value } else { most }
        },
    );
    if largest < 0.0 {
        axis.iter_mut().for_each(|value| *value = -*value);
    }
}

fn length(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

/// In four sums side by side, in an order that is the same everywhere.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a, rest_a) = a.as_chunks::<4>();
    let (b, rest_b) = b.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

fn add_scaled(sum: &mut [f64], vector: &[f64], weight: f64) {
    for (sum, value) in sum.iter_mut().zip(vector) {
        *sum += weight * value;
    }
}
