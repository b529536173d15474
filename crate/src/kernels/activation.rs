//! Elementwise functions that the compiler turns into vector code. Their loops go value by value:
//! over arrays of eight it goes through several arrays at once, and shuffles.

/// `x` to `x · sigmoid(x)`, the SiLU (Elfwing et al. 2018), within 2 units in the last place of the
/// quotient x / (1 + exp(-x)).
///
/// NaN stays NaN; an infinity gives what the quotient gives, infinity or NaN.
pub fn silu(values: &mut [f32]) {
    for value in values {
        *value /= 1.0 + exp(-*value);
    }
}

/// `x` to `1 / (1 + exp(-x))`.
pub fn sigmoid(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = -*value);
    exps(values);
    values.iter_mut().for_each(|value| *value = 1.0 / (1.0 + *value));
}

/// `x` to `exp(x)`. Not inlined: the code is long, and a slice is worth a call.
#[inline(never)]
pub fn exps(values: &mut [f32]) {
    for value in values {
        *value = exp(*value);
    }
}

/// The exponential function without a branch, by the scheme of Cephes' `expf`: `2^n · exp(r)` with
/// |r| ≤ ln(2)/2 and exp(r) a polynomial of degree 5. Below -87.7 it is zero, above 88.4 infinite.
#[inline(always)]
#[must_use]
pub fn exp(x: f32) -> f32 {
    // Adding and subtracting 1.5 · 2^23 rounds to an integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // ln(2) in two parts, the first with so few bits that its products with n are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let clamped = if x > 88.8 { 88.8 } else { x };
    let clamped = if clamped < -88.0 { -88.0 } else { clamped };
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = clamped - n * LN_2[0] - n * LN_2[1];
    let mut p = 1.987_569_1e-4;
    p = p * r + 1.398_2e-3;
    p = p * r + 8.333_452e-3;
    p = p * r + 4.166_579_6e-2;
    p = p * r + 1.666_666_5e-1;
    p = p * r + 0.5;
    let y = p * r * r + r + 1.0;
    // 2^n: n + 127 as the exponent, from 0 for zero to 255 for infinity.
    let power = f32::from_bits((shifted.to_bits().wrapping_sub(ROUND.to_bits() - 127)) << 23);
    y * power
}

/// Rows whose sums are taken side by side, so that they need not wait for one another.
const ROWS: usize = 8;

/// The softmax of each row, `exp(x) / Σ exp(x)`, shifted by the row's largest value so that nothing
/// overflows.
pub fn softmax(values: &mut [f32], length: usize) {
    let divide = |row: &mut [f32], sum: f32| row.iter_mut().for_each(|value| *value /= sum);
    let mut blocks = values.chunks_exact_mut(ROWS * length);
    for block in &mut blocks {
        block.chunks_exact_mut(length).for_each(exp_shifted);
        let sums = sums::<ROWS>(block, length);
        block.chunks_exact_mut(length).zip(sums).for_each(|(row, sum)| divide(row, sum));
    }
    for row in blocks.into_remainder().chunks_exact_mut(length) {
        exp_shifted(row);
        let [sum] = sums(row, length);
        divide(row, sum);
    }
}

/// `x` to `exp(x - largest)`.
fn exp_shifted(row: &mut [f32]) {
    let largest = largest(row);
    for value in row {
        *value = exp(*value - largest);
    }
}

/// The sum of each row, in the order of its values.
#[inline(always)]
fn sums<const N: usize>(rows: &[f32], length: usize) -> [f32; N] {
    let rows: [&[f32]; N] = std::array::from_fn(|row| &rows[row * length..][..length]);
    let mut sums = [0.0; N];
    for at in 0..length {
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum += row[at];
        }
    }
    sums
}

/// The logarithm of the [`softmax`] of each row.
pub fn log_softmax(values: &mut [f32], length: usize) {
    for row in values.chunks_exact_mut(length) {
        let largest = largest(row);
        let sum: f32 = row.iter().map(|value| exp(value - largest)).sum();
        let shift = largest + libm::logf(sum);
        for value in row {
            *value -= shift;
        }
    }
}

fn largest(row: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (chunks, rest) = row.as_chunks::<8>();
    let mut lanes = [f32::NEG_INFINITY; 8];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, *value);
        }
    }
    lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, larger)
}

/// `ln(1 + exp(x))`, the softplus, without overflow.
#[must_use]
pub fn softplus(x: f32) -> f32 {
    let tail = libm::log1pf(libm::expf(-x.abs()));
    if x > 0.0 { x + tail } else { tail }
}

/// `x · Φ(x)`, the GELU (Hendrycks & Gimpel 2016).
#[must_use]
pub fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The approximation of the GELU by tanh.
#[must_use]
pub fn gelu_tanh(x: f32) -> f32 {
    const SQRT_2_OVER_PI: f32 = 0.797_884_6;
    0.5 * x * (1.0 + libm::tanhf(SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x)))
}
