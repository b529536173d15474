//! Operators that only move values.

/// `out[i_p0, i_p1, …] = x[i_0, i_1, …]`: the axes of x, of lengths `shape`, in the order
/// `permutation`.
pub fn transpose<T: Copy>(x: &[T], shape: &[usize], permutation: &[usize], out: &mut [T]) {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    // Axes that stay adjacent are merged.
    let mut axes: Vec<(usize, usize)> = Vec::new();
    for (length, stride) in permutation
        .iter()
        .map(|&axis| (shape[axis], strides[axis]))
        .filter(|&(length, _)| length != 1)
    {
        match axes.last_mut() {
            Some((all, outer)) if *outer == length * stride => {
                (*all, *outer) = (*all * length, stride);
            }
            _ => axes.push((length, stride)),
        }
    }
    if out.is_empty() {
        return;
    }
    let (length, stride) = axes.pop().unwrap_or((1, 1));
    let mut index = vec![0; axes.len()];
    let mut start = 0;
    for run in out.chunks_exact_mut(length) {
        if stride == 1 {
            run.copy_from_slice(&x[start..][..length]);
        } else {
            for (out, value) in run.iter_mut().zip(x[start..].iter().step_by(stride)) {
                *out = *value;
            }
        }
        for (axis, &(length, stride)) in axes.iter().enumerate().rev() {
            index[axis] += 1;
            start += stride;
            if index[axis] < length {
                break;
            }
            start -= length * stride;
            index[axis] = 0;
        }
    }
}

/// Whether the permutation only moves axes of length 1, and so no value.
#[must_use]
pub fn is_identity(shape: &[usize], permutation: &[usize]) -> bool {
    permutation.iter().filter(|&&axis| shape[axis] != 1).is_sorted()
}

/// An image `[height, width, channels]` with each pixel repeated `factors[0]` times down and
/// `factors[1]` times to the right.
pub fn upsample(x: &[f32], width: usize, channels: usize, factors: [usize; 2], out: &mut [f32]) {
    let line = width * channels;
    let wide = line * factors[1];
    for (x, out) in x.chunks_exact(line).zip(out.chunks_exact_mut(wide * factors[0])) {
        let (first, others) = out.split_at_mut(wide);
        for (pixel, out) in
            x.chunks_exact(channels).zip(first.chunks_exact_mut(channels * factors[1]))
        {
            for copy in out.chunks_exact_mut(channels) {
                copy.copy_from_slice(pixel);
            }
        }
        for copy in others.chunks_exact_mut(wide) {
            copy.copy_from_slice(first);
        }
    }
}
