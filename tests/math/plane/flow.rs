use super::{POINTS, assert_close, chain, correlated, two};
use elbo_room::math::plane::flow::{heun_step, log_likelihood};
use elbo_room::math::plane::mixture::moment_match;
use elbo_room::math::rng::{Purpose, standard_normal};
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn the_likelihood_of_the_flow_is_log_p() {
    for data in [two(), correlated()] {
        for x0 in POINTS {
            let flow = log_likelihood(&data, x0, -24.0, 16.0, 200);
            assert_close(flow, data.log_density(x0), 1e-4);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_likelihood_of_a_gaussian_model_is_its_own() {
    let model = moment_match(&two());
    for x0 in POINTS {
        assert_close(log_likelihood(&model, x0, -24.0, 16.0, 200), model.log_density(x0), 1e-4);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn heun_steps_carry_noise_to_the_data() {
    let data = correlated();
    let schedule = chain(ScheduleKind::LogSnrLinear, 60);
    let n = 4000;
    let noise = standard_normal(5, Purpose::PlaneParticles, [0, 0], 2 * n);
    let mut ends: Vec<[f64; 2]> = noise.to_vec().as_chunks::<2>().0.to_vec();
    for t in (1..schedule.steps()).rev() {
        heun_step(&data, &mut ends, schedule.log_snr(t + 1), schedule.log_snr(t));
    }
    let expected = moment_match(&data).components[0];
    for i in 0..2 {
        let mean = ends.iter().map(|x| x[i]).sum::<f64>() / n as f64;
        let variance = ends.iter().map(|x| (x[i] - mean).powi(2)).sum::<f64>() / n as f64;
        assert_close(mean, expected.mean[i], 0.08);
        assert_close(variance, expected.covariance()[2 * i], 0.1);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn heun_is_of_second_order() {
    let data = two();
    let path = |steps: usize| {
        let at = |i: usize| -6.0 + 12.0 * i as f64 / steps as f64;
        let mut x = [[0.9, -0.3]];
        for i in 0..steps {
            heun_step(&data, &mut x, at(i), at(i + 1));
        }
        x[0]
    };
    let best = path(4000);
    let error = |steps: usize| {
        let end = path(steps);
        (end[0] - best[0]).hypot(end[1] - best[1])
    };
    let order = (error(100) / error(200)).log2();
    assert!((1.7..2.4).contains(&order), "{order}");
}
