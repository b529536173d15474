//! Weights of a matrix product, laid out in the order in which the tiles read them.

use std::ops::Range;

use super::tile::{MIDDLE, NARROW, ROWS, WIDE, accumulate, accumulate_row};

/// A matrix of `depth` rows and `columns` columns as panels of `W` columns, of which the last may be
/// [`MIDDLE`] or [`NARROW`]. What the last panel has beyond the matrix is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Panels<const W: usize = WIDE> {
    depth: usize,
    columns: usize,
    values: Vec<f32>,
}

impl<const W: usize> Panels<W> {
    /// A matrix of zeros.
    pub fn zero(depth: usize, columns: usize) -> Self {
        let mut panels = Self { depth: 0, columns: 0, values: Vec::new() };
        panels.clear(depth, columns);
        panels
    }

    /// The matrix with `weight(k, column)` at row k.
    pub fn new(depth: usize, columns: usize, weight: impl Fn(usize, usize) -> f32) -> Self {
        let mut panels = Self::zero(depth, columns);
        for k in 0..depth {
            for column in 0..columns {
                panels.set(k, column, weight(k, column));
            }
        }
        panels
    }

    /// Makes this a matrix of zeros, in the same memory.
    pub fn clear(&mut self, depth: usize, columns: usize) {
        let rest = columns % W;
        let last = if rest == 0 { 0 } else { width::<W>(rest) };
        (self.depth, self.columns) = (depth, columns);
        self.values.clear();
        self.values.resize(depth * (columns - rest + last), 0.0);
    }

    #[inline]
    fn set(&mut self, k: usize, column: usize, value: f32) {
        let place = self.place(k, column);
        self.values[place] = value;
    }

    /// Writes all rows of the matrix, given one after the other.
    pub fn fill_rows(&mut self, rows: &[f32]) {
        let columns = self.columns;
        self.each_panel(|first, width, panel| {
            for (row, out) in rows.chunks_exact(columns).zip(panel.chunks_exact_mut(width)) {
                let row = &row[first..columns.min(first + width)];
                out[..row.len()].copy_from_slice(row);
            }
        });
    }

    /// Writes all columns of the matrix, given one after the other.
    pub fn fill_columns(&mut self, columns: &[f32]) {
        let depth = self.depth;
        self.each_panel(|first, width, panel| {
            let columns = columns[first * depth..].chunks_exact(depth).take(width);
            for (lane, column) in columns.enumerate() {
                for (out, value) in panel.chunks_exact_mut(width).zip(column) {
                    out[lane] = *value;
                }
            }
        });
    }

    /// Each panel's first column, its width and its values.
    fn each_panel(&mut self, mut write: impl FnMut(usize, usize, &mut [f32])) {
        if self.depth == 0 {
            return;
        }
        let mut rest = self.values.as_mut_slice();
        let mut first = 0;
        while first < self.columns {
            let width = width::<W>(self.columns - first);
            let (panel, others) = rest.split_at_mut(self.depth * width);
            write(first, width, panel);
            rest = others;
            first += width;
        }
    }

    /// Where a value of the matrix stands among [`values_mut`](Self::values_mut).
    #[inline]
    pub fn place(&self, k: usize, column: usize) -> usize {
        let first = column - column % W;
        first * self.depth + k * width::<W>(self.columns - first) + column - first
    }

    /// All values in the order of the panels.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Rows of the matrix.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Columns of the matrix.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// For each row: the sum over parts of `x[start..start + length] · weights`, where the parts of
    /// the depth follow one another, and part i of row r starts at `starts[r] + parts[i].0` in x.
    ///
    /// All inlined into the caller: with anything between the loops and where their sums go, the
    /// sums pass through memory.
    #[inline(always)]
    pub fn multiply<S: Sink>(
        &self,
        x: &[f32],
        starts: &[usize],
        parts: &[(usize, usize)],
        sink: &mut S,
    ) {
        let (tiles, single) = starts.as_chunks::<ROWS>();
        let mut rest = self.values.as_slice();
        let mut first = 0;
        while first < self.columns {
            let width = width::<W>(self.columns - first);
            let (panel, others) = rest.split_at(self.depth * width);
            rest = others;
            let columns = first..self.columns.min(first + width);
            if width == W {
                multiply_panel::<W, _>(panel.as_chunks().0, x, tiles, parts, columns, sink);
            } else if width == MIDDLE {
                multiply_panel::<MIDDLE, _>(panel.as_chunks().0, x, tiles, parts, columns, sink);
            } else {
                multiply_panel::<NARROW, _>(panel.as_chunks().0, x, tiles, parts, columns, sink);
            }
            first += width;
        }
        for (at, &start) in single.iter().enumerate() {
            self.multiply_row(x, start, parts, tiles.len() * ROWS + at, sink);
        }
    }

    /// As `multiply`, of one row that no tile has. Apart from it, which is compiled to better code
    /// without.
    #[inline(never)]
    fn multiply_row<S: Sink>(
        &self,
        x: &[f32],
        start: usize,
        parts: &[(usize, usize)],
        row: usize,
        sink: &mut S,
    ) {
        let wide = self.columns / W;
        let (panels, last) = self.values.split_at(self.depth * wide * W);
        let panels = panels.as_chunks::<W>().0;
        let panel = |at: usize| &panels[at * self.depth..][..self.depth];
        let mut at = 0;
        while at < wide {
            let first = at * W;
            if wide - at >= 4 {
                let sums = row_sums(
                    [panel(at), panel(at + 1), panel(at + 2), panel(at + 3)],
                    x,
                    start,
                    parts,
                );
                for (p, sums) in sums.iter().enumerate() {
                    sink.take(row, first + p * W, sums);
                }
                at += 4;
            } else {
                let [sums] = row_sums([panel(at)], x, start, parts);
                sink.take(row, first, &sums);
                at += 1;
            }
        }
        let (first, rest) = (wide * W, self.columns - wide * W);
        if rest == 0 {
            return;
        }
        if width::<W>(rest) == W {
            let [sums] = row_sums::<W, 1>([last.as_chunks().0], x, start, parts);
            sink.take_part(row, first, &sums[..rest]);
        } else if width::<W>(rest) == MIDDLE {
            let [sums] = row_sums::<MIDDLE, 1>([last.as_chunks().0], x, start, parts);
            sink.take_part(row, first, &sums[..rest]);
        } else {
            let [sums] = row_sums::<NARROW, 1>([last.as_chunks().0], x, start, parts);
            sink.take_part(row, first, &sums[..rest]);
        }
    }
}

/// Where the sums go.
pub trait Sink {
    /// Takes sums of [`ROWS`] rows from `row` on, for the columns from `first` on. To be inlined:
    /// then they come in registers.
    #[inline(always)]
    fn take_tile<const N: usize>(&mut self, row: usize, first: usize, tile: &[[f32; N]; ROWS]) {
        for (r, sums) in tile.iter().enumerate() {
            self.take(row + r, first, sums);
        }
    }

    /// As `take_tile`, of one row.
    fn take<const N: usize>(&mut self, row: usize, first: usize, sums: &[f32; N]);

    /// As `take`, of the last columns: fewer than a wide panel has, or a narrow one's.
    fn take_part(&mut self, row: usize, first: usize, sums: &[f32]);
}

/// Memory of rows one after the other, each of so many columns.
#[derive(Debug)]
pub struct Rows<'a>(pub &'a mut [f32], pub usize);

impl Sink for Rows<'_> {
    // Written out: by a loop over the rows Winograd's convolutions took 1.04 of the time. Those
    // with a bias to add are faster by the loop.
    #[inline(always)]
    fn take_tile<const N: usize>(&mut self, row: usize, first: usize, tile: &[[f32; N]; ROWS]) {
        let columns = self.1;
        let out = &mut self.0[row * columns + first..];
        let [a, b, c, d] = tile;
        out[..N].copy_from_slice(a);
        out[columns..][..N].copy_from_slice(b);
        out[2 * columns..][..N].copy_from_slice(c);
        out[3 * columns..][..N].copy_from_slice(d);
    }

    #[inline(always)]
    fn take<const N: usize>(&mut self, row: usize, first: usize, sums: &[f32; N]) {
        self.0[row * self.1 + first..][..N].copy_from_slice(sums);
    }

    fn take_part(&mut self, row: usize, first: usize, sums: &[f32]) {
        self.0[row * self.1 + first..][..sums.len()].copy_from_slice(sums);
    }
}

fn width<const W: usize>(columns_left: usize) -> usize {
    if columns_left > MIDDLE {
        W
    } else if columns_left > NARROW {
        MIDDLE
    } else {
        NARROW
    }
}

#[inline(always)]
fn multiply_panel<const N: usize, S: Sink>(
    panel: &[[f32; N]],
    x: &[f32],
    tiles: &[[usize; ROWS]],
    parts: &[(usize, usize)],
    columns: Range<usize>,
    sink: &mut S,
) {
    // The narrow ones are few, and their code would be as much again.
    if columns.len() == N && N > NARROW {
        let put = |sink: &mut S, row: usize, tile: &[[f32; N]; ROWS]| {
            sink.take_tile(row, columns.start, tile);
        };
        multiply_panel_into(panel, x, tiles, parts, sink, put);
    } else {
        let put = |sink: &mut S, row: usize, tile: &[[f32; N]; ROWS]| {
            for (r, sums) in tile.iter().enumerate() {
                sink.take_part(row + r, columns.start, &sums[..columns.len()]);
            }
        };
        multiply_panel_into(panel, x, tiles, parts, sink, put);
    }
}

#[inline(always)]
fn multiply_panel_into<const N: usize, S: Sink>(
    panel: &[[f32; N]],
    x: &[f32],
    tiles: &[[usize; ROWS]],
    parts: &[(usize, usize)],
    sink: &mut S,
    put: impl Fn(&mut S, usize, &[[f32; N]; ROWS]),
) {
    for (at, &[a, b, c, d]) in tiles.iter().enumerate() {
        let mut tile = [[0.0; N]; ROWS];
        let mut panel = panel;
        for &(offset, length) in parts {
            let (part, others) = panel.split_at(length);
            panel = others;
            let rows = [
                stretch(x, a + offset, length),
                stretch(x, b + offset, length),
                stretch(x, c + offset, length),
                stretch(x, d + offset, length),
            ];
            accumulate(&mut tile, rows, part);
        }
        put(sink, at * ROWS, &tile);
    }
}

#[inline(always)]
fn row_sums<const N: usize, const P: usize>(
    panels: [&[[f32; N]]; P],
    x: &[f32],
    start: usize,
    parts: &[(usize, usize)],
) -> [[f32; N]; P] {
    let mut sums = [[0.0; N]; P];
    let mut at = 0;
    for &(offset, length) in parts {
        accumulate_row(
            &mut sums,
            stretch(x, start + offset, length),
            panels.map(|panel| &panel[at..][..length]),
        );
        at += length;
    }
    sums
}

#[inline(always)]
fn stretch(x: &[f32], start: usize, length: usize) -> &[f32] {
    &x[start..][..length]
}
