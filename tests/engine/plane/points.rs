//! Likelihood, bound and gap of single points.

use elbo_room::engine::{PlaneDiffusion, PlaneDiffusionOptions, PlaneModel, PlanePreset};
use elbo_room::math::inference::quadrature::normal_nodes;
use elbo_room::math::plane::bound::exact_bound;
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{assert_close, bounded, finished, options};

const POINTS: [[f64; 2]; 5] = [[-1.7, -1.0], [0.1, 0.3], [1.8, 1.4], [-0.4, 2.0], [2.5, -2.0]];

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
