//! Several sets at once: each is scored as it would be alone, and they are set against each other.

use std::fs;
use std::path::Path;

use elbo_room::evaluation::strangers::Detector;
use elbo_room::evaluation::{EvaluatedModel, Evaluation, Metric};
use elbo_room::image::code::binary_code_length;
use elbo_room::image::resample::Size;
use elbo_room::math::likelihood::Task;
use elbo_room::math::roc::roc;

use super::files::{digits, evaluate, folder, idx, npy, read, refused, write_test_set};

const LITTLE: &str = "--models mnist-vae --samples 2 --threads 1";
const BOTH: &str = "--set MNIST=@MNIST --set stripes=@stripes";

/// Stripes, which simple models find likely.
fn stripes(images: usize) -> Vec<u8> {
    let pixel = |i: usize| if (i % 28 / (2 + i / 784)).is_multiple_of(2) { 200 } else { 0 };
    (0..images * 784).map(pixel).collect()
}

/// Digits in the folder MNIST, and stripes in a file without labels.
fn write_sets(folder: &Path) {
    fs::create_dir_all(folder.join("MNIST")).unwrap();
    write_test_set(&folder.join("MNIST"));
    fs::write(folder.join("stripes"), npy("7, 28, 28", &stripes(7))).unwrap();
}

fn entries(folder: &Path, file: &str) -> Vec<EvaluatedModel> {
    Evaluation::parse(&read(folder, file)).unwrap().models
}

/// The values of a metric in a file of results, by image.
fn values(folder: &Path, file: &str, set: &str, metric: &str) -> Vec<f64> {
    let records = read(folder, file);
    let records = records.lines().skip(1).map(|line| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record
    });
    let mut found: Vec<(u64, f64)> = records
        .filter(|record| record["set"].as_str().unwrap_or_default() == set)
        .flat_map(|record| {
            let image = record["image"].as_u64().unwrap();
            let terms = record["terms"].as_array().unwrap().clone();
            let term = terms.into_iter().find(|term| term["metric"] == metric);
            term.map(|term| (image, term["value"].as_f64().unwrap()))
        })
        .collect();
    found.sort_by_key(|(image, _)| *image);
    found.into_iter().map(|(_, value)| value).collect()
}

#[test]
fn own_images_are_told_from_others_by_the_values_of_each() {
    let folder = folder("strangers");
    write_sets(&folder);
    evaluate(&folder, &format!("{LITTLE} {BOTH} --images 6 --out @a.jsonl --json @a.json"))
        .unwrap();
    for (name, set) in [("MNIST", "MNIST"), ("stripes", "stripes")] {
        let alone = format!("{LITTLE} --set {set}=@{set} --images 6 --out @{set}.jsonl");
        evaluate(&folder, &alone).unwrap();
        let [both, alone] = ["a.jsonl".to_string(), format!("{set}.jsonl")]
            .map(|file| values(&folder, &file, name, "elbo"));
        assert!(both == alone && both.len() == 6, "a set has the scores that it has alone");
    }
    let entries = entries(&folder, "a.json");
    let [own, other] = &entries[..] else { panic!("{} entries", entries.len()) };
    assert_eq!((&own.dataset[..], own.own, own.strangers.is_none()), ("MNIST", true, true));
    assert_eq!((&other.dataset[..], other.own), ("stripes", false));
    let strangers = other.strangers.as_ref().unwrap();
    assert_eq!((&strangers.own[..], strangers.images), ("MNIST", [6, 6]));
    let of = |metric| ["MNIST", "stripes"].map(|set| values(&folder, "a.jsonl", set, metric));
    let ([elbo, theirs], [code, their_code], [kl, their_kl]) =
        (of("elbo"), of("code-length"), of("kl"));
    let mean = elbo.iter().sum::<f64>() / 6.0;
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect::<Vec<f64>>();
    let typical = |a: &[f64]| a.iter().map(|v| -(v - mean).abs()).collect::<Vec<f64>>();
    let less = |a: &[f64]| a.iter().map(|v| -v).collect::<Vec<f64>>();
    let expected = [
        (Detector::Likelihood, roc(&elbo, &theirs).unwrap()),
        (Detector::CodeRatio, roc(&sum(&elbo, &code), &sum(&theirs, &their_code)).unwrap()),
        (Detector::Typicality, roc(&typical(&elbo), &typical(&theirs)).unwrap()),
        (Detector::Kl, roc(&less(&kl), &less(&their_kl)).unwrap()),
    ];
    for (found, (detector, roc)) in strangers.detectors.iter().zip(&expected) {
        assert_eq!(found.detector, *detector);
        assert!((found.auroc - roc.auroc).abs() < 1e-5, "{detector:?}");
        let error = found.standard_error.unwrap();
        assert!((error - roc.standard_error.unwrap()).abs() < 1e-5, "{detector:?}");
    }
    assert_eq!(strangers.detectors.len(), expected.len());
    // binary images with the seed of their number, as the model sees them
    let size = Size { channels: 1, height: 28, width: 28 };
    let stripes = stripes(7);
    let order = elbo_room::engine::image_order(0, 7);
    let mut first = order[..6].to_vec();
    first.sort_unstable();
    for (found, image) in their_code.iter().zip(first) {
        let levels = &stripes[784 * image..][..784];
        let bits = Task::Binarized.observe(levels, elbo_room::engine::image_seed(0, image));
        assert_eq!(*found, binary_code_length(&bits, size));
    }
}

#[test]
fn a_diffusion_model_is_asked_for_the_middle_of_its_chain() {
    let folder = folder("middle");
    write_sets(&folder);
    let options = format!(
        "--models mnist-ddpm --steps 20 --timesteps 8 --class both {BOTH} --images 2 --out \
            @a.jsonl --json @a.json"
    );
    evaluate(&folder, &options).unwrap();
    let entries = entries(&folder, "a.json");
    let strangers = entries[1].strangers.as_ref().unwrap();
    let detectors: Vec<Detector> = strangers.detectors.iter().map(|d| d.detector).collect();
    assert_eq!(
        detectors,
        [
            Detector::Likelihood,
            Detector::CodeRatio,
            Detector::Typicality,
            Detector::MiddleTimesteps
        ]
    );
    for entry in &entries {
        let score = |metric| entry.scores.iter().find(|s| s.metric == metric).map(|s| s.value);
        let (middle, all) = (score(Metric::MiddleTimesteps), score(Metric::Denoising));
        assert!(middle.unwrap() > 0.0 && middle < all, "{middle:?} of {all:?} nats");
        // strangers have no class
        assert_eq!(score(Metric::ElboGivenClass).is_some(), entry.own);
    }
}

#[test]
fn the_command_of_either_set_gives_its_scores_again() {
    let folder = folder("strangers-command");
    write_sets(&folder);
    evaluate(
        &folder,
        &format!("{LITTLE} {BOTH} --images 3 --seed 4 --out @a.jsonl --json @a.json"),
    )
    .unwrap();
    for entry in entries(&folder, "a.json") {
        let (_, arguments) = entry.command.split_once(" -- ").unwrap();
        let arguments = arguments.replace("DIR/", "@");
        let out = entry.dataset;
        evaluate(&folder, &format!("{arguments} --out @{out}.jsonl --json @{out}.json")).unwrap();
        assert_eq!(read(&folder, &format!("{out}.json")), read(&folder, "a.json"));
    }
}

#[test]
fn few_images_against_strangers_leave_the_scores_of_many() {
    let folder = folder("strangers-keep");
    write_sets(&folder);
    evaluate(&folder, &format!("{LITTLE} --set MNIST=@MNIST --out @a.jsonl --json @a.json"))
        .unwrap();
    let before = entries(&folder, "a.json");
    let mark = "<!-- written by evaluate -->";
    fs::write(folder.join("README.md"), format!("{mark}\n{mark}\n")).unwrap();
    let both =
        format!("{LITTLE} {BOTH} --images 3 --out @b.jsonl --json @a.json --readme @README.md");
    evaluate(&folder, &both).unwrap();
    let after = entries(&folder, "a.json");
    assert_eq!((after.len(), &after[0]), (2, &before[0]));
    assert!(after[1].strangers.is_some());
    let readme = read(&folder, "README.md");
    for row in ["| mnist-vae | MNIST | ELBO |", "| mnist-vae | stripes | ELBO |"] {
        assert!(readme.contains(row), "{row} is missing");
    }
    let auroc = after[1].strangers.as_ref().unwrap().detectors[1].auroc;
    let row =
        format!("| mnist-vae | MNIST | stripes | ELBO + length in an adaptive code | {auroc:.3}");
    assert!(readme.contains(&row), "{row} is missing");
    // as many or more replace them
    let images = digits().0.len();
    fs::write(folder.join("stripes"), npy("40, 28, 28", &stripes(40))).unwrap();
    evaluate(&folder, &both.replace("b.jsonl", "c.jsonl").replace("3", &images.to_string()))
        .unwrap();
    let replaced = entries(&folder, "a.json");
    assert!(replaced.len() == 2 && replaced[0].command.contains("stripes"));
}

#[test]
fn unusable_sets_are_refused() {
    let folder = folder("strangers-refused");
    write_sets(&folder);
    let (images, labels) = digits();
    fs::write(folder.join("images"), idx(&[images.len(), 28, 28], &images.concat())).unwrap();
    fs::write(folder.join("labels"), idx(&[labels.len()], &labels)).unwrap();
    fs::write(folder.join("wide"), npy("1, 14, 56", &stripes(1))).unwrap();
    for (sets, mentions) in [
        ("--set stripes", "NAME=PATH"),
        ("--set =@stripes", "NAME=PATH"),
        ("--set a=@none", "none cannot be read"),
        ("--set a=@labels", "labels and no images"),
        ("--set a=@wide", "wide has 14x56"),
        ("--set a=@stripes --set a=@images", "twice"),
        ("--data @MNIST --set MNIST=@images", "one set of its own"),
        ("--set a=@stripes --images 8", "--images is 8, a has 7"),
        ("--merge @a.jsonl --set a=@stripes", "--merge"),
    ] {
        let mentions = mentions.replace("wide has", "a has");
        refused(&folder, &format!("{LITTLE} {sets} --out @a.jsonl"), &mentions);
    }
    let given =
        "--models mnist-ddpm --steps 4 --timesteps 2 --images 1 --class label --out @b.jsonl";
    refused(&folder, &format!("{given} --set MNIST=@images"), "MNIST has no labels");
}
