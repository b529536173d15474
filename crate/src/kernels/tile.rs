//! The innermost loop of every matrix product: a small tile of the result, kept in registers.

/// Columns of a tile, and of a panel of weights: two vectors of the processor that this is compiled
/// for. A column's sums have the same bits in a tile of any width, which the tests ask of all
/// kernels.
pub(super) const WIDE: usize = if cfg!(target_feature = "avx") { 16 } else { 8 };

/// Columns of a tile where the weights end before a wide one is full.
pub(super) const MIDDLE: usize = 8;

/// Columns of a tile where they end before that.
pub(super) const NARROW: usize = 4;

/// Rows of a tile. With [`WIDE`] columns they are eight vectors of sums: the sixteen vector
/// registers of x86 must also hold the weights and a broadcast value, and more of either spills.
/// The 32 of ARM64 would hold eight rows, with 10 loads for 32 operations in place of 6 for 16;
/// WebAssembly does not tell which it runs on, and one tile for all is half the code. A choice by
/// measurement may be worth it there.
pub(super) const ROWS: usize = 4;

/// `tile[r] += Σ_k rows[r][k] · panel[k]` for rows as long as the panel.
///
/// The sum is taken in the order of k, without fused multiply-adds: it has the same bits wherever
/// and beside whatever else it is computed.
#[inline(always)]
pub(super) fn accumulate<const N: usize>(
    tile: &mut [[f32; N]; ROWS],
    rows: [&[f32]; ROWS],
    panel: &[[f32; N]],
) {
    let [mut s0, mut s1, mut s2, mut s3] = *tile;
    let [r0, r1, r2, r3] = rows;
    // Zipped, so that the loop has one test for its end and none for the bounds of each row. Not
    // unrolled: the compiler would then load ahead and spill the sums. Rows that are first packed,
    // four values to an address, save an eighth of the loop's instructions, and packing costs more
    // than they do.
    for ((((weights, a), b), c), d) in panel.iter().zip(r0).zip(r1).zip(r2).zip(r3) {
        add(&mut s0, *a, weights);
        add(&mut s1, *b, weights);
        add(&mut s2, *c, weights);
        add(&mut s3, *d, weights);
    }
    *tile = [s0, s1, s2, s3];
}

/// As [`accumulate`], of one row and several panels at once: the sums of a single one would wait
/// for one another.
#[inline(always)]
pub(super) fn accumulate_row<const N: usize, const P: usize>(
    sums: &mut [[f32; N]; P],
    row: &[f32],
    panels: [&[[f32; N]]; P],
) {
    let panels = panels.map(|panel| &panel[..row.len()]);
    let mut s = *sums;
    for (k, value) in row.iter().enumerate() {
        for (sum, panel) in s.iter_mut().zip(panels) {
            add(sum, *value, &panel[k]);
        }
    }
    *sums = s;
}

#[inline(always)]
fn add<const N: usize>(sum: &mut [f32; N], value: f32, weights: &[f32; N]) {
    for (sum, weight) in sum.iter_mut().zip(weights) {
        *sum += value * weight;
    }
}
