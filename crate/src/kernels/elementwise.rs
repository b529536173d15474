//! Functions of single values, of pairs of values, and sums, over arrays whose axes are given by
//! their lengths.

use super::LONGEST;

/// Lengths and steps of axes, as many as are needed: axes that all operands walk alike are one.
struct Axes<const N: usize>(Vec<(usize, [usize; N])>);

impl<const N: usize> Axes<N> {
    /// Axes of the lengths `shape`, along which each operand takes the steps given for it.
    fn new(shape: &[usize], steps: [Vec<usize>; N]) -> Self {
        let mut axes: Vec<(usize, [usize; N])> = Vec::new();
        for (axis, &length) in shape.iter().enumerate().filter(|&(_, &length)| length != 1) {
            let steps: [usize; N] = std::array::from_fn(|operand| steps[operand][axis]);
            match axes.last_mut() {
                Some((all, outer)) if *outer == steps.map(|step| step * length) => {
                    (*all, *outer) = (*all * length, steps);
                }
                _ => axes.push((length, steps)),
            }
        }
        Self(axes)
    }

    /// Calls `run(starts, length, steps)` for each stretch of the innermost axis, in order.
    fn walk(mut self, mut run: impl FnMut([usize; N], usize, [usize; N])) {
        let (length, steps) = self.0.pop().unwrap_or((1, [1; N]));
        let mut index = vec![0; self.0.len()];
        let mut starts = [0; N];
        let stretches: usize = self.0.iter().map(|(length, _)| length).product();
        for _ in 0..stretches {
            run(starts, length, steps);
            for (index, &(length, steps)) in index.iter_mut().zip(&self.0).rev() {
                *index += 1;
                for (start, step) in starts.iter_mut().zip(steps) {
                    *start += step;
                }
                if *index < length {
                    break;
                }
                for (start, step) in starts.iter_mut().zip(steps) {
                    *start -= length * step;
                }
                *index = 0;
            }
        }
    }
}

/// Steps from one value to the next along each axis of an array of this shape; none along an axis
/// of length 1, whose value is repeated.
fn steps(shape: &[usize]) -> Vec<usize> {
    let mut steps = vec![0; shape.len()];
    let mut step = 1;
    for (at, &length) in shape.iter().enumerate().rev() {
        if length != 1 {
            steps[at] = step;
        }
        step *= length;
    }
    steps
}

/// `out = f(a, b)`, value by value. Shapes have as many axes as `shape`, of the same length or of
/// length 1.
pub fn pairs<T: Copy>(
    a: (&[T], &[usize]),
    b: (&[T], &[usize]),
    shape: &[usize],
    out: &mut [T],
    f: impl Fn(T, T) -> T,
) {
    if out.is_empty() {
        return;
    }
    let axes = Axes::new(shape, [steps(a.1), steps(b.1), steps(shape)]);
    axes.walk(|[from_a, from_b, to], length, [step_a, step_b, _]| {
        let (a, b) = (&a.0[from_a..], &b.0[from_b..]);
        let out = &mut out[to..][..length];
        // Along the innermost axis an operand's values lie side by side, or are one.
        match [step_a, step_b] {
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

/// Reduces over axes: `reduced` has the shape of x with length 1 along them. From `initial` on,
/// which changes nothing, values are taken in the order in which they lie; many along one axis in
/// parts.
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
    Axes::new(shape, [steps(shape), steps(reduced)]).walk(|[from, to], length, [_, step]| {
        let x = &x[from..][..length];
        let along = |first: T, x: &[T]| x.iter().fold(first, |sum, value| f(sum, *value));
        if step == 0 && length > LONGEST {
            out[to] = x.chunks(LONGEST).fold(out[to], |sum, part| f(sum, along(initial, part)));
        } else if step == 0 {
            out[to] = along(out[to], x);
        } else {
            for (out, value) in out[to..].iter_mut().step_by(step).zip(x) {
                *out = f(*out, *value);
            }
        }
    });
}
