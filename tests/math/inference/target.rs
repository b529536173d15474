use super::{over_the_plane, targets};
use crate::math::common::{assert_close, integrate};
use elbo_room::ErrorKind;
use elbo_room::math::inference::logistic_regression::{LogisticRegression, Observation};
use elbo_room::math::inference::target::{Target, TargetKind};
use wasm_bindgen_test::wasm_bindgen_test;

fn plane_log_z(kind: TargetKind, target: &Target) -> f64 {
    over_the_plane(kind, |z| target.log_density(z).exp()).ln()
}

#[wasm_bindgen_test(unsupported = test)]
fn log_z_is_the_integral_of_the_density() {
    for (kind, target) in targets() {
        let log_z = if kind == TargetKind::Funnel {
            // Its wide end leaves any square: row by row, as far as each row goes.
            let row = |v: f64| {
                let reach = 10.0 * (0.5 * v).exp();
                integrate(-reach, reach, 400, |x| target.log_density([x, v]).exp())
            };
            integrate(-10.0, 10.0, 400, row).ln()
        } else {
            plane_log_z(kind, &target)
        };
        assert_close(target.log_z(), log_z, 1e-6, &format!("{kind:?}"));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_slope_is_that_of_the_density() {
    for (kind, target) in targets() {
        for z in [[0.3, -0.2], [-1.9, 1.4], [2.5, 0.8], [0.01, -3.0]] {
            let (value, gradient) = target.evaluate(z);
            assert_close(target.log_density(z), value, 1e-13, "value");
            let h = 1e-5;
            for i in 0..2 {
                let moved = |by: f64| {
                    let mut z = z;
                    z[i] += by;
                    target.log_density(z)
                };
                let slope = (moved(h) - moved(-h)) / (2.0 * h);
                assert_close(
                    gradient[i],
                    slope,
                    1e-6,
                    &format!("{kind:?} at {z:?}, coordinate {i}"),
                );
            }
        }
    }
    assert_eq!(Target::Ring.evaluate([0.0, 0.0]).1, [0.0, 0.0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn nodes_integrate_over_the_target() {
    // Smooth and bounded, so that no tail outside the square matters.
    let f = |z: [f64; 2]| (0.7 * z[0] - 0.4).sin() + (0.3 * z[0] + 0.9 * z[1]).cos();
    for (kind, target) in targets() {
        let nodes = target.nodes();
        let mass: f64 = nodes.iter().map(|node| node.mass).sum();
        assert_close(mass, 1.0, 1e-12, "mass");
        let by_nodes: f64 = nodes.iter().map(|node| node.mass * f(node.z)).sum();
        let log_z = target.log_z();
        let expected = over_the_plane(kind, |z| (target.log_density(z) - log_z).exp() * f(z));
        // The square cuts off a thousandth of the funnel.
        let tolerance = if kind == TargetKind::Funnel { 5e-3 } else { 1e-6 };
        assert_close(by_nodes, expected, tolerance, &format!("{kind:?}"));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_window_holds_the_target() {
    for (kind, target) in targets() {
        let ([x, y], half) = target.window();
        let inside = |z: &[f64; 2]| (z[0] - x).abs() < half && (z[1] - y).abs() < half;
        let mass: f64 =
            target.nodes().iter().filter(|node| inside(&node.z)).map(|node| node.mass).sum();
        assert!(mass > 0.95, "{kind:?}: {mass}");
    }
}

/// Data that separate, that say nothing, that lie far out, and many of them.
#[wasm_bindgen_test(unsupported = test)]
fn the_evidence_of_any_data_is_the_integral() {
    let of = |data: &[(f64, u8)]| {
        data.iter().map(|&(x, label)| Observation { x, label }).collect::<Vec<_>>()
    };
    let many: Vec<_> = (0..50).map(|i| (0.2 * f64::from(i) - 5.0, u8::from(i % 7 > 2))).collect();
    for data in [
        of(&[(-3.0, 0), (-1.0, 0), (1.0, 1), (3.0, 1)]),
        of(&[(0.0, 1)]),
        of(&[(10.0, 1), (-10.0, 0)]),
        of(&[(10.0, 1), (9.0, 0), (-10.0, 1)]),
        of(&many),
    ] {
        let target = Target::LogisticRegression(LogisticRegression::new(data.clone()).unwrap());
        assert_close(
            target.log_z(),
            plane_log_z(TargetKind::LogisticRegression, &target),
            1e-4,
            &format!("{data:?}"),
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_observation_at_zero_is_a_coin() {
    // P(label) depends on the intercept alone, symmetrically: the evidence is a half, and the slope
    // keeps its prior.
    let regression = LogisticRegression::new(vec![Observation { x: 0.0, label: 1 }]).unwrap();
    assert_close(regression.log_evidence(), 0.5_f64.ln(), 1e-9, "log evidence");
    let mean: f64 = regression.nodes().iter().map(|node| node.mass * node.z[0]).sum();
    let square: f64 = regression.nodes().iter().map(|node| node.mass * node.z[0] * node.z[0]).sum();
    assert_close(mean, 0.0, 1e-9, "slope");
    assert_close(square, 4.0, 1e-6, "its variance");
}

#[wasm_bindgen_test(unsupported = test)]
fn impossible_data_are_refused() {
    let ok = Observation { x: 1.0, label: 1 };
    for (data, mentions) in [
        (vec![], "observations is 0"),
        (vec![ok; 51], "observations is 51"),
        (vec![ok, Observation { x: f64::NAN, label: 0 }], "data[1].x"),
        (vec![Observation { x: -10.5, label: 0 }], "-10.5"),
        (vec![Observation { x: 0.0, label: 2 }], "label is 2"),
    ] {
        let error = LogisticRegression::new(data).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.with_causes().contains(mentions), "{error}");
    }
}
