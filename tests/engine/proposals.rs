//! What is proposed for files of other conventions.

use elbo_room::ErrorKind;
use elbo_room::engine::{CheckOptions, Ddpm, WarningCode, check};
use elbo_room::model::manifest::{
    BetaSchedule, Contract, ImageShape, Layout, Likelihood, ModelEntry, Spread,
};
use elbo_room::model::phrase::Phrase;
use elbo_room::model::propose::{FlatImage, NamedFile, Proposal, ProposalOptions, propose};
use elbo_room::model::{Dim, inspect, inspect_at};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use super::foreign::{X, bytes, close, file, linear, load, sigmoid};

fn inspected(paths: &[&str]) -> Vec<NamedFile> {
    let one = |path: &&str| {
        let info = inspect(file(path), None).unwrap();
        NamedFile { name: path.to_string(), info }
    };
    paths.iter().map(one).collect()
}

pub fn proposed(paths: &[&str]) -> (Proposal, ModelEntry) {
    proposed_with(paths, ProposalOptions::default())
}

fn proposed_with(paths: &[&str], options: ProposalOptions) -> (Proposal, ModelEntry) {
    let proposal = propose("mine", &inspected(paths), &options).unwrap();
    let entry = proposal.entry.clone().unwrap_or_else(|| panic!("{:?}", proposal.missing));
    proposal.missing.iter().for_each(whole);
    for guess in &proposal.guesses {
        whole(&guess.reason);
        whole(&guess.choice);
        let mut labels = vec![&guess.choice.message];
        for choice in &guess.alternatives {
            whole(&choice.label);
            labels.push(&choice.label.message);
            entry.changed(&choice.changes).unwrap_or_else(|e| panic!("{}: {e}", choice.label));
        }
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), 1 + guess.alternatives.len(), "two choices of one name");
    }
    (proposal, entry)
}

/// A phrase has all the values that its text asks for, and no other.
#[track_caller]
pub fn whole(phrase: &Phrase) {
    assert!(!phrase.message.is_empty() && !phrase.message.contains(['{', '}']), "{phrase}");
    for name in phrase.values.keys() {
        let place = format!("{{{name}}}");
        assert!(phrase.code.english().contains(&place), "{phrase} has no place for {name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_proposal_for_two_files_can_be_loaded_as_it_is() {
    let (_, entry) = proposed(&["decoder-sigmoid.onnx", "encoder-std.onnx"]);
    let Contract::Vae(contract) = &entry.contract else { panic!() };
    assert_eq!(entry.likelihood, Likelihood::Bernoulli);
    assert_eq!(contract.decoder.output.name.as_deref(), Some("before"));
    assert_eq!(contract.decoder.latent.shape, Some(vec![2, 1, 1]));
    assert_eq!(contract.encoder.posterior.spread, Spread::Std);
    let model = load(&entry).unwrap();
    let z = [0.7_f32, -1.3];
    let expected: Vec<f64> =
        linear(&[f64::from(z[0]), f64::from(z[1])], 4, 1).into_iter().map(sigmoid).collect();
    close(&model.decode(&z).unwrap().to_vec(), &expected);
    let std = linear(&X.map(f64::from), 2, 2);
    assert_eq!(model.encode_given(&X, Some(0)).unwrap().mean.len(), std.len());
}

#[wasm_bindgen_test(unsupported = test)]
fn stacked_and_sampled_posteriors_and_codes_are_recognized() {
    let posterior = |paths: &[&str]| {
        let (_, entry) = proposed(paths);
        let Contract::Vae(contract) = entry.contract.clone() else { panic!() };
        load(&entry).unwrap();
        (contract.encoder.posterior, contract.encoder.batch)
    };
    let (stacked, _) = posterior(&["encoder-mnist.onnx", "decoder-mnist.onnx"]);
    assert_eq!(stacked.split.unwrap().axis, 1);
    // the two layers behind the ReLU, before the draw
    let (_, entry) = proposed(&["encoder-sampled.onnx", "decoder-sigmoid.onnx"]);
    let Contract::Vae(contract) = entry.contract else { panic!() };
    let sampled = contract.encoder.posterior;
    assert_eq!(sampled.spread, Spread::LogVar);
    assert_eq!(sampled.mean_name.as_deref(), Some("value_3"));
    assert_eq!(sampled.spread_name.as_deref(), Some("value_4"));
    let (_, entry) = proposed(&["encoder-sampled.onnx", "decoder-sigmoid.onnx"]);
    let q = load(&entry).unwrap().encode(&X).unwrap();
    let relu: Vec<f64> = linear(&X.map(f64::from), 4, 4).into_iter().map(|v| v.max(0.0)).collect();
    close(&q.mean.to_vec(), &linear(&relu, 2, 2));
    close(&q.log_var.to_vec(), &linear(&relu, 2, 3));
    let (code, _) = posterior(&["encoder-code.onnx", "decoder-sigmoid.onnx"]);
    assert_eq!(code.spread, Spread::None);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_pair_for_each_latent_is_split_in_pairs() {
    let mut files = inspected(&["encoder-mnist.onnx", "decoder-mnist.onnx"]);
    let shape = |inner: &[usize]| {
        let fixed = inner.iter().map(|&n| Dim::Fixed(n));
        Some([Dim::Symbol("batch".into())].into_iter().chain(fixed).collect())
    };
    files[1].info.inputs[0].shape = shape(&[4, 1, 1]);
    for (stacked, axis) in [(&[4, 2][..], 2), (&[2, 4], 1), (&[8], 1)] {
        files[0].info.outputs[0].shape = shape(stacked);
        let entry = propose("mine", &files, &ProposalOptions::default()).unwrap().entry.unwrap();
        let Contract::Vae(contract) = entry.contract else { panic!() };
        assert_eq!(contract.encoder.posterior.split.unwrap().axis, axis, "{stacked:?}");
    }
}

/// What a layer of the fixtures' encoders makes of [`X`] behind its ReLU.
fn encoded(salt: i64) -> Vec<f64> {
    let relu: Vec<f64> = linear(&X.map(f64::from), 4, 4).into_iter().map(|v| v.max(0.0)).collect();
    linear(&relu, 2, salt)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_sampled_code_is_not_taken_for_the_mean() {
    let (_, entry) = proposed(&["encoder-three.onnx", "decoder-sigmoid.onnx"]);
    let q = load(&entry).unwrap().encode(&X).unwrap();
    close(&q.mean.to_vec(), &encoded(2));
    close(&q.log_var.to_vec(), &encoded(3));
}

#[wasm_bindgen_test(unsupported = test)]
fn mean_and_spread_are_found_behind_a_sampled_code() {
    let (proposal, entry) = proposed(&["encoder-split.onnx", "decoder-sigmoid.onnx"]);
    let reason = proposal.guesses.iter().find(|guess| guess.field == "encoder.posterior");
    assert!(reason.unwrap().reason.message.contains("around \"first\""), "{reason:?}");
    let q = load(&entry).unwrap().encode(&X).unwrap();
    let moments = linear(&X.map(f64::from), 4, 4);
    close(&q.mean.to_vec(), &moments[..2]);
    let clamped: Vec<f64> = moments[2..].iter().map(|v| v.clamp(-0.125, 0.125)).collect();
    assert_ne!(clamped, moments[2..], "nothing is clamped");
    close(&q.log_var.to_vec(), &clamped);

    let (_, entry) = proposed(&["encoder-noise.onnx", "decoder-sigmoid.onnx"]);
    let q = load(&entry).unwrap().encode(&X).unwrap();
    close(&q.mean.to_vec(), &linear(&X.map(f64::from), 2, 2));
    let softplus = |v: f64| v.exp().ln_1p();
    let log_var = linear(&X.map(f64::from), 2, 3).into_iter().map(|v| 2.0 * softplus(v).ln());
    close(&q.log_var.to_vec(), &log_var.collect::<Vec<_>>());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_vae_in_one_file_is_cut_where_all_goes_through_its_code() {
    let (proposal, entry) = proposed(&["whole.onnx"]);
    let Contract::Vae(contract) = &entry.contract else { panic!() };
    assert_eq!(contract.decoder.latent.name.as_deref(), Some("code"));
    assert_eq!(contract.decoder.output.name.as_deref(), Some("before"));
    let cut = proposal.guesses.iter().find(|guess| guess.field == "files.decoder").unwrap();
    assert!(cut.reason.message.contains("cut at \"code\", whose 2 numbers"), "{}", cut.reason);
    let model = load(&entry).unwrap();
    let q = model.encode(&X).unwrap();
    close(&q.mean.to_vec(), &encoded(2));
    close(&q.log_var.to_vec(), &encoded(3));
    let z = [0.7_f32, -1.3];
    let logits = linear(&z.map(f64::from), 4, 1);
    let expected: Vec<f64> = logits.into_iter().map(sigmoid).collect();
    close(&model.decode(&z).unwrap().to_vec(), &expected);

    // noise that is given in place of drawn is neither a class nor needed
    let mut files = inspected(&["whole.onnx"]);
    let info = &mut files[0].info;
    let noise = info.values.iter_mut().find(|v| v.operator == "RandomNormalLike").unwrap();
    noise.operator = "Identity".into();
    noise.inputs = vec!["n".into()];
    let mut given = info.inputs[0].clone();
    given.name = "n".into();
    given.shape = info.outputs[2].shape.clone();
    info.inputs.push(given);
    let given = propose("mine", &files, &ProposalOptions::default()).unwrap().entry.unwrap();
    let Contract::Vae(contract) = &given.contract else { panic!() };
    assert_eq!(contract.decoder.latent.name.as_deref(), Some("code"));
    assert!(contract.encoder.condition.is_none() && contract.classes.is_empty());

    // a plain autoencoder: at its smallest value
    let (_, entry) = proposed(&["whole-code.onnx"]);
    let Contract::Vae(contract) = &entry.contract else { panic!() };
    assert_eq!(contract.decoder.latent.name.as_deref(), Some("code"));
    assert_eq!(contract.encoder.posterior.spread, Spread::None);
    let model = load(&entry).unwrap();
    let relu = z.map(|v| f64::from(v).max(0.0));
    let expected: Vec<f64> = linear(&relu, 4, 1).into_iter().map(sigmoid).collect();
    close(&model.decode(&z).unwrap().to_vec(), &expected);

    // an image that is made of nothing smaller cannot be cut
    let files = inspected(&["network-flow.onnx"]);
    let NamedFile { name, mut info } = files.into_iter().next().unwrap();
    info.inputs.retain(|input| input.name == "x");
    let alone = [NamedFile { name, info }];
    let proposal = propose("mine", &alone, &ProposalOptions::default()).unwrap();
    assert!(proposal.entry.is_none());
    assert!(proposal.missing.iter().any(|m| m.message.contains("no smaller code")), "{proposal:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_picture_may_be_brought_to_the_shape_of_the_one_that_went_in() {
    let (_, entry) = proposed(&["whole-shape.onnx"]);
    let Contract::Vae(contract) = &entry.contract else { panic!() };
    assert_eq!(contract.decoder.latent.name.as_deref(), Some("code"));
    assert_eq!(contract.decoder.output.name.as_deref(), Some("x_hat"));
    assert_eq!(contract.encoder.posterior.spread, Spread::LogStd);
    let model = load(&entry).unwrap();
    let q = model.encode(&X).unwrap();
    // pixels as the decoder gives them, in [-1, 1]
    let relu: Vec<f64> = linear(&X.map(|v| 2.0 * f64::from(v) - 1.0), 4, 4);
    let relu: Vec<f64> = relu.into_iter().map(|v| v.max(0.0)).collect();
    close(&q.mean.to_vec(), &linear(&relu, 2, 2));
    let log_var: Vec<f64> = linear(&relu, 2, 3).into_iter().map(|v| 2.0 * v).collect();
    close(&q.log_var.to_vec(), &log_var);
    let z = [0.7_f32, -1.3];
    let values = linear(&z.map(f64::from), 4, 1);
    let expected: Vec<f64> = values.iter().map(|v| (v.tanh() + 1.0) / 2.0).collect();
    close(&model.decode(&z).unwrap().to_vec(), &expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_timestep_picks_its_row_in_any_shape() {
    let (_, entry) = proposed(&["network-table.onnx"]);
    let Contract::Ddpm(contract) = &entry.contract else { panic!() };
    assert_eq!(contract.network.time.schedule.as_ref().map(BetaSchedule::steps), Some(50));
    assert_eq!(contract.network.time.shape, [1]);
    check(&entry, bytes(&entry), &CheckOptions::default()).unwrap();
    // with a chain that is longer than its table the file says so
    let schedule = json!({"kind": "linear", "steps": 1000});
    let longer = [("network.time.schedule".to_string(), schedule)].into_iter().collect();
    let entry = entry.changed(&longer).unwrap();
    let error = check(&entry, bytes(&entry), &CheckOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Model);
    assert!(error.with_causes().contains("is out of range for a length of 50"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_network_for_any_size_has_a_usual_one_or_the_one_that_is_given() {
    let bytes_of = file("network-open.onnx");
    let at = |size: Option<[usize; 2]>| {
        let info = inspect_at(bytes_of, None, size).unwrap();
        let files = [NamedFile { name: "network-open.onnx".into(), info }];
        let proposal = propose("mine", &files, &ProposalOptions::default()).unwrap();
        (proposal.entry.unwrap(), proposal.flat.unwrap())
    };
    let shape = |height, width| ImageShape { channels: 3, height, width };
    let (entry, flat) = at(None);
    assert_eq!((entry.image, flat.length), (shape(32, 32), None));
    assert!(flat.sizes.iter().all(|size| size.image.channels == 3) && flat.sizes.len() > 2);
    let (entry, flat) = at(Some([4, 6]));
    assert_eq!((entry.image, flat.chosen.unwrap().image), (shape(4, 6), shape(4, 6)));
    let ddpm = Ddpm::load(&entry, bytes(&entry)).unwrap();
    assert_eq!(ddpm.predict(&[0.0; 72], 0.0, None).unwrap().x0.len(), 72);
    // other files say their size
    assert_eq!(inspect_at(file("network-flow.onnx"), None, Some([4, 6])).unwrap().size, None);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_code_of_any_size_has_that_of_a_usual_picture_or_of_the_one_that_is_given() {
    let at = |size: Option<[usize; 2]>| {
        let info = inspect_at(file("decoder-open.onnx"), None, size).unwrap();
        let files = [NamedFile { name: "decoder-open.onnx".into(), info }];
        let proposal = propose("mine", &files, &ProposalOptions::default()).unwrap();
        assert_eq!(proposal.flat.as_ref().map(|flat| flat.length), Some(None), "{proposal:?}");
        proposal.entry.unwrap()
    };
    let latents = |entry: &ModelEntry| {
        let Contract::Vae(contract) = &entry.contract else { panic!() };
        contract.decoder.latent.shape.clone().unwrap()
    };
    let entry = at(None);
    assert_eq!(entry.image, ImageShape { channels: 3, height: 32, width: 32 });
    assert_eq!(latents(&entry), [2, 16, 16]);
    let entry = at(Some([6, 8]));
    assert_eq!(entry.image, ImageShape { channels: 3, height: 6, width: 8 });
    assert_eq!(latents(&entry), [2, 3, 4]);
    let z: Vec<f32> = (0..24).map(|i| (i as f32 - 7.0) / 8.0).collect();
    let place = |i: usize, j: usize| [0, 12].map(|plane| f64::from(z[plane + i / 2 * 4 + j / 2]));
    let weight = |c: usize, k: usize| ((7 * c + 3 * k + 5) % 11) as f64 / 16.0 - 5.0 / 16.0;
    let mut expected = Vec::new();
    for pixel in 0..48 {
        let [first, second] = place(pixel / 8, pixel % 8);
        expected.extend((0..3).map(|c| weight(c, 0) * first + weight(c, 1) * second));
    }
    let shown: Vec<f64> = expected.iter().map(|v| v.clamp(0.0, 1.0)).collect();
    assert_ne!(shown, vec![0.0; 144]);
    close(&load(&entry).unwrap().decode(&z).unwrap().to_vec(), &shown);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_colour_decoder_and_diffusion_networks_are_recognized() {
    let (_, entry) = proposed(&["decoder-tanh.onnx", "encoder-colour.onnx"]);
    let Contract::Vae(contract) = &entry.contract else { panic!() };
    assert_eq!((entry.image.channels, entry.likelihood), (3, Likelihood::Gaussian));
    assert_eq!(contract.decoder.output.range, Some([-1.0, 1.0]));
    assert_eq!((contract.decoder.batch, &contract.encoder.image.scale[..]), (2, &[2.0][..]));
    load(&entry).unwrap();

    let (proposal, entry) = proposed(&["network.onnx"]);
    let Contract::Ddpm(contract) = &entry.contract else { panic!("{proposal:?}") };
    assert!(contract.network.output.learned_variance);
    // a table of 4 rows may have one for no class, and then fits no data set
    assert_eq!(contract.classes.len(), 4);
    let class = proposal.guesses.iter().find(|guess| guess.field == "network.condition").unwrap();
    let other = entry.changed(&class.alternatives[0].changes).unwrap();
    let Contract::Ddpm(other) = other.contract else { panic!() };
    assert_eq!(other.classes.len(), 3);
    // the table that the timestep picks from says how long the chain is
    assert_eq!(contract.network.time.schedule.as_ref().map(BetaSchedule::steps), Some(50));
    let (_, entry) = proposed(&["network-flow.onnx"]);
    let Contract::Ddpm(contract) = &entry.contract else { panic!() };
    assert_eq!(contract.network.time.shape, [1]);

    let alone =
        propose("mine", &inspected(&["encoder-mnist.onnx"]), &ProposalOptions::default()).unwrap();
    assert!(alone.entry.is_none() && alone.missing[0].message.contains("decoder"), "{alone:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_flat_picture_of_any_length_has_the_likeliest_size_or_the_one_that_is_given() {
    let paths = ["encoder-oblong.onnx", "decoder-oblong.onnx"];
    let shape = |channels, height, width| ImageShape { channels, height, width };
    let (proposal, entry) = proposed(&paths);
    assert_eq!(entry.image, shape(1, 28, 20));
    let flat = proposal.flat.unwrap();
    let upright = FlatImage { image: entry.image, layout: Layout::Nchw };
    assert_eq!((flat.length, flat.chosen, flat.sizes[0]), (Some(560), Some(upright), upright));
    let z = [0.7_f32, -1.3];
    let rows = linear(&z.map(f64::from), 28, 1);
    let expected: Vec<f64> = rows
        .iter()
        .flat_map(|row| (0..20).map(move |j| sigmoid(row * (f64::from(j) / 4.0 - 2.0))))
        .collect();
    let model = load(&entry).unwrap();
    close(&model.decode(&z).unwrap().to_vec(), &expected);
    let x: Vec<f32> = (0..560).map(|i| ((i * 37) % 256) as f32 / 255.0).collect();
    let means: Vec<f64> = x
        .chunks_exact(20)
        .map(|row| row.iter().map(|&v| f64::from(v)).sum::<f64>() / 20.0)
        .collect();
    close(&model.encode(&x).unwrap().mean.to_vec(), &linear(&means, 2, 1));
    let found = check(&entry, bytes(&entry), &CheckOptions::default()).unwrap();
    assert!(found.warnings.iter().all(|w| w.code != WarningCode::NotFinite), "{found:?}");

    let lying = FlatImage { image: shape(1, 20, 28), layout: Layout::Nchw };
    let (proposal, entry) = proposed_with(&paths, ProposalOptions { flat: Some(lying) });
    assert_eq!((entry.image, proposal.flat.unwrap().chosen), (lying.image, Some(lying)));
    // the same values in other rows
    close(&load(&entry).unwrap().decode(&z).unwrap().to_vec(), &expected);

    let none = FlatImage { image: shape(1, 20, 20), layout: Layout::Nchw };
    let error = propose("mine", &inspected(&paths), &ProposalOptions { flat: Some(none) });
    let error = error.unwrap_err();
    assert!(error.kind() == ErrorKind::Value && error.with_causes().contains("400"), "{error}");
    // a file that says how large its images are leaves nothing to choose
    assert_eq!(proposed(&["decoder-tanh.onnx", "encoder-colour.onnx"]).0.flat, None);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_flat_picture_in_colour_lies_as_it_is_said_to() {
    let paths = ["decoder-flat-colour.onnx"];
    let (proposal, entry) = proposed(&paths);
    assert_eq!(entry.image, ImageShape { channels: 3, height: 8, width: 8 });
    let [first, last] = proposal.flat.unwrap().sizes[..2] else { panic!() };
    assert_eq!((first.layout, last.layout), (Layout::Nchw, Layout::Nhwc));
    let z = [0.7_f32, -1.3];
    let rows = linear(&z.map(f64::from), 8, 1);
    // row by row, the channels of a pixel side by side, in [0, 1]
    let as_it_lies: Vec<f64> = rows
        .iter()
        .flat_map(|row| (0..24).map(move |j| row * (f64::from(j) / 8.0 - 1.0)))
        .map(|value| 0.5 * (value.tanh() + 1.0))
        .collect();
    let (_, entry) = proposed_with(&paths, ProposalOptions { flat: Some(last) });
    close(&load(&entry).unwrap().decode(&z).unwrap().to_vec(), &as_it_lies);
    let (_, entry) = proposed_with(&paths, ProposalOptions { flat: Some(first) });
    let planes: Vec<f64> = (0..192).map(|i| as_it_lies[(i % 3) * 64 + i / 3]).collect();
    close(&load(&entry).unwrap().decode(&z).unwrap().to_vec(), &planes);
}
