//! What a check finds in networks of other conventions, and in the shipped ones.

use elbo_room::ErrorKind;
use elbo_room::engine::{CheckOptions, Warning, WarningCode, check};
use elbo_room::model::inspect_at;
use elbo_room::model::manifest::{Contract, Manifest, ModelEntry};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use super::foreign::{bytes, entry};
use super::proposals::{proposed, whole};
use crate::support::shipped;

fn codes(entry: &ModelEntry) -> Vec<WarningCode> {
    let found = check(entry, bytes(entry), &CheckOptions::default()).unwrap();
    for warning in &found.warnings {
        whole(&warning.detail);
        if let Some(changes) = &warning.changes {
            entry.changed(changes).unwrap_or_else(|e| panic!("{:?}: {e}", warning.code));
        }
    }
    found.warnings.iter().map(|w| w.code).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_check_sees_probabilities_under_the_name_of_logits() {
    let with = |output: Value| {
        entry(json!({
            "files": {"decoder": {"path": "decoder-sigmoid.onnx"}},
            "decoder": {"latent": {"name": "latent", "shape": [2, 1, 1]}, "output": output},
        }))
    };
    let wrong = with(json!({"name": "reconstruction"}));
    let found = codes(&wrong);
    assert!(
        found.contains(&WarningCode::SigmoidBeforeLogits)
            && found.contains(&WarningCode::LogitsInUnitRange),
        "{found:?}"
    );
    let warning =
        check(&wrong, bytes(&wrong), &CheckOptions::default()).unwrap().warnings.remove(0);
    let mended = wrong.changed(&warning.changes.unwrap()).unwrap();
    assert_eq!(codes(&mended), [] as [WarningCode; 0]);
    // the true logits of this tiny network are small, and still no pixels
    assert_eq!(codes(&with(json!({"name": "before"}))), [] as [WarningCode; 0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_check_runs_a_diffusion_network_and_compares_readings() {
    let (_, entry) = proposed(&["network-flow.onnx"]);
    let found = check(&entry, bytes(&entry), &CheckOptions::default()).unwrap();
    let names: Vec<_> = found.pictures.iter().map(|p| (p.name, p.count)).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(found.pictures.iter().all(|p| p.levels.len() == 4 * p.count));
    // x + t does not denoise: some warning says so
    assert!(
        found.warnings.iter().any(|w| matches!(
            w.code,
            WarningCode::PoorDenoising | WarningCode::OtherReadingIsBetter
        )),
        "{:?}",
        found.warnings
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_network_that_takes_too_much_memory_is_refused_with_the_figure() {
    let (_, entry) = proposed(&["decoder-mnist.onnx", "encoder-mnist.onnx"]);
    let options = CheckOptions { memory: Some(10), ..CheckOptions::default() };
    let error = check(&entry, bytes(&entry), &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Model);
    assert!(error.with_causes().contains("memory"), "{error}");
    // each of the files would do alone
    let needed =
        |role: &str| inspect_at(&bytes(&entry)(role).unwrap(), None, None).unwrap().memory.unwrap();
    let (encoder, decoder) = (needed("encoder"), needed("decoder"));
    let limited =
        |memory| check(&entry, bytes(&entry), &CheckOptions { memory: Some(memory), ..options });
    let error = limited(encoder.max(decoder)).unwrap_err();
    assert!(error.with_causes().contains("with the model's other files"), "{error}");
    limited(encoder + decoder).unwrap();
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_models_pass_and_a_wrong_convention_is_found() {
    let manifest = Manifest::parse(shipped::MANIFEST).unwrap();
    let found = |entry: &ModelEntry| {
        let file = |role: &str| Ok(shipped::file(&entry.files()[role].path).to_vec());
        check(entry, file, &CheckOptions::default()).unwrap()
    };
    for entry in &manifest.models {
        let found = found(entry);
        // The check's drawings are digits: a model of clothes may say so, and nothing else.
        let strange = entry.dataset.contains("Fashion");
        let others = found
            .warnings
            .iter()
            .filter(|w| !(strange && w.code == WarningCode::PoorReconstruction));
        assert_eq!(others.collect::<Vec<_>>(), [] as [&Warning; 0], "{}", entry.id);
        if let Contract::Vae(vae) = &entry.contract {
            assert_eq!(found.kl_per_latent.len(), vae.latents.count);
            assert!(found.kl_per_latent.iter().sum::<f64>() > 3.0 && found.elbo.unwrap() < 0.0);
        }
    }
    let changed = |id: &str, changes: Value| {
        let changes = changes.as_object().unwrap().clone().into_iter().collect();
        manifest.model(id).unwrap().changed(&changes).unwrap()
    };
    let cases = [
        (
            "mnist-vae",
            json!({"encoder.image.scale": [2], "encoder.image.shift": [-1]}),
            WarningCode::InputScale,
        ),
        (
            "mnist-vae",
            json!({"encoder.posterior.spread": "std", "encoder.posterior.spreadName": "log_var"}),
            WarningCode::NotFinite,
        ),
        (
            "mnist-vae",
            json!({"decoder.output.name": "logits", "decoder.output.value": "mean"}),
            WarningCode::OutsideRange,
        ),
        ("mnist-ddpm", json!({"parameterization": "epsilon"}), WarningCode::OtherReadingIsBetter),
        ("mnist-ddpm", json!({"parameterization": "x0"}), WarningCode::OtherReadingIsBetter),
    ];
    for (id, changes, code) in cases {
        let wrong = changed(id, changes);
        let warnings = found(&wrong).warnings;
        let warning = warnings.iter().find(|w| w.code == code);
        let warning = warning.unwrap_or_else(|| panic!("{id}: {warnings:?} has no {code:?}"));
        // what the check suggests mends it
        if let Some(changes) = &warning.changes {
            let mended = found(&wrong.changed(changes).unwrap()).warnings;
            assert!(!mended.iter().any(|w| w.code == code), "{id}: {mended:?}");
        } else {
            assert_eq!(code, WarningCode::NotFinite);
        }
    }
}
