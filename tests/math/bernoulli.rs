use crate::math::common::assert_close;
use elbo_room::math::bernoulli::{log_likelihood, sample};
use elbo_room::math::numeric::{log1m_exp, sigmoid, softplus};
use ndarray::{ArrayView1, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

fn one(x: f64, logit: f32) -> f64 {
    log_likelihood(aview1(&[x]), aview1(&[logit]))
}

#[wasm_bindgen_test(unsupported = test)]
fn log_density_is_the_log_of_the_probability() {
    for logit in [-30.0_f32, -5.0, -1.0, -1e-3, 0.0, 0.3, 2.0, 8.0, 30.0] {
        // straight from the definition, which is accurate enough in this range
        let p = 1.0 / (1.0 + (-f64::from(logit)).exp());
        let q = 1.0 / (1.0 + f64::from(logit).exp());
        assert_close(one(1.0, logit), p.ln(), 1e-13, "x = 1");
        assert_close(one(0.0, logit), q.ln(), 1e-13, "x = 0");
        assert_close(sigmoid(f64::from(logit)), p, 1e-15, "sigmoid");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn probabilities_of_both_outcomes_sum_to_one() {
    for logit in [0.0, 1e-30, 1.0, 20.0, 88.0, 700.0, 1e4, 1e30, f32::MAX] {
        for logit in [logit, -logit] {
            let (zero, one) = (one(0.0, logit), one(1.0, logit));
            assert!(
                zero.is_finite() && one.is_finite() && zero <= 0.0 && one <= 0.0,
                "logit {logit}"
            );
            assert_close(zero.exp() + one.exp(), 1.0, 1e-15, "total probability");
            // log p(1) - log p(0) is the logit itself
            assert_close(one - zero, f64::from(logit), 1e-15, "log odds");
        }
    }
    assert!(one(1.0, f32::NAN).is_nan());
}

#[wasm_bindgen_test(unsupported = test)]
fn pixels_add_up_and_may_be_bytes() {
    let logits = [0.5_f32, -2.0, 3.0];
    let sum = one(1.0, 0.5) + one(0.0, -2.0) + one(1.0, 3.0);
    assert_close(
        log_likelihood(aview1(&[1.0, 0.0, 1.0]), aview1(&logits)),
        sum,
        1e-15,
        "f64 pixels",
    );
    assert_close(log_likelihood(aview1(&[1_u8, 0, 1]), aview1(&logits)), sum, 1e-15, "u8 pixels");
    assert_eq!(log_likelihood(ArrayView1::<f64>::from(&[]), aview1(&[])), 0.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn helpers_keep_their_digits_and_limits() {
    // (x, softplus, log(1 - e^-|x|)); mpmath, 30 digits
    let cases = [
        (1e-12, std::f64::consts::LN_2 + 5e-13, -27.631021115929048),
        (0.5, 0.9740769841801067, -0.9327521295671886),
        (1.0, 1.3132616875182228, -0.45867514538708193),
        (40.0, 40.0, -4.248354255291589e-18),
        (700.0, 700.0, -9.859_676_543_759_77e-305),
    ];
    for (x, plus, complement) in cases {
        assert_close(softplus(x), plus, 1e-15, "softplus");
        assert_close(softplus(-x), plus - x, 1e-15, "softplus of the opposite");
        assert!((log1m_exp(-x) / complement - 1.0).abs() < 1e-14, "log1m_exp({})", -x);
    }
    let inf = f64::INFINITY;
    assert_eq!((sigmoid(-inf), sigmoid(0.0), sigmoid(inf)), (0.0, 0.5, 1.0));
    assert_eq!((softplus(-inf), softplus(inf)), (0.0, inf));
    assert!(sigmoid(f64::NAN).is_nan());
    assert!(sigmoid(-745.0) > 0.0 && softplus(-745.0) > 0.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn binarization_has_the_image_as_its_mean() {
    let means = [0.0, 0.1, 0.5, 0.97, 1.0];
    let n = 20_000;
    let mut ones = [0_u32; 5];
    for k in 0..n {
        let x = sample(&means, 3, [k, 0]);
        x.iter().zip(&mut ones).for_each(|(x, count)| *count += u32::from(*x));
    }
    for (mean, count) in means.into_iter().zip(ones) {
        let share = f64::from(count) / n as f64;
        let spread = (mean * (1.0 - mean) / n as f64).sqrt();
        assert!((share - mean).abs() <= 4.0 * spread, "mean {mean}, share of ones {share}");
    }
    assert_eq!(sample(&means, 3, [5, 1]), sample(&means, 3, [5, 1]));
    let gray = [0.5; 64];
    assert_ne!(sample(&gray, 3, [5, 1]), sample(&gray, 4, [5, 1]));
    assert_ne!(sample(&gray, 3, [5, 1]), sample(&gray, 3, [6, 1]));
}
