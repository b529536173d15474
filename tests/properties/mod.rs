//! What holds for whatever comes, over cases that are the same in every run. `PROPTEST_CASES` asks
//! for more of them, `PROPTEST_RNG_SEED` for others.

mod codecs;
mod kernels;
mod numerics;

use elbo_room::math::rng::{Purpose, standard_normal};
use proptest::test_runner::{Config, RngSeed};

fn config() -> Config {
    let asked = |name| std::env::var_os(name).is_some();
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if !asked("PROPTEST_CASES") {
        config.cases = 48;
    }
    if !asked("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

fn normal(length: usize, seed: u64) -> Vec<f64> {
    standard_normal(seed, Purpose::Latent, [1, 0], length).to_vec()
}

fn normal_f32(length: usize, seed: u64) -> Vec<f32> {
    normal(length, seed).into_iter().map(|v| v as f32).collect()
}

/// The largest difference, relative to the largest value.
fn distance(a: &[f32], b: &[f32]) -> f32 {
    let scale = a.iter().chain(b).fold(1.0_f32, |most, v| most.max(v.abs()));
    a.iter().zip(b).fold(0.0_f32, |most, (a, b)| most.max((a - b).abs())) / scale
}
