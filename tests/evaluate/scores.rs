//! The scores are those of the crate, and where they are written.

use std::fs;

use elbo_room::engine::{LatentBoundOptions, Vae};
use elbo_room::evaluation::{Evaluation, MeanScore, Metric};
use elbo_room::math::elbo::Estimate;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::math::rng::{Purpose, uniform};
use elbo_room::model::manifest::Manifest;

use super::files::{digits, evaluate, folder, read, refused, write_test_set};

fn score(evaluation: &Evaluation, id: &str, metric: Metric, k: Option<u64>) -> MeanScore {
    let scores = &evaluation.model(id).unwrap().scores;
    scores
        .iter()
        .find(|s| s.metric == metric && s.k == k && s.layer.is_none())
        .expect("a score")
        .clone()
}

fn vae() -> Vae {
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let manifest =
        Manifest::parse(&fs::read_to_string(models.join("manifest.json")).unwrap()).unwrap();
    let entry = manifest.models.iter().find(|m| m.id == "mnist-vae").unwrap();
    Vae::load(entry, |role| Ok(fs::read(models.join(&entry.files()[role].path)).unwrap())).unwrap()
}

#[test]
fn scores_are_means_over_images_of_what_the_crate_gives_for_each() {
    let folder = folder("means");
    write_test_set(&folder);
    let (images, _) = digits();
    let options = "--models mnist-vae --samples 3 --seed 5 --data @ --out @a.jsonl --json @a.json";
    evaluate(&folder, options).unwrap();
    let evaluation = Evaluation::parse(&read(&folder, "a.json")).unwrap();
    let vae = vae();
    let mut elbos = Vec::new();
    let mut gaps = Vec::new();
    for (number, image) in images.iter().enumerate() {
        let seed = (uniform(5, Purpose::Image, [number as u64, 0], 1)[0] * 2_f64.powi(53)) as u64;
        let mut bound = vae
            .bound(
                image,
                &LatentBoundOptions {
                    samples: 3,
                    seed,
                    proposal: ProposalKind::Posterior,
                    ..LatentBoundOptions::default()
                },
            )
            .unwrap();
        while bound.step().unwrap() {}
        let result = bound.result().unwrap();
        elbos.push(result.elbo.mean);
        gaps.push(result.gap.mean);
    }
    for (metric, values) in [(Metric::Elbo, &elbos), (Metric::Gap, &gaps)] {
        let expected = Estimate::from_samples(values);
        let found = score(&evaluation, "mnist-vae", metric, None);
        assert!((found.value - expected.mean).abs() < 1e-6);
        assert!((found.standard_error.unwrap() - expected.standard_error.unwrap()).abs() < 1e-6);
        assert_eq!((found.images, found.samples), (images.len() as u64, 3));
    }
    let bounds = &evaluation.model("mnist-vae").unwrap().bounds;
    let lowest = elbos.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((bounds.quantiles[0] - lowest).abs() < 1e-3);
    assert_eq!(bounds.histogram.counts.iter().sum::<u64>(), images.len() as u64);
}

#[test]
fn the_terms_add_up_and_many_samples_replace_few() {
    let folder = folder("terms");
    write_test_set(&folder);
    let options = "--models mnist-vae,mnist-ddpm --images 5 --samples 4 --importance-images 3 \
        --importance-samples 25 --schedule log-snr-linear --steps 6 --timesteps all --class both \
        --data @ --out @a.jsonl --json @a.json";
    evaluate(&folder, options).unwrap();
    let evaluation = Evaluation::parse(&read(&folder, "a.json")).unwrap();
    let value = |id: &str, metric| score(&evaluation, id, metric, None).value;
    let vae = |metric| value("mnist-vae", metric);
    assert!((vae(Metric::Elbo) - vae(Metric::Reconstruction) + vae(Metric::Kl)).abs() < 1e-5);
    let ddpm = |metric| value("mnist-ddpm", metric);
    let cost = ddpm(Metric::Prior) + ddpm(Metric::Denoising) + ddpm(Metric::Reconstruction);
    assert!((ddpm(Metric::Elbo) + cost).abs() < 1e-5);
    assert!((ddpm(Metric::BitsPerDim) - cost / (784.0 * 2_f64.ln())).abs() < 1e-5);
    assert!(ddpm(Metric::ElboGivenClass) != ddpm(Metric::Elbo));
    // Another estimate of the same number, so neither equal nor far.
    let [matching, consistency] = [Metric::Elbo, Metric::ElboConsistency].map(ddpm);
    assert!(
        matching != consistency && (matching / consistency - 1.0).abs() < 0.5,
        "{matching} and {consistency}"
    );
    for k in [1, 2, 5, 10, 20, 25] {
        let bound = score(&evaluation, "mnist-vae", Metric::Importance, Some(k));
        assert_eq!((bound.images, bound.samples), (3, 25));
    }
    let weights = evaluation
        .model("mnist-vae")
        .unwrap()
        .scores
        .iter()
        .filter(|s| s.metric == Metric::Importance);
    assert_eq!(weights.count(), 6, "few samples have no say where there are many");
    let chain = evaluation.model("mnist-ddpm").unwrap().chain.clone().unwrap();
    assert_eq!((chain.steps, chain.timesteps, chain.given_class), (6, None, false));
}

#[test]
fn the_command_that_is_written_gives_the_scores_again() {
    let folder = folder("command");
    write_test_set(&folder);
    let options = "--models mnist-ddpm,mnist-vae --images 4 --samples 3 --steps 7 --timesteps 3 \
        --class label --importance-images 2 --importance-samples 6 --seed 9 --data @ --out \
        @a.jsonl --json @a.json";
    evaluate(&folder, options).unwrap();
    let written = Evaluation::parse(&read(&folder, "a.json")).unwrap();
    for model in &written.models {
        let (_, arguments) = model.command.split_once(" -- ").unwrap();
        let arguments = arguments.replace("DIR", "@");
        evaluate(&folder, &format!("{arguments} --out @{}.jsonl --json @b.json", model.id))
            .unwrap();
    }
    assert_eq!(read(&folder, "b.json"), read(&folder, "a.json"));
}

#[test]
fn one_model_is_replaced_and_the_table_has_all() {
    let folder = folder("report");
    write_test_set(&folder);
    let run = |options: &str| {
        evaluate(
            &folder,
            &format!(
                "{options} --images 2 --samples 2 --steps 4 --timesteps 2 --data @ --json @a.json"
            ),
        )
    };
    run("--models mnist-vae --out @a.jsonl").unwrap();
    run("--models mnist-ddpm --out @b.jsonl").unwrap();
    let both = Evaluation::parse(&read(&folder, "a.json")).unwrap();
    assert!(both.models.iter().map(|m| m.id.as_str()).eq(["mnist-ddpm", "mnist-vae"]));
    let mark = "<!-- written by evaluate -->";
    fs::write(folder.join("README.md"), format!("# Before\n{mark}\nold\n{mark}\nafter\n")).unwrap();
    run("--models mnist-vae --seed 3 --out @c.jsonl --readme @README.md").unwrap();
    let replaced = Evaluation::parse(&read(&folder, "a.json")).unwrap();
    assert_eq!(replaced.model("mnist-ddpm").unwrap(), both.model("mnist-ddpm").unwrap());
    assert_eq!(replaced.model("mnist-vae").unwrap().seed, 3);
    let readme = read(&folder, "README.md");
    assert!(
        readme.starts_with("# Before\n") && readme.ends_with("after\n") && !readme.contains("old")
    );
    let row = |id: &str, value: f64, decimals: usize| {
        let value = format!("{value:.decimals$}").replace('-', "−");
        assert!(
            readme.lines().any(|l| l.starts_with(&format!("| {id} |")) && l.contains(&value)),
            "{id}: {value}"
        );
    };
    row("mnist-vae", score(&replaced, "mnist-vae", Metric::Elbo, None).value, 2);
    row("mnist-ddpm", score(&replaced, "mnist-ddpm", Metric::BitsPerDim, None).value, 4);
    // written again, nothing changes
    run("--models mnist-vae --seed 3 --out @c.jsonl --readme @README.md").unwrap();
    assert_eq!(read(&folder, "README.md"), readme);
    fs::write(folder.join("README.md"), "# No marks\n").unwrap();
    refused(&folder, "--merge @c.jsonl --json @a.json --readme @README.md", "written by evaluate");
}

#[test]
fn the_diffusion_model_tells_the_digits() {
    let folder = folder("classes");
    write_test_set(&folder);
    let options = "--models mnist-ddpm --images 1 --timesteps 2 --classify 6 \
        --evaluations-per-class 16 --class-weighting both --data @ --out @a.jsonl --json @a.json";
    evaluate(&folder, options).unwrap();
    let evaluation = Evaluation::parse(&read(&folder, "a.json")).unwrap();
    for metric in [Metric::Accuracy, Metric::SigmoidAccuracy] {
        let accuracy = score(&evaluation, "mnist-ddpm", metric, None);
        assert_eq!(accuracy.images, 6);
        assert!(accuracy.value >= 4.0 / 6.0, "{accuracy:?}");
        let error = accuracy.standard_error.unwrap();
        assert!(error > 0.1 && error < 0.25, "six images tell an accuracy to {error}");
    }
    let entropy = score(&evaluation, "mnist-ddpm", Metric::ClassEntropy, None).value;
    assert!((0.0..10_f64.ln()).contains(&entropy), "{entropy} nats");
}
