use super::{POINTS, assert_close, chain, two};
use elbo_room::math::inference::quadrature::normal_nodes;
use elbo_room::math::plane::Denoiser;
use elbo_room::math::plane::bound::exact_bound;
use elbo_room::math::plane::mixture::moment_match;
use elbo_room::math::plane::mlp::{Mlp, Weights};
use elbo_room::math::plane::training::{Training, Weighting};
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

fn trained(weighting: Weighting, steps: usize) -> (Training, Vec<f64>) {
    let schedule = chain(ScheduleKind::Cosine, 200);
    let mut training = Training::new(two(), &schedule, weighting, 7);
    let losses = (0..steps).map(|_| training.advance()).collect();
    (training, losses)
}

fn nudged(network: &Mlp, at: usize, by: f64) -> Mlp {
    let mut nudged = network.clone();
    *nudged.weights.iter_mut().nth(at).unwrap() += by;
    nudged
}

#[wasm_bindgen_test(unsupported = test)]
fn the_gradient_agrees_with_finite_differences() {
    let (training, _) = trained(Weighting::Bound, 20);
    let (network, examples) = (training.network(), training.examples(20));
    let mut gradient = Weights::zero();
    network.loss(&examples, &mut gradient);
    let gradient: Vec<f64> = gradient.iter().copied().collect();
    assert_eq!(gradient.len(), Weights::COUNT);
    let loss = |network: &Mlp| network.loss(&examples, &mut Weights::zero());
    // some of every kind of weight: 37 is prime to all the lengths
    for at in (0..Weights::COUNT).step_by(37).chain(Weights::COUNT - 2..Weights::COUNT) {
        let h = 1e-5;
        let slope = (loss(&nudged(network, at, h)) - loss(&nudged(network, at, -h))) / (2.0 * h);
        assert_close(gradient[at], slope, 1e-7 + 1e-6 * slope.abs());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_divergence_agrees_with_finite_differences() {
    let (training, _) = trained(Weighting::Simple, 50);
    for log_snr in [8.0, 2.0, -1.0, -5.0] {
        let level = training.network().at(log_snr);
        for x in POINTS {
            let (x0, divergence) = level.predict_with_divergence(x);
            assert_eq!(x0, level.predict(x));
            let h = 1e-5;
            let slopes: f64 = (0..2)
                .map(|axis| {
                    let along = |by: f64| {
                        let mut x = x;
                        x[axis] += by;
                        level.predict(x)[axis]
                    };
                    (along(h) - along(-h)) / (2.0 * h)
                })
                .sum();
            assert_close(divergence, slopes, 1e-7);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_untrained_network_is_the_best_gaussian_model_but_for_correlation() {
    let (training, _) = trained(Weighting::Bound, 0);
    let data = two();
    let gaussian = moment_match(&data).components[0];
    let [a, _, c] = gaussian.covariance();
    let isotropic = elbo_room::math::inference::variational::Mixture {
        weights: vec![1.0],
        components: vec![elbo_room::math::inference::variational::Gaussian::diagonal(
            gaussian.mean,
            [(0.5 * (a + c)).sqrt(); 2],
        )],
    };
    for log_snr in [6.0, 0.0, -4.0] {
        for x in POINTS {
            let [network, model] =
                [training.network().at(log_snr).predict(x), isotropic.at(log_snr).predict(x)];
            for axis in 0..2 {
                assert_close(network[axis], model[axis], 1e-12);
            }
        }
    }
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn training_closes_most_of_the_gap_over_the_data() {
    let data = two();
    let nodes = normal_nodes(0.5, 5.5);
    let schedule = chain(ScheduleKind::Cosine, 100);
    let points: Vec<[f64; 2]> = trained(Weighting::Bound, 0).0.examples(1_000_000)[..8]
        .iter()
        .map(|example| example.x0)
        .collect();
    let gap = |model: &dyn Denoiser| {
        let gaps = points
            .iter()
            .map(|&x0| data.log_density(x0) - exact_bound(model, x0, &schedule, &nodes).elbo());
        gaps.sum::<f64>() / points.len() as f64
    };
    let best = gap(&data);
    for weighting in [Weighting::Bound, Weighting::Simple] {
        let before = gap(trained(weighting, 0).0.network()) - best;
        let after = gap(trained(weighting, 1500).0.network()) - best;
        assert!(after < 0.5 * before, "{weighting:?}: {before} to {after}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn training_is_a_function_of_the_seed() {
    let [one, two] = [0, 1].map(|_| trained(Weighting::Bound, 30));
    assert_eq!(one.1, two.1);
    assert_eq!(one.0.network(), two.0.network());
    let sum: f64 = one.0.network().weights.iter().sum();
    assert!(sum.is_finite() && sum != 0.0);
}
