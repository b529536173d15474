//! Diffusion in the plane through the engine: particles, points, networks, and what is refused.

use elbo_room::ErrorKind;
use elbo_room::engine::{
    Component, PlaneDiffusion, PlaneDiffusionOptions, PlaneField, PlaneModel, PlaneNetwork,
    PlaneNetworkOptions, PlaneParticles, PlanePoint, PlanePreset,
};
use elbo_room::math::inference::quadrature::normal_nodes;
use elbo_room::math::plane::bound::exact_bound;
use elbo_room::math::plane::mixture::{NoisedMixture, moment_match};
use elbo_room::math::plane::training::Weighting;
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

fn options(data: PlanePreset, steps: usize) -> PlaneDiffusionOptions {
    PlaneDiffusionOptions {
        data: Some(data),
        steps,
        particles: 2,
        seed: Some(3),
        ..PlaneDiffusionOptions::default()
    }
}

fn finished(diffusion: &PlaneDiffusion, x0: [f64; 2]) -> PlanePoint {
    let mut point = diffusion.point(x0).unwrap();
    while !point.is_done() {
        point.step();
    }
    point
}

/// Steps until the bound of the point's own chain is known.
fn bounded(diffusion: &PlaneDiffusion, x0: [f64; 2]) -> PlanePoint {
    let mut point = diffusion.point(x0).unwrap();
    while point.result().bound.is_none() {
        point.step();
    }
    point
}

const POINTS: [[f64; 2]; 5] = [[-1.7, -1.0], [0.1, 0.3], [1.8, 1.4], [-0.4, 2.0], [2.5, -2.0]];

#[track_caller]
fn assert_close(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} and {b} differ by more than {tolerance}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_likelihood_of_the_flow_is_that_of_every_preset() {
    for preset in PlanePreset::ALL {
        let diffusion = PlaneDiffusion::new(&options(preset, 10)).unwrap();
        for x0 in POINTS {
            let mut point = diffusion.point(x0).unwrap();
            point.step();
            let result = point.result();
            assert_close(result.flow_log_p.unwrap(), result.log_p, 1e-4);
            assert_eq!(result.model_log_p, Some(result.log_p));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_bound_of_a_point_is_that_of_a_finer_quadrature() {
    let nodes = normal_nodes(0.15, 7.0);
    for preset in PlanePreset::ALL {
        let diffusion = PlaneDiffusion::new(&options(preset, 10)).unwrap();
        for x0 in POINTS {
            let point = bounded(&diffusion, x0);
            let fine = exact_bound(diffusion.data(), x0, diffusion.schedule(), &nodes);
            let bound = point.result().bound.clone().unwrap();
            assert_close(bound.elbo, fine.elbo(), 2e-4 * (1.0 + fine.elbo().abs()));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_bound_is_below_log_p_all_over_the_window() {
    for preset in PlanePreset::ALL {
        let diffusion = PlaneDiffusion::new(&options(preset, 5)).unwrap();
        for i in 0..49 {
            let x0 = [f64::from(i % 7 - 3) * 1.4, f64::from(i / 7 - 3) * 1.4];
            let gap = bounded(&diffusion, x0).result().gap.unwrap();
            // what quadrature is right to
            assert!(gap.total > -2e-4 * (1.0 + gap.total.abs()), "{preset:?} {x0:?}: {gap:?}");
            assert_eq!(gap.model, 0.0);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_gap_closes_with_t_and_its_parts_add_up() {
    for model in [PlaneModel::Exact, PlaneModel::Blurred] {
        let options = PlaneDiffusionOptions {
            model,
            schedule: ScheduleKind::LogSnrLinear,
            ..options(PlanePreset::TwoGaussians, 1000)
        };
        let diffusion = PlaneDiffusion::new(&options).unwrap();
        let point = finished(&diffusion, [0.1, 0.3]);
        let result = point.result();
        let (bound, gap) = (result.bound.clone().unwrap(), result.gap.unwrap());
        assert_close(gap.noise + gap.steps + gap.data + gap.model, gap.total, 1e-12);
        assert_close(gap.total, result.log_p - bound.elbo, 1e-9);
        assert_close(bound.prior + bound.denoising + bound.reconstruction, -bound.elbo, 1e-12);
        assert_close(gap.model, result.exact_elbo.unwrap() - bound.elbo, 1e-12);
        assert_eq!(bound.per_timestep.len(), 999);
        // the ends of the chain cost little here, its steps more, and draws agree
        assert!(gap.noise.abs() < 0.01 && gap.data.abs() < 1e-3, "{gap:?}");
        for form in [result.denoising.unwrap(), result.consistency.unwrap()] {
            let error = form.cost.standard_error.unwrap();
            assert_close(form.cost.mean, -bound.elbo, 4.0 * error);
        }
        assert!(
            result.consistency.unwrap().standard_deviation
                > result.denoising.unwrap().standard_deviation
        );
        // the model's share is the integral of its excess error over log SNR
        let errors = result.errors.clone().unwrap();
        let excess = *errors.excess.last().unwrap();
        assert_close(excess, gap.model, 0.03 * gap.model.abs());
        assert_eq!(excess == 0.0, model == PlaneModel::Exact);
        // the discrete bound tends to the continuous one
        let spacing = errors.log_snr[1] - errors.log_snr[0];
        let ends = 0.5 * (errors.model[0] + errors.model[errors.model.len() - 1]);
        let integral = spacing * (errors.model.iter().sum::<f64>() - ends);
        assert_close(bound.denoising, integral, 0.03 * integral);
        assert_eq!(result.sweep.len(), 3);
        for line in &result.sweep {
            assert_eq!(line.points.len(), 12);
            // a chain of two or three steps leaves out where it matters most
            let rising = line.points[3..].windows(2).all(|pair| pair[1].elbo > pair[0].elbo);
            assert!(rising, "{line:?}");
        }
        let own = result.sweep.iter().find(|line| line.schedule == ScheduleKind::LogSnrLinear);
        let same = own.unwrap().points.iter().find(|point| point.steps == 1000).unwrap();
        assert_close(same.elbo, bound.elbo, 1e-12);
        assert!(result.done && result.progress == 1.0);
    }
}

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
        let options = PlaneDiffusionOptions {
            seed: Some(seed),
            ..options(PlanePreset::FiveGaussians, steps)
        };
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
        seed: Some(3),
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
        seed: Some(4),
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

fn component() -> Component {
    Component { weight: 1.0, mean: [0.0, 0.0], std: [0.5, 0.5], correlation: 0.0 }
}

#[wasm_bindgen_test(unsupported = test)]
fn own_data_are_a_mixture_with_weights_in_proportion() {
    let components = vec![
        Component { weight: 3.0, mean: [1.0, 2.0], ..component() },
        Component { weight: 1.0, correlation: 0.5, std: [1.0, 0.5], ..component() },
    ];
    let own = PlaneDiffusionOptions {
        data: None,
        components: Some(components),
        ..options(PlanePreset::Moons, 5)
    };
    let diffusion = PlaneDiffusion::new(&own).unwrap();
    assert_eq!(diffusion.data().weights, [0.75, 0.25]);
    let covariance = diffusion.data().components[1].covariance();
    for (found, expected) in covariance.into_iter().zip([1.0, 0.25, 0.25]) {
        assert_close(found, expected, 1e-12);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_options_are_refused_with_what_to_do() {
    let base = || options(PlanePreset::Moons, 5);
    let own = |component: Component| PlaneDiffusionOptions {
        data: None,
        components: Some(vec![component]),
        ..base()
    };
    for (bad, mentions) in [
        (PlaneDiffusionOptions { steps: 1, ..base() }, "steps is 1"),
        (PlaneDiffusionOptions { steps: 1001, ..base() }, "steps is 1001"),
        (PlaneDiffusionOptions { eta: 1.5, ..base() }, "eta is 1.5"),
        (PlaneDiffusionOptions { blur: f64::NAN, ..base() }, "blur is NaN"),
        (PlaneDiffusionOptions { particles: 1, ..base() }, "particles is 1"),
        (PlaneDiffusionOptions { particles: 2001, ..base() }, "particles is 2001"),
        (PlaneDiffusionOptions { schedule: ScheduleKind::Trained, ..base() }, "trained"),
        (PlaneDiffusionOptions { components: Some(vec![component()]), ..base() }, "both"),
        (
            PlaneDiffusionOptions { components: Some(vec![]), data: None, ..base() },
            "components is 0",
        ),
        (own(Component { std: [0.01, 1.0], ..component() }), "component 0"),
        (own(Component { mean: [f64::NAN, 1.0], ..component() }), "mean"),
        (own(Component { weight: 0.0, ..component() }), "weight"),
        (own(Component { correlation: 1.0, ..component() }), "correlation"),
    ] {
        let error = PlaneDiffusion::new(&bad).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.with_causes().contains(mentions), "{mentions}: {}", error.with_causes());
    }
    let diffusion = PlaneDiffusion::new(&base()).unwrap();
    for error in [
        diffusion.point([21.0, 0.0]).err(),
        diffusion.point([0.0, f64::NAN]).err(),
        diffusion.kernels([0.0, 0.0], 1).err(),
        diffusion.kernels([0.0, 0.0], 6).err(),
        diffusion.density(6, 10).err(),
        diffusion.density(0, 1).err(),
        diffusion.field(PlaneField::Score, 0, 5).err(),
        diffusion.field(PlaneField::Score, 1, 0).err(),
        diffusion.path(PlaneParticles::Forward, 2, 5).err(),
        diffusion.path(PlaneParticles::Flow, 0, 2).err(),
        PlaneNetwork::new(&PlaneNetworkOptions { steps: 1, ..Default::default() }).err(),
        PlaneNetwork::new(&PlaneNetworkOptions::default()).unwrap().train(1_000_001).err(),
    ] {
        assert_eq!(error.unwrap().kind(), ErrorKind::Value);
    }
}
