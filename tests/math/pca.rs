use elbo_room::ErrorKind;
use elbo_room::math::pca::principal_components;
use elbo_room::math::rng::{Purpose, standard_normal};
use serde::Deserialize;
use wasm_bindgen_test::wasm_bindgen_test;

use super::common::assert_close;

#[derive(Deserialize)]
struct Case {
    name: String,
    dimensions: usize,
    points: Vec<f64>,
    axes: Vec<Vec<f64>>,
    variances: Vec<f64>,
    total: f64,
    scores: Vec<f64>,
}

/// tests/fixtures/pca.py: the singular value decomposition of NumPy.
#[wasm_bindgen_test(unsupported = test)]
fn components_are_those_of_numpy() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../fixtures/pca.json")).unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let found = principal_components(&case.points, case.dimensions, case.axes.len()).unwrap();
        let all = |found: &[f64], expected: &[f64], what: &str| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert_close(*found, *expected, 1e-8, &format!("{}: {what}", case.name));
            }
        };
        all(&found.variances, &case.variances, "variances");
        all(&[found.total_variance], &[case.total], "total variance");
        all(&found.axes.concat(), &case.axes.concat(), "axes");
        all(&found.scores, &case.scores, "scores");
    }
}

/// As many points as the grid of chains has, near a plane of 784 dimensions.
#[wasm_bindgen_test(unsupported = test)]
fn a_plane_in_many_dimensions_is_found() {
    let (count, dimensions) = (200, 784);
    let axis = |k: usize| -> Vec<f64> {
        // cosines of different frequencies are orthogonal
        let angle = std::f64::consts::PI / dimensions as f64;
        let norm = libm::sqrt(dimensions as f64 / 2.0);
        let cosine = |i: usize| libm::cos(angle * k as f64 * (i as f64 + 0.5)) / norm;
        (0..dimensions).map(cosine).collect()
    };
    let (u, v) = (axis(1), axis(2));
    let mut points = Vec::with_capacity(count * dimensions);
    for i in 0..count {
        let place = standard_normal(1, Purpose::Latent, [i as u64, 0], 2);
        let noise = standard_normal(1, Purpose::Latent, [i as u64, 1], dimensions);
        points.extend(
            (0..dimensions)
                .map(|d| 40.0 * place[0] * u[d] + 25.0 * place[1] * v[d] + 0.01 * noise[d]),
        );
    }
    let found = principal_components(&points, dimensions, 2).unwrap();
    let explained: f64 = found.variances.iter().sum();
    assert!(explained / found.total_variance > 0.999, "{explained} of {}", found.total_variance);
    // the axes are those of the plane, mixed by the draws' own correlation
    for found in &found.axes {
        let along = |axis: &[f64]| axis.iter().zip(found).map(|(a, b)| a * b).sum::<f64>();
        let (a, b) = (along(&u), along(&v));
        assert_close(a * a + b * b, 1.0, 1e-4, "an axis in the plane");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn points_of_lower_rank_have_no_variance_beyond_it() {
    let points = [1.0, 1.0, 0.0, 2.0, 2.0, 0.0, 4.0, 4.0, 0.0];
    let found = principal_components(&points, 3, 3).unwrap();
    let half = std::f64::consts::FRAC_1_SQRT_2;
    assert_close(found.variances[0], 14.0 / 3.0, 1e-12, "variance of 1, 2, 4, twice");
    assert_close(found.total_variance, 14.0 / 3.0, 1e-12, "total");
    for (found, expected) in found.axes[0].iter().zip([half, half, 0.0]) {
        assert_close(*found, expected, 1e-12, "axis");
    }
    assert_eq!((&found.variances[1..], &found.axes[1]), (&[0.0, 0.0][..], &vec![0.0; 3]));
    let same = principal_components(&[3.0, 5.0, 3.0, 5.0], 2, 2).unwrap();
    assert_eq!(
        (same.variances, same.scores, same.total_variance),
        (vec![0.0; 2], vec![0.0; 4], 0.0)
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn axes_that_are_equally_good_span_their_plane() {
    // the corners of a square: every direction has the same variance
    let points = [1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, -1.0];
    let found = principal_components(&points, 2, 2).unwrap();
    for variance in &found.variances {
        assert_close(*variance, 4.0 / 3.0, 1e-12, "variance");
    }
    let [a, b] = [&found.axes[0], &found.axes[1]];
    assert_close(a[0] * b[0] + a[1] * b[1], 0.0, 1e-12, "orthogonal");
}

#[wasm_bindgen_test(unsupported = test)]
fn invalid_matrices_have_no_components() {
    let cases: [(&[f64], usize, usize); 7] = [
        (&[1.0, 2.0], 2, 1),
        (&[1.0, 2.0, 3.0], 2, 1),
        (&[], 2, 1),
        (&[1.0, 2.0], 0, 1),
        (&[1.0, 2.0, 3.0, 4.0], 2, 0),
        (&[1.0, 2.0, 3.0, 4.0], 2, 3),
        (&[1.0, f64::NAN, 3.0, 4.0], 2, 1),
    ];
    for (points, dimensions, components) in cases {
        let error = principal_components(points, dimensions, components).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value, "{points:?}");
    }
}
