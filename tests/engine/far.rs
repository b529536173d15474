//! Pictures far from every digit, under every shipped latent-variable model: all numbers are
//! finite.

use elbo_room::engine::{
    Accumulator, Hvae, LatentBound, LatentBoundOptions, LatentBoundResult, Vae,
};
use elbo_room::image::drawing::render_digit;
use elbo_room::math::elbo::Estimate;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::model::manifest::{Contract, Manifest, ModelEntry};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::shipped::{MANIFEST, file};

const SIDE: usize = 28;

const PROPOSALS: [ProposalKind; 4] =
    [ProposalKind::Posterior, ProposalKind::Defensive, ProposalKind::Laplace, ProposalKind::Fitted];

/// Pixels of `level` in the rows and columns from `from` to `to`, on a ground of `ground`.
fn block(from: usize, to: usize, level: u8, ground: u8) -> Vec<u8> {
    let inside = |i: usize| (from..to).contains(&i);
    (0..SIDE * SIDE)
        .map(|at| if inside(at / SIDE) && inside(at % SIDE) { level } else { ground })
        .collect()
}

/// Every pixel the mean of the 5x5 around it.
fn blurred(levels: &[u8]) -> Vec<u8> {
    let mean = |at: usize| {
        let (row, column) = (at / SIDE, at % SIDE);
        let rows = row.saturating_sub(2)..(row + 3).min(SIDE);
        let sum: u32 = rows
            .flat_map(|r| {
                (column.saturating_sub(2)..(column + 3).min(SIDE)).map(move |c| r * SIDE + c)
            })
            .map(|at| u32::from(levels[at]))
            .sum();
        (sum / 25) as u8
    };
    (0..levels.len()).map(mean).collect()
}

/// What made a bound infinite: two taps on the pad, grey patches, a grey ground, a blurred digit,
/// an inverted one, a single grey pixel, noise.
fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let share = |place: u8| f32::from(place) / 255.0;
    // the drawing `strokes:ARoaAebm` of an address: two strokes of one point each
    let taps = [vec![share(26), share(26)], vec![share(230), share(230)]];
    let one = [vec![0.5, 0.1, 0.5, 0.9]];
    let digit = render_digit(&one, 2.6).unwrap();
    let mut pixel = vec![0; SIDE * SIDE];
    pixel[14 * SIDE + 14] = 64;
    let noise = (0..SIDE * SIDE).map(|at| (at * at * 7919 % 251) as u8).collect();
    vec![
        ("taps", render_digit(&taps, 2.6).unwrap()),
        ("grey block", block(6, 22, 128, 0)),
        ("bright block", block(4, 24, 200, 0)),
        ("white square", block(2, 26, 253, 0)),
        ("grey ground", block(10, 18, 255, 128)),
        ("white", block(0, SIDE, 255, 0)),
        ("black", block(0, 0, 0, 0)),
        ("blurred", blurred(&digit)),
        ("inverted", digit.iter().map(|l| 255 - l).collect()),
        ("one pixel", pixel),
        ("noise", noise),
    ]
}

/// Begins the bound of a picture, for which log p(x) is estimated with a proposal.
type Begin = Box<dyn Fn(&[u8], ProposalKind) -> Accumulator<LatentBound>>;

fn bounds_of(entry: &ModelEntry) -> Begin {
    let files = entry.files();
    let bytes = |role: &str| Ok(file(&files[role].path).to_vec());
    let options =
        |proposal| LatentBoundOptions { samples: 6, proposal, seed: 1, ..Default::default() };
    match entry.contract {
        Contract::Hvae { .. } => {
            let model = Hvae::load(entry, bytes).unwrap();
            Box::new(move |levels, kind| model.bound(levels, &options(kind)).unwrap())
        }
        _ => {
            let model = Vae::load(entry, bytes).unwrap();
            Box::new(move |levels, kind| model.bound(levels, &options(kind)).unwrap())
        }
    }
}

fn numbers(result: &LatentBoundResult) -> Vec<f64> {
    let estimates = [
        result.reconstruction,
        result.kl,
        result.elbo,
        result.bits_per_dim,
        result.log_likelihood,
        result.gap,
    ];
    let layers = result.layers.iter().map(|layer| layer.kl);
    let curve = result.importance.iter().map(|at| at.bound);
    let both = |e: Estimate| [e.mean, e.standard_error.unwrap_or(0.0)];
    let estimates = estimates.into_iter().chain(layers).chain(curve);
    let sizes = result.estimates.iter().map(|e| e.effective_sample_size);
    estimates.flat_map(both).chain(sizes).collect()
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn every_bound_is_finite_far_from_the_data() {
    let models = Manifest::parse(MANIFEST).unwrap().models;
    let latent = models.iter().filter(|m| !matches!(m.contract, Contract::Ddpm { .. }));
    for (i, entry) in latent.enumerate() {
        let begin = bounds_of(entry);
        for (j, (name, levels)) in pictures().into_iter().enumerate() {
            // Each proposal for every model, and for every picture.
            let mut bound = begin(&levels, PROPOSALS[(i + j) % PROPOSALS.len()]);
            while bound.step().unwrap() {}
            let result = bound.result().unwrap();
            for number in numbers(&result) {
                assert!(number.is_finite(), "{} of {name}: {number} in {result:?}", entry.id);
            }
            assert!(result.elbo.mean < 0.0 && result.kl.mean > 0.0, "{} of {name}", entry.id);
        }
    }
}
