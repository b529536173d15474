//! Norms over groups and layers.

use elbo_room::kernels::activation::silu;
use elbo_room::kernels::elementwise::reduce;
use elbo_room::kernels::normalization::{group_norm, layer_norm};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{close, normal};

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

/// As of a picture with a wide border in one colour.
#[wasm_bindgen_test(unsupported = test)]
fn many_values_that_are_nearly_alike_are_summed_exactly_enough() {
    let (pixels, channels) = (150_000, 2);
    let x: Vec<f32> =
        (0..pixels * channels).map(|at| if at % 997 == 0 { 1.7 } else { 1.1 }).collect();
    let count = x.len() as f64;
    let mean = x.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let variance = x.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
    let normal = |v: &f32| (f64::from(*v) - mean) / (variance + 1e-5).sqrt();
    let expected: Vec<f64> = x.iter().map(normal).collect();
    let mut out = vec![0.0; x.len()];
    group_norm(&x, 1, 1e-5, [&[1.0; 2], &[0.0; 2]], false, &mut out);
    close("group", &out, &expected, 1e-4);
    layer_norm(&x, x.len(), 1e-5, &[], &[], &mut out);
    close("layer", &out, &expected, 1e-4);
    let mut sum = [0.0];
    reduce(&x, &[x.len()], &[1], &mut sum, 0.0_f32, |a, b| a + b);
    close("sum", &sum, &[mean * count], 1e-5);
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
