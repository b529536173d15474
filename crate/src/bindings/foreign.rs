use js_sys::{Array, Float32Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::convert::{self, JsResult, file, from_js, options, to_js, type_of};
use crate::engine::{CheckOptions, check};
use crate::error::Error;
use crate::model::changes::Changes;
use crate::model::propose::{NamedFile, ProposalOptions, propose};
use crate::model::{inspect_at, probe, profile};

fn bytes(value: &JsValue, what: &str) -> Result<Option<Vec<u8>>, Error> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    let bytes = value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
    bytes.map(Some).ok_or_else(|| Error::value(what, type_of(value), "a Uint8Array"))
}

fn given(file: &JsValue) -> Result<Vec<u8>, Error> {
    bytes(file, "the file")?
        .ok_or_else(|| Error::request("the file is missing", "give its bytes as a Uint8Array"))
}

/// Says what is in an ONNX file: inputs, outputs, inner values, operators, weights, multiply-adds
/// and the memory that it will take. `external` is the file with its weights, if they are in
/// another, `size` the height and width of images that may have any: some usual ones if absent.
/// Throws a ModelError if the bytes are not an ONNX file; one with a graph that cannot be run does
/// not throw.
#[wasm_bindgen(js_name = inspectOnnx, unchecked_return_type = "GraphInfo")]
pub fn inspect_onnx(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] file: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Uint8Array")] external: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "[number, number]")] size: JsValue,
) -> JsResult<JsValue> {
    let file = given(&file)?;
    let size: Option<[usize; 2]> = from_js(size, "size")?;
    to_js(&inspect_at(&file, bytes(&external, "external")?.as_deref(), size)?)
}

/// Runs an ONNX file `runs` times on `states` states at once and says how many milliseconds which
/// of its operators take in one run. Shapes that are open are those for one image. Throws a
/// ModelError if the file cannot be run.
#[wasm_bindgen(js_name = profileOnnx, unchecked_return_type = "OperatorTime[]")]
pub fn profile_onnx(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] file: JsValue,
    states: usize,
    runs: usize,
) -> JsResult<JsValue> {
    let file = given(&file)?;
    to_js(&profile("the file", &file, states, runs, now)?)
}

/// Runs an ONNX file once on the values that `profileOnnx` runs it on: in each input of real
/// numbers the i-th is sin(0.37 i), and all integers are 0. The values of its outputs, in their
/// order. `external` is the file with its weights, if they are in another. Throws a ModelError if
/// the file cannot be run.
#[wasm_bindgen(js_name = probeOnnx, unchecked_return_type = "Float32Array[]")]
pub fn probe_onnx(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] file: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Uint8Array")] external: JsValue,
) -> JsResult<Array> {
    let file = given(&file)?;
    let external = bytes(&external, "external")?;
    let outputs = probe("the file", &file, external.as_deref())?;
    Ok(outputs.iter().map(|values| JsValue::from(Float32Array::from(&values[..]))).collect())
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Proposes an entry called `id` for files that were inspected, each guess with its reason and what
/// else it may be. Throws a ValueError if the options name an image that no vector of the files
/// holds.
#[wasm_bindgen(js_name = proposeEntry, unchecked_return_type = "Proposal")]
pub fn propose_entry(
    id: &str,
    #[wasm_bindgen(unchecked_param_type = "{ name: string; info: GraphInfo }[]")] files: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "ProposalOptions")] options: JsValue,
) -> JsResult<JsValue> {
    let files: Vec<NamedFile> = from_js(files, "files")?;
    let options: ProposalOptions = self::options(options)?;
    to_js(&propose(id, &files, &options)?)
}

/// An entry of format 2, with some of its fields changed: `{"decoder.output.value": "mean"}`, null
/// to take a field away. Throws a ManifestError if the result is not valid.
#[wasm_bindgen(js_name = changeEntry, unchecked_return_type = "ModelEntry")]
pub fn change_entry(
    #[wasm_bindgen(unchecked_param_type = "ModelEntry")] entry: JsValue,
    #[wasm_bindgen(unchecked_param_type = "EntryChanges")] changes: JsValue,
) -> JsResult<JsValue> {
    let entry = convert::entry(entry)?;
    let changes: Changes = from_js(changes, "changes")?;
    to_js(&entry.changed(&changes)?)
}

/// Runs the model of an entry on probes (draws from the prior decoded, the crate's example drawings
/// encoded and decoded, a short chain) and returns what it painted, and in words what looks wrong.
/// Takes some seconds: call it in a worker. Throws as Vae.load and Ddpm.load do.
#[wasm_bindgen(js_name = checkModel, unchecked_return_type = "ModelCheck")]
pub fn check_model(
    #[wasm_bindgen(unchecked_param_type = "ModelEntry")] entry: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Record<string, Uint8Array>")] files: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "CheckOptions")] options: JsValue,
) -> JsResult<JsValue> {
    let entry = convert::entry(entry)?;
    let options: CheckOptions = self::options(options)?;
    to_js(&check(&entry, |role| file(&files, role), &options)?)
}
