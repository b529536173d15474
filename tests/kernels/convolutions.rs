//! Convolutions and their transposes.

use elbo_room::kernels::convolution::{ConvGeometry, Direct, Weights};
use elbo_room::kernels::deconvolution::Deconvolution;
use elbo_room::kernels::winograd::Winograd;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{close, normal, same};

/// The definition, value by value; `x` is `[height, width, channels]`.
fn reference(
    geometry: &ConvGeometry,
    [height, width]: [usize; 2],
    x: &[f32],
    weights: Weights<'_>,
    bias: &[f32],
) -> Vec<f64> {
    let channels = weights.inputs * geometry.groups;
    let each = weights.outputs / geometry.groups;
    let [rows, columns] = geometry.output([height, width]).unwrap();
    let mut out = Vec::new();
    for y in 0..rows {
        for x_out in 0..columns {
            for (output, &bias) in bias.iter().enumerate() {
                let mut sum = f64::from(bias);
                for ky in 0..geometry.kernel[0] {
                    for kx in 0..geometry.kernel[1] {
                        let row = (y * geometry.strides[0] + ky * geometry.dilations[0])
                            .checked_sub(geometry.before[0]);
                        let column = (x_out * geometry.strides[1] + kx * geometry.dilations[1])
                            .checked_sub(geometry.before[1]);
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
    geometry: ConvGeometry,
}

fn case(size: [usize; 2], inputs: usize, outputs: usize, kernel: [usize; 2]) -> Case {
    let before = kernel.map(|k| (k - 1) / 2);
    let geometry = ConvGeometry {
        kernel,
        strides: [1; 2],
        dilations: [1; 2],
        before,
        after: before,
        groups: 1,
    };
    Case { size, inputs, outputs, geometry }
}

/// A convolution by tiles of `W` columns.
fn direct<const W: usize>(
    (geometry, size, weights, bias): (&ConvGeometry, [usize; 2], Weights<'_>, &[f32]),
    x: &[f32],
    residual: Option<&[f32]>,
) -> Vec<f32> {
    let [rows, columns] = geometry.output(size).unwrap();
    let mut out = vec![0.0; rows * columns * bias.len()];
    let direct = Direct::<W>::new(geometry.clone(), size, weights, bias.to_vec()).unwrap();
    direct.run(x, residual, &mut out, &mut vec![7.0; 5]);
    out
}

#[wasm_bindgen_test(unsupported = test)]
fn direct_convolutions_are_the_definition() {
    let with = |mut case: Case, change: fn(&mut ConvGeometry)| {
        change(&mut case.geometry);
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
    for Case { size, inputs, outputs, geometry } in cases {
        let what = format!("{size:?} {inputs} to {outputs}, {geometry:?}");
        let values = normal(outputs * inputs * geometry.kernel[0] * geometry.kernel[1], 1);
        let weights = Weights { values: &values, outputs, inputs, kernel: geometry.kernel };
        let (x, bias) =
            (normal(size[0] * size[1] * inputs * geometry.groups, 2), normal(outputs, 3));
        let expected = reference(&geometry, size, &x, weights, &bias);
        let residual = normal(expected.len(), 4);
        let out = |residual: Option<&[f32]>| {
            let layer = (&geometry, size, weights, &bias[..]);
            same([direct::<8>(layer, &x, residual), direct::<16>(layer, &x, residual)])
        };
        close(&what, &out(None), &expected, 1e-5);
        let sum: Vec<f64> =
            expected.iter().zip(&residual).map(|(e, &r)| e + f64::from(r)).collect();
        close(&what, &out(Some(&residual)), &sum, 1e-5);
    }
    let too_large = case([2, 2], 1, 1, [1, 1]).geometry;
    let too_large = ConvGeometry { kernel: [3, 3], ..too_large };
    assert!(
        <Direct>::new(
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
        let geometry = ConvGeometry {
            kernel: [3; 2],
            strides: [1; 2],
            dilations: [1; 2],
            before,
            after,
            groups: 1,
        };
        let values = normal(outputs * inputs * 9, 1);
        let weights = Weights { values: &values, outputs, inputs, kernel: [3, 3] };
        let (x, bias) = (normal(size[0] * size[1] * inputs, 2), normal(outputs, 3));
        let expected = reference(&geometry, size, &x, weights, &bias);
        let residual = normal(expected.len(), 4);
        let output = geometry.output(size).unwrap();
        let other = Winograd::<8>::new(size, before, output, weights, bias.clone());
        let winograd = Winograd::<16>::new(size, before, output, weights, bias);
        let (mut out, mut scratch) =
            (vec![0.0; expected.len()], [vec![7.0; 3], vec![], vec![9.0; 900]]);
        winograd.run(&x, None, &mut out, &mut scratch);
        close(&what, &out, &expected, 1e-5);
        let first = out.clone();
        winograd.run(&x, None, &mut out, &mut scratch);
        assert_eq!(out, first, "{what}: what a run leaves in memory must not matter");
        other.run(&x, None, &mut out, &mut scratch);
        same([out.clone(), first]);
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
    let Case { size, inputs, outputs, geometry } = case([7, 7], 8, 8, [3, 3]);
    let values = normal(outputs * inputs * 9, 1);
    let weights = Weights { values: &values, outputs, inputs, kernel: [3, 3] };
    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut x = normal(size[0] * size[1] * inputs, 2);
        x[(3 * 7 + 2) * inputs + 1] = wrong;
        let mut out = vec![0.0; 49 * outputs];
        let mut scratch = Default::default();
        for fewer in [false, true] {
            if fewer {
                let winograd = <Winograd>::new(size, [1, 1], size, weights, vec![0.0; outputs]);
                winograd.run(&x, None, &mut out, &mut scratch);
            } else {
                let direct =
                    <Direct>::new(geometry.clone(), size, weights, vec![0.0; outputs]).unwrap();
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
        let geometry = ConvGeometry { kernel, strides, dilations, before, after: [0; 2], groups };
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
        let (mut out, mut other) = (vec![0.0; expected.len()], vec![0.0; expected.len()]);
        let transposed =
            Deconvolution::<8>::new(geometry.clone(), size, output, weights, bias.clone());
        transposed.run(&x, &mut out, &mut vec![7.0; 3]);
        let transposed = Deconvolution::<16>::new(geometry, size, output, weights, bias);
        transposed.run(&x, &mut other, &mut vec![7.0; 3]);
        let out = same([out, other]);
        close(&format!("{size:?} {kernel:?} {strides:?} {groups}"), &out, &expected, 1e-5);
    }
}
