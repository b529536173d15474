//! The kernels against naive references in f64, over tables of shapes.

use elbo_room::kernels::activation::{
    exp, gelu, gelu_tanh, log_softmax, sigmoid, silu, softmax, softplus,
};
use elbo_room::kernels::convolution::{Direct, Weights, Window};
use elbo_room::kernels::deconvolution::Deconvolution;
use elbo_room::kernels::elementwise::{pairs, reduce};
use elbo_room::kernels::matmul::{linear, matmul};
use elbo_room::kernels::normalization::{group_norm, layer_norm};
use elbo_room::kernels::panels::Panels;
use elbo_room::kernels::rearrange::{keeps_order, transpose, upsample};
use elbo_room::kernels::winograd::Winograd;
use elbo_room::math::rng::{Purpose, standard_normal};
use wasm_bindgen_test::wasm_bindgen_test;

fn normal(length: usize, seed: u64) -> Vec<f32> {
    standard_normal(seed, Purpose::Latent, [0, 0], length).iter().map(|&v| v as f32).collect()
}

#[track_caller]
fn close(what: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0_f64, |a, b| a.max(b.abs()));
    for (at, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let off = (f64::from(found) - expected).abs();
        assert!(off <= tolerance * scale, "{what}: value {at} is {found}, not {expected}");
    }
}

/// The definition, value by value; `x` is `[height, width, channels]`.
fn reference(
    window: &Window,
    [height, width]: [usize; 2],
    x: &[f32],
    weights: Weights<'_>,
    bias: &[f32],
) -> Vec<f64> {
    let channels = weights.inputs * window.groups;
    let each = weights.outputs / window.groups;
    let [rows, columns] = window.output([height, width]).unwrap();
    let mut out = Vec::new();
    for y in 0..rows {
        for x_out in 0..columns {
            for (output, &bias) in bias.iter().enumerate() {
                let mut sum = f64::from(bias);
                for ky in 0..window.kernel[0] {
                    for kx in 0..window.kernel[1] {
                        let row = (y * window.strides[0] + ky * window.dilations[0])
                            .checked_sub(window.before[0]);
                        let column = (x_out * window.strides[1] + kx * window.dilations[1])
                            .checked_sub(window.before[1]);
                        let (Some(row), Some(column)) = (row, column) else { continue };
                        if row >= height || column >= width {
                            continue;
                        }
                        for input in 0..weights.inputs {
                            let channel = output / each * weights.inputs + input;
                            let value = x[(row * width + column) * channels + channel];
                            sum += f64::from(value) * f64::from(weights.at(output, input, ky, kx));
                        }
                    }
                }
                out.push(sum);
            }
        }
    }
    out
}

struct Case {
    size: [usize; 2],
    inputs: usize,
    outputs: usize,
    window: Window,
}

fn case(size: [usize; 2], inputs: usize, outputs: usize, kernel: [usize; 2]) -> Case {
    let before = kernel.map(|k| (k - 1) / 2);
    let window =
        Window { kernel, strides: [1; 2], dilations: [1; 2], before, after: before, groups: 1 };
    Case { size, inputs, outputs, window }
}

#[wasm_bindgen_test(unsupported = test)]
fn direct_convolutions_are_the_definition() {
    let with = |mut case: Case, change: fn(&mut Window)| {
        change(&mut case.window);
        case
    };
    let cases = [
        case([1, 1], 1, 1, [1, 1]),
        case([1, 1], 1, 1, [3, 3]),
        case([5, 7], 3, 5, [3, 3]),
        case([7, 7], 16, 8, [3, 3]),
        case([14, 14], 4, 12, [3, 3]),
        case([14, 14], 48, 4, [3, 3]),
        case([6, 5], 9, 13, [1, 1]),
        case([2, 9], 2, 17, [1, 5]),
        with(case([28, 28], 1, 32, [4, 4]), |w| w.strides = [2; 2]),
        with(case([7, 7], 5, 9, [7, 7]), |w| (w.before, w.after) = ([0; 2], [0; 2])),
        with(case([9, 8], 3, 6, [3, 3]), |w| (w.strides, w.after) = ([2, 3], [0, 2])),
        with(case([9, 8], 3, 6, [3, 2]), |w| w.dilations = [2, 3]),
        with(case([5, 4], 2, 9, [3, 3]), |w| w.groups = 3),
        with(case([5, 4], 1, 4, [3, 3]), |w| w.groups = 4),
    ];
    for Case { size, inputs, outputs, window } in cases {
        let what = format!("{size:?} {inputs} to {outputs}, {window:?}");
        let values = normal(outputs * inputs * window.kernel[0] * window.kernel[1], 1);
        let weights = Weights { values: &values, outputs, inputs, kernel: window.kernel };
        let (x, bias) = (normal(size[0] * size[1] * inputs * window.groups, 2), normal(outputs, 3));
        let expected = reference(&window, size, &x, weights, &bias);
        let residual = normal(expected.len(), 4);
        let (mut out, mut scratch) = (vec![0.0; expected.len()], vec![7.0; 5]);
        let direct = Direct::new(window, size, weights, bias).unwrap();
        direct.run(&x, None, &mut out, &mut scratch);
        close(&what, &out, &expected, 1e-5);
        direct.run(&x, Some(&residual), &mut out, &mut scratch);
        let sum: Vec<f64> =
            expected.iter().zip(&residual).map(|(e, &r)| e + f64::from(r)).collect();
        close(&what, &out, &sum, 1e-5);
    }
    let too_large = case([2, 2], 1, 1, [1, 1]).window;
    let too_large = Window { kernel: [3, 3], ..too_large };
    assert!(
        Direct::new(
            too_large,
            [2, 2],
            Weights { values: &[0.0; 9], outputs: 1, inputs: 1, kernel: [3, 3] },
            vec![0.0]
        )
        .is_none()
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn winograds_convolutions_are_the_definition() {
    let cases = [
        ([1, 1], 8, 8, [1, 1], [1, 1]),
        ([7, 7], 16, 24, [1, 1], [1, 1]),
        ([14, 14], 8, 40, [1, 1], [1, 1]),
        ([5, 11], 8, 16, [1, 1], [1, 1]),
        ([6, 6], 24, 8, [0, 0], [0, 0]),
        ([4, 9], 8, 8, [2, 0], [1, 2]),
    ];
    for (size, inputs, outputs, before, after) in cases {
        let what = format!("{size:?} {inputs} to {outputs}");
        let window =
            Window { kernel: [3; 2], strides: [1; 2], dilations: [1; 2], before, after, groups: 1 };
        let values = normal(outputs * inputs * 9, 1);
        let weights = Weights { values: &values, outputs, inputs, kernel: [3, 3] };
        let (x, bias) = (normal(size[0] * size[1] * inputs, 2), normal(outputs, 3));
        let expected = reference(&window, size, &x, weights, &bias);
        let residual = normal(expected.len(), 4);
        let output = window.output(size).unwrap();
        let winograd = Winograd::new(size, before, output, weights, bias);
        let (mut out, mut scratch) =
            (vec![0.0; expected.len()], [vec![7.0; 3], vec![], vec![9.0; 900]]);
        winograd.run(&x, None, &mut out, &mut scratch);
        close(&what, &out, &expected, 1e-5);
        let first = out.clone();
        winograd.run(&x, None, &mut out, &mut scratch);
        assert_eq!(out, first, "{what}: what a run leaves in memory must not matter");
        winograd.run(&x, Some(&residual), &mut out, &mut scratch);
        let sum: Vec<f64> =
            expected.iter().zip(&residual).map(|(e, &r)| e + f64::from(r)).collect();
        close(&what, &out, &sum, 1e-5);
    }
    assert!(Winograd::takes(8, 16) && !Winograd::takes(4, 8) && !Winograd::takes(8, 1));
}

/// What is not finite reaches every output that looks at it.
#[wasm_bindgen_test(unsupported = test)]
fn values_that_are_not_finite_are_not_lost() {
    let Case { size, inputs, outputs, window } = case([7, 7], 8, 8, [3, 3]);
    let values = normal(outputs * inputs * 9, 1);
    let weights = Weights { values: &values, outputs, inputs, kernel: [3, 3] };
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut x = normal(size[0] * size[1] * inputs, 2);
        x[(3 * 7 + 2) * inputs + 1] = wrong;
        let mut out = vec![0.0; 49 * outputs];
        let mut scratch = Default::default();
        for fewer in [false, true] {
            if fewer {
                let winograd = Winograd::new(size, [1, 1], size, weights, vec![0.0; outputs]);
                winograd.run(&x, None, &mut out, &mut scratch);
            } else {
                let direct =
                    Direct::new(window.clone(), size, weights, vec![0.0; outputs]).unwrap();
                direct.run(&x, None, &mut out, &mut Vec::new());
            }
            for (at, value) in out.iter().enumerate() {
                let (y, x) = (at / outputs / 7, at / outputs % 7);
                if (2..5).contains(&y) && (1..4).contains(&x) {
                    assert!(!value.is_finite(), "{wrong}: {value} at {y}, {x}");
                } else if !fewer {
                    assert!(value.is_finite(), "{wrong}: {value} at {y}, {x}");
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_exponential_function_is_within_a_unit_in_the_last_place() {
    for at in -87_000..88_300 {
        let x = at as f32 / 1000.0;
        let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
        assert!((found / expected - 1.0).abs() <= 1.2e-7, "exp({x}) is {found}, not {expected}");
    }
    for (x, expected) in [
        (-200.0, 0.0),
        (f32::NEG_INFINITY, 0.0),
        (200.0, f32::INFINITY),
        (f32::INFINITY, f32::INFINITY),
    ] {
        assert_eq!(exp(x), expected, "exp({x})");
    }
    assert!(exp(f32::NAN).is_nan());
    assert_eq!(exp(0.0), 1.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn activations_are_their_formulas() {
    // Lengths that fill vectors and that do not.
    for length in [1, 7, 8, 9, 40, 1001] {
        let x: Vec<f32> = normal(length, 5).iter().map(|v| 12.0 * v).collect();
        let logistic = |v: &f32| 1.0 / (1.0 + (-f64::from(*v)).exp());
        let mut out = x.clone();
        sigmoid(&mut out);
        close("sigmoid", &out, &x.iter().map(logistic).collect::<Vec<_>>(), 3e-7);
        let mut out = x.clone();
        silu(&mut out);
        close(
            "silu",
            &out,
            &x.iter().map(|v| f64::from(*v) * logistic(v)).collect::<Vec<_>>(),
            3e-7,
        );
        let mut out = x.clone();
        softmax(&mut out, length);
        let total: f64 = x.iter().map(|v| f64::from(*v).exp()).sum();
        close(
            "softmax",
            &out,
            &x.iter().map(|v| f64::from(*v).exp() / total).collect::<Vec<_>>(),
            3e-7,
        );
        let mut out = x.clone();
        log_softmax(&mut out, length);
        let expected: Vec<f64> = x.iter().map(|v| f64::from(*v) - total.ln()).collect();
        close("log_softmax", &out, &expected, 3e-7);
    }
    let mut wrong = [f32::NAN, f32::INFINITY, -200.0, 200.0, 0.0];
    silu(&mut wrong);
    assert!(wrong[0].is_nan());
    assert_eq!(wrong[1..], [f32::INFINITY, -0.0, 200.0, 0.0]);
    let mut rows = [1000.0, 1000.0, -1000.0, 3.0];
    softmax(&mut rows, 2);
    assert_eq!(rows, [0.5, 0.5, 0.0, 1.0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn group_norms_are_the_definition() {
    for (pixels, channels, groups) in
        [(1, 1, 1), (1, 8, 2), (49, 96, 8), (196, 48, 8), (35, 6, 3), (9, 5, 1), (4, 7, 7)]
    {
        // Far from zero, where taking the mean off loses digits.
        let x: Vec<f32> = normal(pixels * channels, 6).iter().map(|v| 3.0 * v + 20.0).collect();
        let (scale, shift) = (normal(channels, 7), normal(channels, 8));
        let each = channels / groups;
        let of = |group: usize| {
            x.iter()
                .enumerate()
                .filter(move |(at, _)| at % channels / each == group)
                .map(|(_, &v)| f64::from(v))
        };
        let count = (pixels * each) as f64;
        let mean: Vec<f64> = (0..groups).map(|g| of(g).sum::<f64>() / count).collect();
        let variance: Vec<f64> = (0..groups)
            .map(|g| of(g).map(|v| (v - mean[g]).powi(2)).sum::<f64>() / count)
            .collect();
        let expected: Vec<f64> = x
            .iter()
            .enumerate()
            .map(|(at, &v)| {
                let (c, g) = (at % channels, at % channels / each);
                (f64::from(v) - mean[g]) / (variance[g] + 1e-5).sqrt() * f64::from(scale[c])
                    + f64::from(shift[c])
            })
            .collect();
        let mut out = vec![0.0; x.len()];
        group_norm(&x, groups, 1e-5, [&scale, &shift], false, &mut out);
        // The same bits as from one sum after the other.
        let plain = plain_group_norm(&x, groups, 1e-5, &scale, &shift);
        assert!(out == plain, "{pixels} {channels} {groups}");
        let mut with_silu = vec![0.0; x.len()];
        group_norm(&x, groups, 1e-5, [&scale, &shift], true, &mut with_silu);
        let mut after = plain;
        silu(&mut after);
        assert!(with_silu == after, "{pixels} {channels} {groups}");
        // One value alone is its own mean: what is left of it is rounding, times 1 / sqrt(epsilon).
        close(
            &format!("{pixels} {channels} {groups}"),
            &out,
            &expected,
            if count == 1.0 { 1e-3 } else { 1e-5 },
        );
    }
    let mut out = [0.0; 4];
    group_norm(&[1.0, f32::NAN, 2.0, 3.0], 2, 1e-5, [&[1.0; 2], &[0.0; 2]], false, &mut out);
    assert!(out[1].is_nan() && out[3].is_nan() && out[0].is_finite() && out[2].is_finite());
}

fn plain_group_norm(
    x: &[f32],
    groups: usize,
    epsilon: f32,
    scale: &[f32],
    shift: &[f32],
) -> Vec<f32> {
    let channels = scale.len();
    let each = channels / groups;
    let count = (x.len() / channels * each) as f32;
    let of_channel = |channel: usize| x.iter().skip(channel).step_by(channels);
    let mean_over = |f: &dyn Fn(f32, usize) -> f32, group: usize| {
        let sum = |channel: usize| of_channel(channel).fold(0.0, |sum, v| sum + f(*v, channel));
        (group * each..(group + 1) * each).map(sum).sum::<f32>() / count
    };
    let mean: Vec<f32> = (0..groups).map(|group| mean_over(&|v, _| v, group)).collect();
    let square = |v: f32, channel: usize| (v - mean[channel / each]) * (v - mean[channel / each]);
    let variance: Vec<f32> = (0..groups).map(|group| mean_over(&square, group)).collect();
    let normal = |(at, v): (usize, &f32)| {
        let (c, g) = (at % channels, at % channels / each);
        (v - mean[g]) * (scale[c] / (variance[g] + epsilon).sqrt()) + shift[c]
    };
    x.iter().enumerate().map(normal).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn layer_norms_are_the_definition() {
    for (rows, columns) in [(1, 1), (3, 5), (2, 8), (4, 33), (1, 200)] {
        let x: Vec<f32> = normal(rows * columns, 6).iter().map(|v| 3.0 * v + 20.0).collect();
        let (scale, shift) = (normal(columns, 7), normal(columns, 8));
        let mut expected = Vec::new();
        let mut plain = Vec::new();
        for row in x.chunks(columns) {
            let mean = row.iter().map(|&v| f64::from(v)).sum::<f64>() / columns as f64;
            let variance = row.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>();
            let root = (variance / columns as f64 + 1e-5).sqrt();
            for (at, &v) in row.iter().enumerate() {
                let value = (f64::from(v) - mean) / root;
                plain.push(value);
                expected.push(value * f64::from(scale[at]) + f64::from(shift[at]));
            }
        }
        // One value alone is its own mean: what is left of it is rounding, times 1 / sqrt(epsilon).
        let tolerance = if columns == 1 { 1e-3 } else { 1e-5 };
        let mut out = vec![0.0; x.len()];
        layer_norm(&x, columns, 1e-5, &scale, &shift, &mut out);
        close(&format!("{rows} {columns}"), &out, &expected, tolerance);
        layer_norm(&x, columns, 1e-5, &[], &[], &mut out);
        close(&format!("{rows} {columns}, alone"), &out, &plain, tolerance);
    }
}

/// The sum over all pairs of an input and an output that a kernel's value joins.
#[wasm_bindgen_test(unsupported = test)]
fn transposed_convolutions_are_the_definition() {
    type Case = ([usize; 2], usize, usize, [usize; 2], [usize; 2], [usize; 2], [usize; 2], usize);
    // Size, inputs and outputs of a group, kernel, strides, dilations, zeros taken off, groups.
    let cases: [Case; 6] = [
        ([1, 1], 1, 1, [1, 1], [1, 1], [1, 1], [0, 0], 1),
        ([4, 5], 3, 6, [3, 3], [2, 2], [1, 1], [1, 1], 1),
        ([7, 7], 8, 4, [4, 4], [2, 2], [1, 1], [1, 1], 1),
        ([3, 2], 2, 3, [2, 2], [2, 2], [1, 1], [0, 0], 1),
        ([4, 3], 2, 5, [3, 2], [3, 1], [2, 3], [2, 1], 1),
        ([5, 4], 3, 2, [3, 3], [1, 2], [1, 1], [0, 1], 3),
    ];
    for (size, inputs, each, kernel, strides, dilations, before, groups) in cases {
        let outputs = each * groups;
        let output: [usize; 2] = std::array::from_fn(|axis| {
            (size[axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1
                - before[axis]
        });
        let window = Window { kernel, strides, dilations, before, after: [0; 2], groups };
        let values = normal(outputs * inputs * kernel[0] * kernel[1], 1);
        let weights = Weights { values: &values, outputs, inputs, kernel };
        let channels = inputs * groups;
        let (x, bias) = (normal(size[0] * size[1] * channels, 2), normal(outputs, 3));
        let mut expected: Vec<f64> =
            (0..output[0] * output[1]).flat_map(|_| bias.iter().map(|&b| f64::from(b))).collect();
        for (at, &value) in x.iter().enumerate() {
            let (pixel, channel) = (at / channels, at % channels);
            let (group, input) = (channel / inputs, channel % inputs);
            for place in 0..kernel[0] * kernel[1] {
                let (row, column) = (place / kernel[1], place % kernel[1]);
                let y = (pixel / size[1] * strides[0] + row * dilations[0]).checked_sub(before[0]);
                let x =
                    (pixel % size[1] * strides[1] + column * dilations[1]).checked_sub(before[1]);
                let (Some(y), Some(x)) = (y, x) else { continue };
                for out in group * each..(group + 1) * each {
                    expected[(y * output[1] + x) * outputs + out] +=
                        f64::from(value) * f64::from(weights.at(out, input, row, column));
                }
            }
        }
        let mut out = vec![0.0; expected.len()];
        let transposed = Deconvolution::new(window, size, output, weights, bias);
        transposed.run(&x, &mut out, &mut vec![7.0; 3]);
        close(&format!("{size:?} {kernel:?} {strides:?} {groups}"), &out, &expected, 1e-5);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn smooth_activations_are_the_definition() {
    // Φ(x) from Abramowitz and Stegun's table 26.1.
    for (x, phi) in [(0.0, 0.5), (1.0, 0.841_344_746), (-2.0, 0.022_750_132), (3.0, 0.998_650_102)]
    {
        let (found, expected) = (f64::from(gelu(x as f32)), x * phi);
        assert!((found - expected).abs() < 1e-6, "gelu({x}) is {found}, not {expected}");
        assert!((f64::from(gelu_tanh(x as f32)) - expected).abs() < 1e-3, "gelu_tanh({x})");
    }
    for x in [-40.0_f32, -3.0, -1e-3, 0.0, 0.5, 7.0, 30.0] {
        let expected = f64::from(x).exp().ln_1p();
        let found = f64::from(softplus(x));
        assert!((found - expected).abs() <= 2e-7 * expected, "softplus({x}) is {found}");
    }
    assert_eq!([softplus(500.0), softplus(-500.0)], [500.0, 0.0]);
    assert!(softplus(f32::NAN).is_nan());
}

#[wasm_bindgen_test(unsupported = test)]
fn products_of_matrices_are_the_definition() {
    let mut panels = Panels::zero(0, 0);
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
        close("matmul", &out, &expected, 1e-6);
        let mut turned = vec![0.0; b.len()];
        transpose(&b, &[depth, columns], &[1, 0], &mut turned);
        matmul(&a, &turned, true, [depth, columns], &mut out, &mut panels);
        close("matmul, transposed", &out, &expected, 1e-6);
        let weights = Panels::new(depth, columns, |k, column| b[k * columns + column]);
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
        assert_eq!(keeps_order(shape, permutation), out == x, "{shape:?} {permutation:?}");
    }
    let mut out = vec![0.0; 24];
    upsample(&[1.0, 2.0, 3.0, 4.0], 2, 1, [3, 2], &mut out);
    let row = |a: f32, b: f32| [a, a, b, b].repeat(3);
    assert_eq!(out, [row(1.0, 2.0), row(3.0, 4.0)].concat());
}

#[wasm_bindgen_test(unsupported = test)]
fn pairs_and_sums_go_over_axes_of_length_one() {
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
        pairs((&a, a_shape), (&b, b_shape), shape, &mut out, |a, b| a - b);
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
