use elbo_room::math::interpolate::{along, lerp, slerp};
use wasm_bindgen_test::wasm_bindgen_test;

const A: [f32; 4] = [0.3, -1.2, 2.0, 0.7];
const B: [f32; 4] = [-0.9, 0.1, 1.1, -2.3];

fn norm(v: &[f32]) -> f64 {
    v.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt()
}

#[wasm_bindgen_test(unsupported = test)]
fn ends_are_exact() {
    let pairs = [
        (A, B),
        (A, A),
        (A, A.map(|x| -x)),
        (A, [0.0; 4]),
        ([0.0; 4], [0.0; 4]),
        (A, A.map(|x| 3.0 * x)),
    ];
    for (a, b) in pairs {
        for path in [lerp, slerp] {
            assert_eq!(path(&a, &b, 0.0), a);
            assert_eq!(path(&a, &b, 1.0), b);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn slerp_turns_at_constant_speed_and_keeps_the_norm() {
    // same norm as A
    let b = B.map(|x| (f64::from(x) * norm(&A) / norm(&B)) as f32);
    let points: Vec<Vec<f32>> = (0..=8).map(|k| slerp(&A, &b, f64::from(k) / 8.0)).collect();
    let first_chord = norm(&std::array::from_fn::<f32, 4, _>(|i| points[1][i] - points[0][i]));
    for pair in points.windows(2) {
        assert!((norm(&pair[1]) - norm(&A)).abs() < 1e-6);
        let chord = norm(&std::array::from_fn::<f32, 4, _>(|i| pair[1][i] - pair[0][i]));
        assert!((chord - first_chord).abs() < 1e-6, "{chord} is not {first_chord}");
    }
    assert!(
        norm(&lerp(&A, &b, 0.5)) < 0.8 * norm(&A),
        "a line must cut the corner, or this test shows nothing"
    );
    // the quarter turn, known by heart
    let middle = slerp(&[1.0, 0.0], &[0.0, 1.0], 1.0 / 3.0);
    assert!((middle[0] - 0.866_025_4).abs() < 1e-7 && (middle[1] - 0.5).abs() < 1e-7, "{middle:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn slerp_is_lerp_where_there_is_no_plane() {
    let nearly = [A[0], A[1], A[2], A[3] * (1.0 + 1e-6)];
    for b in [A, nearly, A.map(|x| 2.0 * x), A.map(|x| -x), [0.0; 4]] {
        for s in [0.25, 0.5, 0.9] {
            let point = slerp(&A, &b, s);
            assert!(point.iter().all(|x| x.is_finite()), "{b:?} at {s}");
            assert_eq!(point, lerp(&A, &b, s));
        }
    }
    assert_ne!(slerp(&A, &B, 0.5), lerp(&A, &B, 0.5));
    assert!(lerp(&[], &[], 0.5).is_empty() && slerp(&[], &[], 0.5).is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn lerp_is_linear() {
    assert_eq!(lerp(&[0.0, 2.0], &[4.0, -2.0], 0.25), [1.0, 1.0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_polyline_is_walked_at_constant_speed() {
    // Three to the right, four up, in uneven pieces, and a stop on the way.
    let path = [0.0, 0.0, 1.0, 0.0, 3.0, 0.0, 3.0, 0.0, 3.0, 0.5, 3.0, 4.0];
    let found = along(&path, 2, &[0.0, 1.0 / 7.0, 2.0 / 7.0, 3.0 / 7.0, 5.0 / 7.0, 1.0]);
    let expected = [0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 3.0, 2.0, 3.0, 4.0];
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
    // Any dimension, and the same line however densely it is drawn.
    let dense: Vec<f32> =
        (0..=64).flat_map(|k| lerp(&A, &B, (f64::from(k) / 64.0).powi(2))).collect();
    for s in [0.0, 0.1, 0.37, 0.5, 0.93, 1.0] {
        let point = along(&dense, 4, &[s]);
        let line = lerp(&A, &B, s);
        assert!(
            point.iter().zip(&line).all(|(a, b)| (a - b).abs() < 1e-6),
            "{point:?} is not {line:?}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_polyline_is_exact_at_its_ends_and_may_be_a_point() {
    let path = [A, B, A.map(|x| 0.3 * x)].concat();
    assert_eq!(along(&path, 4, &[0.0]), A);
    assert_eq!(along(&path, 4, &[1.0]), A.map(|x| 0.3 * x));
    for still in [A.to_vec(), [A, A, A].concat()] {
        assert_eq!(along(&still, 4, &[0.0, 0.4, 1.0]), [A, A, A].concat());
    }
    // Points that come twice at an end have no segment between them.
    assert_eq!(along(&[1.0, 1.0, 2.0, 2.0], 1, &[0.0, 0.5, 1.0]), [1.0, 1.5, 2.0]);
    assert!(along(&A, 4, &[]).is_empty());
}
