//! The layers of the crate: what each may name of the others, and of what others wrote.

use std::path::{Path, PathBuf};

/// Each layer of `crate/src` with the layers that it may use, beside itself and `error`.
const LAYERS: [(&str, &[&str]); 10] = [
    ("math", &[]),
    ("image", &["math"]),
    ("data", &["math", "image"]),
    ("evaluation", &["math"]),
    ("kernels", &[]),
    ("model", &["math", "image", "kernels"]),
    ("engine", &["math", "image", "model"]),
    ("wire", &["math", "image", "data", "model", "engine"]),
    ("canvas", &["math", "model", "engine", "wire"]),
    ("bindings", &["math", "image", "data", "evaluation", "model", "engine", "wire", "canvas"]),
];

/// Libraries, by how their names begin, and the folders that alone may name them.
const LIBRARIES: [(&str, &[&str]); 6] = [
    ("tract_", &["model/onnx"]),
    ("wasm_bindgen::", &["bindings", "canvas", "fuzzing.rs"]),
    ("serde_wasm_bindgen::", &["bindings"]),
    ("js_sys::", &["bindings", "canvas"]),
    ("web_sys::", &["bindings", "canvas"]),
    ("getrandom::", &["bindings/convert.rs"]),
];

/// The names in a line of code that follow `before`.
fn names<'a>(line: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(before).map(move |(at, _)| {
        let rest = &line[at + before.len()..];
        rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
    })
}

/// Whether a line of code names something that begins so, and not in the middle of a word.
fn begins(line: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| !line[..at].ends_with(word))
}

/// What a file at `path` in `crate/src` may not name, line by line.
fn faults(path: &str, text: &str) -> Vec<String> {
    let layer = LAYERS.iter().find(|(layer, _)| path.starts_with(&format!("{layer}/")));
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let mut found = Vec::new();
    for (i, line) in code {
        for name in names(line, "crate::") {
            let known = LAYERS.iter().any(|(layer, _)| *layer == name);
            if let Some((own, uses)) = layer
                && known
                && name != *own
                && !uses.contains(&name)
            {
                found.push(format!("{path}:{}: {own} uses {name}", i + 1));
            }
        }
        if path.starts_with("math/") && line.contains("camelCase") {
            found.push(format!("{path}:{}: math has names of JavaScript", i + 1));
        }
        for (library, places) in LIBRARIES {
            if begins(line, library) && !places.iter().any(|place| path.starts_with(place)) {
                found.push(format!("{path}:{}: {library} is for {places:?}", i + 1));
            }
        }
    }
    found
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn each_layer_uses_those_below_it_alone() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("crate/src");
    let mut all = Vec::new();
    files(&source, &mut all);
    assert!(all.len() > 100, "{} files in {}", all.len(), source.display());
    let faults: Vec<String> = all
        .iter()
        .flat_map(|path| {
            let name = path.strip_prefix(&source).unwrap().to_str().unwrap().replace('\\', "/");
            faults(&name, &std::fs::read_to_string(path).unwrap())
        })
        .collect();
    assert_eq!(faults, [""; 0]);
}

/// The files of a folder that use one another in a circle.
fn circle(folder: &Path) -> Vec<String> {
    let mut uses = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.map(|line| line.replace("super::super::", "")).collect::<String>();
            let used: Vec<String> = names(&code, "super::").map(String::from).collect();
            uses.push((path.file_stem().unwrap().to_str().unwrap().to_string(), used));
        }
    }
    // what uses none of the others that are left is no part of a circle
    loop {
        let left: Vec<String> = uses.iter().map(|(name, _)| name.clone()).collect();
        uses.retain(|(_, used)| used.iter().any(|name| left.contains(name)));
        if uses.len() == left.len() {
            return left;
        }
    }
}

#[test]
fn the_files_of_the_layers_below_the_networks_form_no_circles() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("crate/src");
    let folders = ["math", "math/inference", "math/plane", "image", "image/pixels", "data"];
    for folder in folders.into_iter().chain(["evaluation", "kernels", "engine", "engine/plane"]) {
        assert_eq!(circle(&source.join(folder)), [""; 0], "in {folder}");
    }
    assert!(circle(&source.join("model/onnx")).contains(&"lower".into()), "one is found");
}

/// They are public for the benchmarks and for these tests alone.
#[test]
fn no_example_names_the_kernels() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"), &mut all);
    assert!(all.len() > 5, "{all:?}");
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!begins(&text, concat!("elbo_room::", "kernels")), "{}", path.display());
    }
}

#[test]
fn what_is_named_across_layers_is_found() {
    let engine = "use crate::engine::{Vae, Sampler};\n/// like [`crate::engine::Vae`]\n";
    assert_eq!(faults("model/load.rs", engine), ["model/load.rs:1: model uses engine"]);
    assert_eq!(faults("bindings/vae.rs", engine), [""; 0]);
    let libraries = "let a = 1;\nuse tract_core::prelude::*; let contract_of = 2;\n";
    let found = faults("model/load.rs", libraries);
    assert_eq!(found, ["model/load.rs:2: tract_ is for [\"model/onnx\"]"]);
    let face = "#[serde(rename_all = \"camelCase\")]\n";
    assert_eq!(faults("math/roc.rs", face), ["math/roc.rs:1: math has names of JavaScript"]);
    assert_eq!(faults("engine/vae.rs", face), [""; 0]);
}
