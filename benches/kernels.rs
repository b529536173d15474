//! The kernels, beside what tract computes for the same operators.

mod peer;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use elbo_room::kernels::convolution::{ConvGeometry, Direct, Weights};
use elbo_room::kernels::matmul::{linear, matmul};
use elbo_room::kernels::normalization::group_norm;
use elbo_room::kernels::packed::PackedMatrix;
use elbo_room::kernels::rearrange::transpose;
use elbo_room::kernels::winograd::Winograd;
use peer::{Peer, graphs, tensor, wave};

const NO_STEPS: [usize; 2] = [1, 1];

fn geometry(kernel: usize) -> ConvGeometry {
    let pads = [(kernel - 1) / 2; 2];
    ConvGeometry {
        kernel: [kernel; 2],
        strides: NO_STEPS,
        dilations: NO_STEPS,
        before: pads,
        after: pads,
        groups: 1,
    }
}

fn convolution(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("3x3 convolution");
    for (side, inputs, outputs) in [(28, 16, 16), (14, 48, 48), (14, 96, 48), (7, 96, 96)] {
        let what = format!("{side}x{side}, {inputs} to {outputs}");
        let (size, values) = ([side; 2], wave(9 * inputs * outputs));
        let weights = Weights { values: &values, outputs, inputs, kernel: [3; 2] };
        let (x, mut out, bias) =
            (wave(side * side * inputs), vec![0.0; side * side * outputs], wave(outputs));
        let winograd = <Winograd>::new(size, [1; 2], size, weights, bias.clone());
        let direct = <Direct>::new(geometry(3), size, weights, bias).unwrap();
        let (mut three, mut one) = (Default::default(), Vec::new());
        group.bench_function(BenchmarkId::new("winograd", &what), |b| {
            b.iter(|| winograd.run(&x, None, &mut out, &mut three));
        });
        group.bench_function(BenchmarkId::new("direct", &what), |b| {
            b.iter(|| direct.run(&x, None, &mut out, &mut one));
        });
        let tract =
            Peer::new(graphs::convolution(inputs, outputs, 3), &[tensor(&[1, inputs, side, side])]);
        group.bench_function(BenchmarkId::new("tract", &what), |b| b.iter(|| tract.run()));
    }
    group.finish();
}

fn products(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("product of matrices");
    for (rows, depth, columns) in [(1, 96, 384), (49, 96, 288), (196, 48, 96)] {
        let what = format!("{rows}x{depth} times {depth}x{columns}");
        let (a, b_values, mut out) =
            (wave(rows * depth), wave(depth * columns), vec![0.0; rows * columns]);
        let weights =
            <PackedMatrix>::new(depth, columns, |k, column| b_values[k * columns + column]);
        let mut panels = <PackedMatrix>::zero(0, 0);
        group.bench_function(BenchmarkId::new("weights", &what), |b| {
            b.iter(|| linear(&a, depth, &weights, &[], &mut out));
        });
        group.bench_function(BenchmarkId::new("two values", &what), |b| {
            b.iter(|| matmul(&a, &b_values, false, [depth, columns], &mut out, &mut panels));
        });
        let tract = Peer::new(graphs::product(depth, columns), &[tensor(&[rows, depth])]);
        group.bench_function(BenchmarkId::new("tract, weights", &what), |b| b.iter(|| tract.run()));
    }
    group.finish();
}

fn normalization(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("group norm and SiLU");
    for (side, channels, groups) in [(14, 48, 8), (7, 96, 8)] {
        let what = format!("{side}x{side}, {channels} channels");
        let (x, scale, shift) = (wave(side * side * channels), wave(channels), wave(channels));
        let mut out = vec![0.0; x.len()];
        group.bench_function(BenchmarkId::new("fused", &what), |b| {
            b.iter(|| group_norm(&x, groups, 1e-5, [&scale, &shift], true, &mut out));
        });
        let tract = Peer::new(
            graphs::group_norm_silu(side, channels, groups),
            &[tensor(&[1, channels, side, side])],
        );
        group.bench_function(BenchmarkId::new("tract", &what), |b| b.iter(|| tract.run()));
    }
    group.finish();
}

/// Of stride 2 by a kernel of 2 x 2, where no outputs overlap: a product for each pixel, whose
/// results take their places.
fn transposed_convolution(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transposed convolution");
    for (side, inputs, outputs) in [(7, 96, 48), (14, 48, 24)] {
        let what = format!("{side}x{side}, {inputs} to {outputs}");
        let values = wave(4 * inputs * outputs);
        let weights = Weights { values: &values, outputs: 4 * outputs, inputs, kernel: [1; 2] };
        let direct =
            <Direct>::new(geometry(1), [side; 2], weights, vec![0.0; 4 * outputs]).unwrap();
        let x = wave(side * side * inputs);
        let (mut product, mut out) =
            (vec![0.0; 4 * side * side * outputs], vec![0.0; 4 * side * side * outputs]);
        let mut scratch = Vec::new();
        group.bench_function(BenchmarkId::new("product and places", &what), |b| {
            b.iter(|| {
                direct.run(&x, None, &mut product, &mut scratch);
                transpose(&product, &[side, side, 2, 2, outputs], &[0, 2, 1, 3, 4], &mut out);
            });
        });
        let tract = Peer::new(
            graphs::transposed_convolution(inputs, outputs),
            &[tensor(&[1, inputs, side, side])],
        );
        group.bench_function(BenchmarkId::new("tract", &what), |b| b.iter(|| tract.run()));
    }
    group.finish();
}

criterion_group!(benches, convolution, products, normalization, transposed_convolution);
criterion_main!(benches);
