//! Activations, and the exponential function in them.

use elbo_room::kernels::activation::{
    exp, gelu, gelu_tanh, log_softmax, sigmoid, silu, softmax, softplus,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{close, normal};

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
