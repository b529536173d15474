//! Particles, fields, kernels and the network.

use elbo_room::ErrorKind;
use elbo_room::engine::{
    PlaneDiffusion, PlaneDiffusionOptions, PlaneField, PlaneNetwork, PlaneNetworkOptions,
    PlaneParticles, PlanePreset,
};
use elbo_room::math::inference::quadrature::normal_nodes;
use elbo_room::math::plane::bound::exact_bound;
use elbo_room::math::plane::mixture::{NoisedMixture, moment_match};
use elbo_room::math::plane::training::Weighting;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{assert_close, bounded, options};

#[wasm_bindgen_test(unsupported = test)]
fn particles_have_the_moments_of_the_noised_data() {
    let count = 2000;
    let options = PlaneDiffusionOptions {
        particles: count,
        eta: 0.5,
        ..options(PlanePreset::TwoGaussians, 200)
    };
    let mut diffusion = PlaneDiffusion::new(&options).unwrap();
    let start = |of| diffusion.particles(of, 200).unwrap().to_vec();
    let noise = start(PlaneParticles::Ancestral);
    assert_eq!(noise, start(PlaneParticles::Ddim));
    assert_eq!(noise, start(PlaneParticles::Flow));
    assert_eq!(diffusion.particles(PlaneParticles::Flow, 0).unwrap_err().kind(), ErrorKind::Value);
    diffusion.advance(1000);
    assert_eq!(diffusion.reached(), 0);
    let schedule = diffusion.schedule();
    let gaussian = moment_match(diffusion.data()).components[0];
    for (of, tolerance) in [
        (PlaneParticles::Forward, 1.0),
        (PlaneParticles::Ancestral, 1.3),
        (PlaneParticles::Ddim, 1.3),
        (PlaneParticles::Flow, 1.3),
    ] {
        for t in [0, 40, 120, 200] {
            let x = diffusion.particles(of, t).unwrap();
            let (alpha, variance) = (schedule.alpha(t), schedule.variance(t));
            let n = count as f64;
            for axis in 0..2 {
                let spread = alpha * alpha * gaussian.covariance()[2 * axis] + variance;
                let mean = x.iter().map(|x| f64::from(x[axis])).sum::<f64>() / n;
                let square = x.iter().map(|x| (f64::from(x[axis]) - mean).powi(2)).sum::<f64>() / n;
                // four standard errors, and what a chain of 200 steps is off by
                let error = 4.0 * tolerance * (spread / n).sqrt();
                assert_close(mean, alpha * gaussian.mean[axis], error);
                assert_close(square, spread, 4.0 * tolerance * spread * (2.0 / n).sqrt());
            }
        }
    }
    let path = diffusion.path(PlaneParticles::Flow, 5, 0).unwrap();
    assert_eq!((path.t[0], path.t.len(), path.x.len(), path.x0.len()), (200, 201, 201, 201));
    assert_eq!(
        path.x[200].map(|v| v as f32),
        diffusion.particles(PlaneParticles::Flow, 0).unwrap()[5]
    );
    assert_eq!(path.x[200], path.x0[200]);
    // a particle is the same alone and among others
    let few = PlaneDiffusionOptions { particles: 8, ..options };
    let mut few = PlaneDiffusion::new(&few).unwrap();
    few.advance(200);
    for of in [PlaneParticles::Forward, PlaneParticles::Ddim] {
        assert_eq!(few.particles(of, 0).unwrap(), &diffusion.particles(of, 0).unwrap()[..8]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_step_of_ddim_with_eta_one_is_ancestral() {
    let options = PlaneDiffusionOptions { eta: 1.0, ..options(PlanePreset::Moons, 20) };
    let mut diffusion = PlaneDiffusion::new(&options).unwrap();
    diffusion.advance(20);
    let at = |of| diffusion.particles(of, 0).unwrap();
    for (a, b) in at(PlaneParticles::Ancestral).iter().zip(at(PlaneParticles::Ddim)) {
        assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 1e-4, "{a:?} {b:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn fields_and_densities_are_those_of_the_noised_data() {
    let diffusion = PlaneDiffusion::new(&options(PlanePreset::Spiral, 50)).unwrap();
    let t = 20;
    let noised = NoisedMixture::new(diffusion.data(), diffusion.schedule().log_snr(t));
    for [x, arrow] in diffusion.field(PlaneField::Score, t, 5).unwrap() {
        let score = noised.posterior(x).score;
        assert_close(arrow[0], score[0], 1e-9 * (1.0 + score[0].abs()));
        assert_close(arrow[1], score[1], 1e-9 * (1.0 + score[1].abs()));
    }
    for [x, arrow] in diffusion.field(PlaneField::CleanPoint, t, 4).unwrap() {
        assert_close(arrow[0] + x[0], noised.posterior(x).x0[0], 1e-12);
    }
    let grid = diffusion.density(t, 31).unwrap();
    assert_eq!(grid.values.len(), 31 * 31);
    assert_eq!(grid.values[16], noised.log_density(grid.point(16.0, 0.0)));
    // with room for nearly all of the mass
    let area = (9.0_f64 / 30.0).powi(2);
    let mass: f64 = grid.values.iter().map(|value| area * value.exp()).sum();
    assert_close(mass, 1.0, 0.02);
}

#[wasm_bindgen_test(unsupported = test)]
fn kernels_average_to_the_term_of_the_bound() {
    let (steps, t, x0) = (10, 6, [0.4, -0.2]);
    let mut sum = 0.0;
    let seeds = 2000;
    for seed in 0..seeds {
        let options = PlaneDiffusionOptions { seed, ..options(PlanePreset::FiveGaussians, steps) };
        let kernels = PlaneDiffusion::new(&options).unwrap().kernels(x0, t).unwrap();
        assert_eq!(kernels.posterior.std, kernels.model.std);
        let distance = (0..2)
            .map(|i| (kernels.posterior.mean[i] - kernels.model.mean[i]).powi(2))
            .sum::<f64>();
        assert_close(kernels.kl, distance / (2.0 * kernels.model.std[0].powi(2)), 1e-9);
        // the model's mean is the data's, and its variance too small for a mixture
        for i in 0..2 {
            assert_close(kernels.data.mean[i], kernels.model.mean[i], 1e-9);
            assert!(kernels.data.std[i] > kernels.model.std[i]);
        }
        sum += kernels.kl;
    }
    let diffusion = PlaneDiffusion::new(&options(PlanePreset::FiveGaussians, steps)).unwrap();
    let term = bounded(&diffusion, x0).result().bound.clone().unwrap().per_timestep[t - 2];
    assert_close(sum / seeds as f64, term, 0.05 * term);
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn a_network_learns_and_takes_the_place_of_the_score() {
    let network_options = |weighting| PlaneNetworkOptions {
        data: Some(PlanePreset::TwoGaussians),
        weighting,
        seed: 3,
        ..PlaneNetworkOptions::default()
    };
    for weighting in [Weighting::Bound, Weighting::Simple] {
        let mut network = PlaneNetwork::new(&network_options(weighting)).unwrap();
        network.train(150).unwrap();
        network.train(850).unwrap();
        let trace = network.trace();
        assert_eq!(trace.step, [0, 200, 400, 600, 800, 1000]);
        assert!(trace.loss[0].is_nan() && trace.loss[5] < trace.loss[1], "{trace:?}");
        assert!(trace.elbo[5] > trace.elbo[0], "{trace:?}");
        // an exact score is better than any network
        assert!(trace.elbo.iter().all(|elbo| *elbo < network.exact_elbo() + 0.02), "{trace:?}");
        let mut whole = PlaneNetwork::new(&network_options(weighting)).unwrap();
        whole.train(1000).unwrap();
        assert_eq!(whole.mlp(), network.mlp());
        assert_eq!(whole.trace().elbo, trace.elbo);

        let options =
            PlaneDiffusionOptions { particles: 400, ..options(PlanePreset::TwoGaussians, 100) };
        let mut diffusion = PlaneDiffusion::new(&options).unwrap();
        let scores = diffusion.scores();
        assert_eq!((scores.loss.mean, scores.ancestral), (0.0, None));
        diffusion.use_network(&network);
        diffusion.advance(100);
        let scores = diffusion.scores();
        assert_close(scores.elbo.mean, trace.elbo[5], 1e-12);
        assert!(scores.loss.mean > 0.0 && scores.elbo.mean < scores.log_p, "{scores:?}");
        for distance in [scores.ancestral, scores.ddim, scores.flow] {
            assert!(distance.unwrap() < 0.5, "{scores:?}");
        }
        let point = bounded(&diffusion, [0.1, 0.3]);
        let result = point.result();
        assert_eq!(result.model_log_p, None);
        let fine = normal_nodes(0.25, 6.5);
        let bound = exact_bound(network.mlp(), [0.1, 0.3], diffusion.schedule(), &fine);
        assert_close(result.bound.clone().unwrap().elbo, bound.elbo(), 1e-3);
        assert!(result.gap.unwrap().model.abs() > 1e-4);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_bits_are_the_same_everywhere() {
    let mut diffusion = PlaneDiffusion::new(&PlaneDiffusionOptions {
        eta: 0.3,
        particles: 3,
        ..options(PlanePreset::Moons, 12)
    })
    .unwrap();
    let mut network = PlaneNetwork::new(&PlaneNetworkOptions {
        data: Some(PlanePreset::Moons),
        seed: 4,
        ..PlaneNetworkOptions::default()
    })
    .unwrap();
    network.train(40).unwrap();
    diffusion.advance(12);
    let place = |of| diffusion.particles(of, 0).unwrap()[2].map(f32::to_bits);
    let point = bounded(&diffusion, [0.5, -0.25]);
    let bound = point.result().bound.clone().unwrap();
    let found = (
        [
            place(PlaneParticles::Ancestral),
            place(PlaneParticles::Ddim),
            place(PlaneParticles::Flow),
        ],
        point.result().flow_log_p.unwrap().to_bits(),
        bound.elbo.to_bits(),
        diffusion.scores().elbo.mean.to_bits(),
        network.mlp().weights.iter().sum::<f64>().to_bits(),
    );
    assert_eq!(found, EXPECTED);
}

/// Pinned once; native code, Node and browsers must agree on every bit.
const EXPECTED: ([[u32; 2]; 3], u64, u64, u64, u64) = (
    [[3207196632, 1049547481], [3213289832, 1054242296], [3215526918, 1061258551]],
    13838836523452148910,
    13873182227632113833,
    13870552425121804457,
    13842359411969768976,
);
