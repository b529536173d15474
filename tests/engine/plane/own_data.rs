//! Data of the caller, and what is refused.

use elbo_room::ErrorKind;
use elbo_room::engine::{
    PlaneComponent, PlaneDiffusion, PlaneDiffusionOptions, PlaneField, PlaneNetwork,
    PlaneNetworkOptions, PlaneParticles, PlanePreset,
};
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{assert_close, options};

fn component() -> PlaneComponent {
    PlaneComponent { weight: 1.0, mean: [0.0, 0.0], std: [0.5, 0.5], correlation: 0.0 }
}

#[wasm_bindgen_test(unsupported = test)]
fn own_data_are_a_mixture_with_weights_in_proportion() {
    let components = vec![
        PlaneComponent { weight: 3.0, mean: [1.0, 2.0], ..component() },
        PlaneComponent { weight: 1.0, correlation: 0.5, std: [1.0, 0.5], ..component() },
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
    let own = |component: PlaneComponent| PlaneDiffusionOptions {
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
        (own(PlaneComponent { std: [0.01, 1.0], ..component() }), "component 0"),
        (own(PlaneComponent { mean: [f64::NAN, 1.0], ..component() }), "mean"),
        (own(PlaneComponent { weight: 0.0, ..component() }), "weight"),
        (own(PlaneComponent { correlation: 1.0, ..component() }), "correlation"),
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
