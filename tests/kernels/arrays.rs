//! Products of matrices, and what goes element by element.

use elbo_room::kernels::elementwise::{broadcast_binary, reduce};
use elbo_room::kernels::matmul::{linear, matmul};
use elbo_room::kernels::packed::PackedMatrix;
use elbo_room::kernels::rearrange::{is_identity, transpose, upsample};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{close, normal, same};

#[wasm_bindgen_test(unsupported = test)]
fn products_of_matrices_are_the_definition() {
    let (mut panels, mut other_panels) =
        (PackedMatrix::<8>::zero(0, 0), PackedMatrix::<16>::zero(0, 0));
    let shapes = [
        (1, 1, 1),
        (1, 17, 128),
        (1, 9, 117),
        (4, 8, 8),
        (5, 3, 9),
        (49, 24, 49),
        (7, 96, 12),
        (3, 11, 44),
        (3, 0, 2),
    ];
    for (rows, depth, columns) in shapes {
        let (a, b, bias) =
            (normal(rows * depth, 1), normal(depth * columns, 2), normal(columns, 3));
        let term = |r: usize, k: usize, c: usize| {
            f64::from(a[r * depth + k]) * f64::from(b[k * columns + c])
        };
        let value =
            |at: usize| (0..depth).map(|k| term(at / columns, k, at % columns)).sum::<f64>();
        let expected: Vec<f64> = (0..rows * columns).map(value).collect();
        let mut out = vec![0.0; rows * columns];
        matmul(&a, &b, false, [depth, columns], &mut out, &mut panels);
        let of_one = out.clone();
        matmul(&a, &b, false, [depth, columns], &mut out, &mut other_panels);
        close("matmul", &same([of_one, out.clone()]), &expected, 1e-6);
        let mut turned = vec![0.0; b.len()];
        transpose(&b, &[depth, columns], &[1, 0], &mut turned);
        matmul(&a, &turned, true, [depth, columns], &mut out, &mut panels);
        close("matmul, transposed", &out, &expected, 1e-6);
        let weights = <PackedMatrix>::new(depth, columns, |k, column| b[k * columns + column]);
        linear(&a, depth, &weights, &bias, &mut out);
        let shifted: Vec<f64> =
            expected.iter().enumerate().map(|(at, v)| v + f64::from(bias[at % columns])).collect();
        close("linear", &out, &shifted, 1e-6);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn axes_change_places() {
    let cases: [(&[usize], &[usize]); 8] = [
        (&[5], &[0]),
        (&[2, 3], &[1, 0]),
        (&[1, 4, 3, 2], &[0, 2, 3, 1]),
        (&[1, 7, 7, 96], &[0, 3, 1, 2]),
        (&[2, 3, 4, 5], &[3, 1, 0, 2]),
        (&[1, 8, 2, 2, 3, 3], &[0, 1, 4, 2, 5, 3]),
        (&[1, 1, 6, 1], &[3, 2, 1, 0]),
        (&[], &[]),
    ];
    for (shape, permutation) in cases {
        let length = shape.iter().product();
        let x: Vec<f32> = (0..length).map(|v| v as f32).collect();
        let to: Vec<usize> = permutation.iter().map(|&axis| shape[axis]).collect();
        let steps = |axis: usize| shape[axis + 1..].iter().product::<usize>();
        let source = |mut at: usize| {
            let mut from = 0;
            for (&axis, &length) in permutation.iter().zip(&to).rev() {
                from += at % length * steps(axis);
                at /= length;
            }
            from as f32
        };
        let mut out = vec![-1.0; length];
        transpose(&x, shape, permutation, &mut out);
        assert_eq!(out, (0..length).map(source).collect::<Vec<_>>(), "{shape:?} {permutation:?}");
        assert_eq!(is_identity(shape, permutation), out == x, "{shape:?} {permutation:?}");
    }
    let mut out = vec![0.0; 24];
    upsample(&[1.0, 2.0, 3.0, 4.0], 2, 1, [3, 2], &mut out);
    let row = |a: f32, b: f32| [a, a, b, b].repeat(3);
    assert_eq!(out, [row(1.0, 2.0), row(3.0, 4.0)].concat());
}

#[wasm_bindgen_test(unsupported = test)]
fn binary_functions_and_sums_broadcast_over_axes_of_length_1() {
    let cases: [(&[usize], &[usize], &[usize]); 7] = [
        (&[], &[], &[]),
        (&[3], &[3], &[3]),
        (&[1], &[4], &[4]),
        (&[2, 3, 4], &[1, 3, 1], &[2, 3, 4]),
        (&[2, 1, 4], &[1, 3, 1], &[2, 3, 4]),
        (&[1, 7, 7, 5], &[1, 1, 1, 5], &[1, 7, 7, 5]),
        (&[4, 1, 1], &[4, 2, 3], &[4, 2, 3]),
    ];
    for (a_shape, b_shape, shape) in cases {
        let place = |of: &[usize], at: usize| {
            let (mut rest, mut from, mut step) = (at, 0, 1);
            for (&length, &whole) in of.iter().zip(shape).rev() {
                from += if length == 1 { 0 } else { rest % whole * step };
                step *= length;
                rest /= whole;
            }
            from
        };
        let length: usize = shape.iter().product();
        let (a, b) = (normal(a_shape.iter().product(), 1), normal(b_shape.iter().product(), 2));
        let mut out = vec![0.0; length];
        broadcast_binary((&a, a_shape), (&b, b_shape), shape, &mut out, |a, b| a - b);
        let expected: Vec<f32> =
            (0..length).map(|at| a[place(a_shape, at)] - b[place(b_shape, at)]).collect();
        assert_eq!(out, expected, "{a_shape:?} {b_shape:?}");
        let mut sums = vec![0.0; a.len()];
        reduce(&out, shape, a_shape, &mut sums, 0.0, |a, b| a + b);
        let mut totals = vec![0.0_f64; a.len()];
        for (at, &value) in out.iter().enumerate() {
            totals[place(a_shape, at)] += f64::from(value);
        }
        close("sum", &sums, &totals, 1e-6);
    }
}
