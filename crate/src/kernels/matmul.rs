//! Products of matrices.

use super::packed::{PackedMatrix, RowMajor};

/// `out[m, n] = Σ_k a[m, k] · b[k, n]`, row by row, or with `b[n, k]` where b is `transposed`;
/// `panels` is memory to work in.
pub fn matmul<const W: usize>(
    a: &[f32],
    b: &[f32],
    transposed: bool,
    [depth, columns]: [usize; 2],
    out: &mut [f32],
    panels: &mut PackedMatrix<W>,
) {
    if out.is_empty() {
        return;
    }
    panels.clear(depth, columns);
    if transposed {
        panels.fill_columns(b);
    } else {
        panels.fill_rows(b);
    }
    linear(a, depth, panels, &[], out);
}

/// `out[m, n] = Σ_k x[m, k] · weights[k, n] + bias[n]`; an empty bias is none.
pub fn linear<const W: usize>(
    x: &[f32],
    depth: usize,
    weights: &PackedMatrix<W>,
    bias: &[f32],
    out: &mut [f32],
) {
    let columns = weights.columns();
    let starts: Vec<usize> = (0..out.len() / columns).map(|row| row * depth).collect();
    weights.multiply(x, &starts, &[(0, depth)], &mut RowMajor(out, columns));
    if !bias.is_empty() {
        for row in out.chunks_exact_mut(columns) {
            for (out, bias) in row.iter_mut().zip(bias) {
                *out += bias;
            }
        }
    }
}
