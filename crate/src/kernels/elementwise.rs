//! Binary functions with broadcasting, and reductions, over row-major arrays.

use super::SEGMENT;

/// Lengths of axes, and each operand's strides along them. Adjacent axes over which the memory of
/// all operands is contiguous are merged.
struct Axes<const N: usize>(Vec<(usize, [usize; N])>);

impl<const N: usize> Axes<N> {
    /// The axes of a shape, with the strides of each operand.
    fn new(shape: &[usize], strides: [Vec<usize>; N]) -> Self {
        let mut axes: Vec<(usize, [usize; N])> = Vec::new();
        for (axis, &length) in shape.iter().enumerate().filter(|&(_, &length)| length != 1) {
            let strides: [usize; N] = std::array::from_fn(|operand| strides[operand][axis]);
            match axes.last_mut() {
                Some((all, outer)) if *outer == strides.map(|stride| stride * length) => {
                    (*all, *outer) = (*all * length, strides);
                }
                _ => axes.push((length, strides)),
            }
        }
        Self(axes)
    }

    /// Calls `run(offsets, length, strides)` for each row of the innermost axis, in order.
    fn walk(mut self, mut run: impl FnMut([usize; N], usize, [usize; N])) {
        let (length, strides) = self.0.pop().unwrap_or((1, [1; N]));
        let mut index = vec![0; self.0.len()];
        let mut offsets = [0; N];
        let rows: usize = self.0.iter().map(|(length, _)| length).product();
        for _ in 0..rows {
            run(offsets, length, strides);
            for (index, &(length, strides)) in index.iter_mut().zip(&self.0).rev() {
                *index += 1;
                for (offset, stride) in offsets.iter_mut().zip(strides) {
                    *offset += stride;
                }
                if *index < length {
                    break;
                }
                for (offset, stride) in offsets.iter_mut().zip(strides) {
                    *offset -= length * stride;
                }
                *index = 0;
            }
        }
    }
}

/// The strides of a row-major array of this shape; 0 along an axis of length 1, which is broadcast.
fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![0; shape.len()];
    let mut stride = 1;
    for (at, &length) in shape.iter().enumerate().rev() {
        if length != 1 {
            strides[at] = stride;
        }
        stride *= length;
    }
    strides
}

/// `out = f(a, b)`, value by value. Shapes have the rank of `shape`, and axes of length 1 are
/// broadcast.
pub fn broadcast_binary<T: Copy>(
    a: (&[T], &[usize]),
    b: (&[T], &[usize]),
    shape: &[usize],
    out: &mut [T],
    f: impl Fn(T, T) -> T,
) {
    if out.is_empty() {
        return;
    }
    let axes = Axes::new(shape, [strides(a.1), strides(b.1), strides(shape)]);
    axes.walk(|[from_a, from_b, to], length, [stride_a, stride_b, _]| {
        let (a, b) = (&a.0[from_a..], &b.0[from_b..]);
        let out = &mut out[to..][..length];
        // Along the innermost axis an operand is contiguous, or broadcast.
        match [stride_a, stride_b] {
            [0, 0] => out.fill(f(a[0], b[0])),
            [0, _] => {
                let a = a[0];
                for (out, b) in out.iter_mut().zip(b) {
                    *out = f(a, *b);
                }
            }
            [_, 0] => {
                let b = b[0];
                for (out, a) in out.iter_mut().zip(a) {
                    *out = f(*a, b);
                }
            }
            _ => {
                for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                    *out = f(*a, *b);
                }
            }
        }
    });
}

/// Reduces over the axes along which the shape `reduced` has length 1. `initial` is the neutral
/// element of f. Values are reduced in their order in memory; more than [`SEGMENT`] along one axis
/// are reduced in segments of that length, and then their results.
pub fn reduce<T: Copy>(
    x: &[T],
    shape: &[usize],
    reduced: &[usize],
    out: &mut [T],
    initial: T,
    f: impl Fn(T, T) -> T,
) {
    out.fill(initial);
    if x.is_empty() {
        return;
    }
    Axes::new(shape, [strides(shape), strides(reduced)]).walk(|[from, to], length, [_, stride]| {
        let x = &x[from..][..length];
        let along = |first: T, x: &[T]| x.iter().fold(first, |sum, value| f(sum, *value));
        if stride == 0 && length > SEGMENT {
            out[to] = x.chunks(SEGMENT).fold(out[to], |sum, part| f(sum, along(initial, part)));
        } else if stride == 0 {
            out[to] = along(out[to], x);
        } else {
            for (out, value) in out[to..].iter_mut().step_by(stride).zip(x) {
                *out = f(*out, *value);
            }
        }
    });
}
