//! Kernels of any shape: fast ones against plain ones, and identities between them.

use elbo_room::kernels::activation::{log_softmax, softmax};
use elbo_room::kernels::convolution::{ConvGeometry, Direct, Weights};
use elbo_room::kernels::deconvolution::Deconvolution;
use elbo_room::kernels::matmul::matmul;
use elbo_room::kernels::normalization::{group_norm, layer_norm};
use elbo_room::kernels::packed::PackedMatrix;
use elbo_room::kernels::rearrange::{is_identity, transpose};
use elbo_room::kernels::winograd::Winograd;
use proptest::prelude::*;

use super::{config, distance, normal_f32 as normal};

/// A shape of up to five axes, and an order of them.
fn permuted() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    prop::collection::vec(1_usize..6, 0..6).prop_flat_map(|shape| {
        let axes: Vec<usize> = (0..shape.len()).collect();
        (Just(shape), Just(axes).prop_shuffle())
    })
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

fn inner(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_product_adds_up_in_the_order_of_its_terms_whatever_the_tiles(
        rows in 1_usize..11, depth in 0_usize..40, columns in 1_usize..60, seed: u64,
    ) {
        let (a, b) = (normal(rows * depth, seed), normal(depth * columns, !seed));
        let value = |at: usize| {
            let (row, column) = (at / columns, at % columns);
            (0..depth).fold(0.0, |sum, k| sum + a[row * depth + k] * b[k * columns + column])
        };
        let expected: Vec<f32> = (0..rows * columns).map(value).collect();
        let mut out = vec![f32::NAN; expected.len()];
        matmul(&a, &b, false, [depth, columns], &mut out, &mut PackedMatrix::<8>::zero(0, 0));
        prop_assert_eq!(bits(&out), bits(&expected), "tiles of 8");
        matmul(&a, &b, false, [depth, columns], &mut out, &mut PackedMatrix::<16>::zero(3, 5));
        prop_assert_eq!(bits(&out), bits(&expected), "tiles of 16");
    }

    #[test]
    fn winograds_convolutions_are_the_direct_ones(
        size in [1_usize..13, 1_usize..13], groups in [1_usize..4, 1_usize..4],
        before in [0_usize..3, 0_usize..3], after in [0_usize..3, 0_usize..3],
        images in 1_usize..3, seed: u64,
    ) {
        let geometry =
            ConvGeometry {
                kernel: [3; 2], strides: [1; 2], dilations: [1; 2], before, after, groups: 1,
            };
        let Some(output) = geometry.output(size) else { return Ok(()) };
        let [inputs, outputs] = groups.map(|lanes| 8 * lanes);
        let values = normal(9 * inputs * outputs, seed);
        let weights = Weights { values: &values, outputs, inputs, kernel: [3; 2] };
        let (x, bias) = (normal(images * size[0] * size[1] * inputs, !seed), normal(outputs, 1));
        let mut outs = [0, 1].map(|_| vec![0.0; images * output[0] * output[1] * outputs]);
        let direct = <Direct>::new(geometry, size, weights, bias.clone()).expect("it has an \
            output");
        direct.run(&x, None, &mut outs[0], &mut Vec::new());
        let winograd = <Winograd>::new(size, before, output, weights, bias);
        winograd.run(&x, None, &mut outs[1], &mut Default::default());
        prop_assert!(distance(&outs[0], &outs[1]) < 2e-5);
    }

    /// ⟨W x, y⟩ = ⟨x, Wᵀ y⟩.
    #[test]
    fn a_transposed_convolution_is_the_adjoint_of_the_convolution(
        size in [1_usize..9, 1_usize..9], kernel in [1_usize..4, 1_usize..4],
        strides in [1_usize..4, 1_usize..4], dilations in [1_usize..3, 1_usize..3],
        before in [0_usize..3, 0_usize..3], channels in [1_usize..6, 1_usize..6], seed: u64,
    ) {
        let after = before;
        let geometry = ConvGeometry { kernel, strides, dilations, before, after, groups: 1 };
        let Some(output) = geometry.output(size) else { return Ok(()) };
        let ([inputs, outputs], taps) = (channels, kernel[0] * kernel[1]);
        let values = normal(taps * inputs * outputs, seed);
        let weights = Weights { values: &values, outputs, inputs, kernel };
        let turned: Vec<f32> = (0..values.len())
            .map(|at| {
                let (pair, tap) = (at / taps, at % taps);
                values[(pair % outputs * inputs + pair / outputs) * taps + tap]
            })
            .collect();
        let adjoint = Weights { values: &turned, outputs: inputs, inputs: outputs, kernel };
        let x = normal(size[0] * size[1] * inputs, !seed);
        let y = normal(output[0] * output[1] * outputs, seed ^ 1);
        let (mut forward, mut back) = (vec![0.0; y.len()], vec![0.0; x.len()]);
        let direct = <Direct>::new(geometry.clone(), size, weights, vec![0.0; outputs]);
        direct.expect("it has an output").run(&x, None, &mut forward, &mut Vec::new());
        <Deconvolution>::new(geometry, output, size, adjoint, vec![0.0; inputs])
            .run(&y, &mut back, &mut Vec::new());
        let (left, right) = (inner(&forward, &y), inner(&x, &back));
        let scale = inner(&y, &y).sqrt() * inner(&forward, &forward).sqrt();
        prop_assert!((left - right).abs() <= 1e-5 * scale.max(1.0), "{} and {}", left, right);
    }

    #[test]
    fn axes_change_places_and_back((shape, order) in permuted()) {
        let x: Vec<usize> = (0..shape.iter().product()).collect();
        let (mut there, mut back) = (vec![0; x.len()], vec![0; x.len()]);
        transpose(&x, &shape, &order, &mut there);
        let turned: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
        let mut inverse = vec![0; order.len()];
        order.iter().enumerate().for_each(|(to, &from)| inverse[from] = to);
        transpose(&there, &turned, &inverse, &mut back);
        prop_assert_eq!(&back, &x);
        prop_assert_eq!(is_identity(&shape, &order), there == x);
    }

    #[test]
    fn norms_know_neither_shift_nor_scale(
        pixels in 1_usize..30, each in 2_usize..9, groups in 1_usize..4,
        shift in -4.0_f32..4.0, scale in 0.5_f32..8.0, seed: u64,
    ) {
        let channels = each * groups;
        let x = normal(pixels * channels, seed);
        let moved: Vec<f32> = x.iter().map(|v| scale * v + shift).collect();
        let (one, zero) = (vec![1.0; channels], vec![0.0; channels]);
        let of_groups = |x: &[f32]| {
            let mut out = vec![0.0; x.len()];
            group_norm(x, groups, 0.0, [&one, &zero], false, &mut out);
            out
        };
        prop_assert!(distance(&of_groups(&x), &of_groups(&moved)) < 1e-3);
        let of_rows = |x: &[f32]| {
            let mut out = vec![0.0; x.len()];
            layer_norm(x, channels, 0.0, &[], &[], &mut out);
            out
        };
        prop_assert!(distance(&of_rows(&x), &of_rows(&moved)) < 1e-3);
    }

    #[test]
    fn a_softmax_is_a_distribution_and_its_logarithm_is_the_other(
        length in 1_usize..20, rows in 1_usize..4, scale in 0.0_f32..30.0, seed: u64,
    ) {
        let x: Vec<f32> = normal(rows * length, seed).iter().map(|v| scale * v).collect();
        let (mut shares, mut logs) = (x.clone(), x);
        softmax(&mut shares, length);
        log_softmax(&mut logs, length);
        for row in shares.chunks_exact(length) {
            prop_assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
        for (share, log) in shares.iter().zip(&logs) {
            prop_assert!((share - log.exp()).abs() < 1e-5 && *log <= 1e-6, "{} {}", share, log);
        }
    }
}
