//! The layers of the crate: what each may name of the others, and of what others wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each layer of `crate/src` with the layers that it may use, beside itself and `error`.
const LAYERS: [(&str, &[&str]); 11] = [
    ("math", &[]),
    ("names", &["math"]),
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

/// Whether a line of code names something that begins so, and not in the middle of a word.
fn begins(line: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| !line[..at].ends_with(word))
}

/// What a file at `path` in `crate/src` may not name.
fn faults(path: &str, text: &str) -> Vec<String> {
    let is_in = |layer: &str| {
        path.strip_prefix(layer).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
    };
    let mut found = Vec::new();
    if let Some((own, uses)) = LAYERS.iter().find(|(layer, _)| is_in(layer)) {
        let named: BTreeSet<String> = modules(&module(path), text)
            .iter()
            .filter_map(|path| path.split([':', ' ']).next().map(String::from))
            .collect();
        let known = |name: &str| LAYERS.iter().any(|(layer, _)| *layer == name);
        let wrong = |name: &&str| known(name) && name != own && !uses.contains(name);
        let wrong = named.iter().map(String::as_str).filter(wrong);
        found.extend(wrong.map(|name| format!("{path}: {own} uses {name}")));
    }
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    for (i, line) in code {
        if is_in("math") && line.replace("ts(rename", "").contains("rename") {
            found.push(format!("{path}:{}: math has names of JavaScript", i + 1));
        }
        if is_in("math") && line.contains("deny_unknown_fields") {
            found.push(format!("{path}:{}: math says how it is read", i + 1));
        }
        for (library, places) in LIBRARIES {
            if begins(line, library) && !places.iter().any(|place| path.starts_with(place)) {
                found.push(format!("{path}:{}: {library} is for {places:?}", i + 1));
            }
        }
    }
    found
}

/// The module at a path in `crate/src`.
fn module(path: &str) -> String {
    let path = path.strip_suffix(".rs").unwrap_or(path).replace(['\\', '/'], "::");
    path.strip_suffix("::mod").map(String::from).unwrap_or(path)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("node_modules") && !path.ends_with("target") {
                files(&path, found);
            }
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

/// The paths of a `use` declaration, or of what is in its braces.
fn expanded(tree: &str) -> Vec<String> {
    let Some((before, inner)) = tree.split_once('{') else { return vec![tree.trim().into()] };
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let mut depth = 0;
    let parts = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    parts.flat_map(expanded).map(|path| format!("{}{path}", before.trim())).collect()
}

/// The modules that a text names by paths from `crate`, `super` or `self`, each as a path from the
/// root; `own` is the module that the text is.
fn modules(own: &str, text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.map(|line| format!("{line}\n")).collect::<String>();
    let uses = code.split("use ").skip(1).filter_map(|rest| rest.split_once(';'));
    let mut paths: Vec<String> = uses.flat_map(|(tree, _)| expanded(tree)).collect();
    for start in ["crate::", "super::", "self::"] {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let alone = code.match_indices(start).filter(|(at, _)| !code[..*at].ends_with(word));
        paths.extend(alone.map(|(at, _)| {
            let rest = &code[at..];
            rest[..rest.find(|c| !word(c)).unwrap_or(rest.len())].into()
        }));
    }
    let from_root = paths.iter().filter_map(|path| {
        let (mut base, mut rest) = (own, path.as_str());
        if let Some(path) = path.strip_prefix("crate::") {
            return Some(path.to_string());
        }
        loop {
            if let Some(path) = rest.strip_prefix("super::") {
                base = base.rsplit_once("::").map_or("", |(parent, _)| parent);
                rest = path;
            } else if let Some(path) = rest.strip_prefix("self::") {
                rest = path;
            } else {
                break;
            }
        }
        let joined = || if base.is_empty() { rest.into() } else { format!("{base}::{rest}") };
        (rest != path.as_str()).then(joined)
    });
    from_root.collect()
}

/// Which modules of one parent use one another in a circle, or lead into one; `texts` are the
/// modules of a crate by their paths, with their texts.
fn circle(parent: &str, texts: &[(String, String)]) -> Vec<String> {
    let child = |path: &str| {
        let below = match parent {
            "" => Some(path),
            parent => path.strip_prefix(parent)?.strip_prefix("::"),
        };
        below
            .and_then(|path| path.split("::").next())
            .filter(|name| !name.is_empty())
            .map(String::from)
    };
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in texts {
        let Some(own) = child(path) else { continue };
        let used = modules(path, text).into_iter().filter_map(|path| child(&path));
        let others: Vec<String> = used.filter(|name| *name != own).collect();
        uses.entry(own).or_default().extend(others);
    }
    // what uses none of the others that are left is not a part of a circle
    loop {
        let left: Vec<String> = uses.keys().cloned().collect();
        uses.retain(|_, used| used.iter().any(|name| left.contains(name)));
        if uses.len() == left.len() {
            return left;
        }
    }
}

#[test]
fn modules_of_one_parent_form_no_circles() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("crate/src");
    let mut all = Vec::new();
    files(&source, &mut all);
    let text = |path: &PathBuf| {
        let name = module(path.strip_prefix(&source).unwrap().to_str().unwrap());
        let text = std::fs::read_to_string(path).unwrap();
        // tests use what they like
        (name, text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_string())
    };
    let mut texts: Vec<(String, String)> = all.iter().map(text).collect();
    texts.retain(|(name, _)| name.split("::").all(|part| !["lib", "tests"].contains(&part)));
    let mut parents: BTreeSet<&str> = texts
        .iter()
        .filter_map(|(name, _)| name.rsplit_once("::").map(|(parent, _)| parent))
        .collect();
    assert!(parents.contains("model::onnx::check") && parents.len() > 10, "{parents:?}");
    parents.insert("");
    let circles: Vec<_> = parents
        .into_iter()
        .map(|parent| (parent, circle(parent, &texts)))
        .filter(|(_, circle)| !circle.is_empty())
        .collect();
    assert!(circles.is_empty(), "{circles:?}");
}

#[test]
fn a_circle_is_found_however_it_is_spelled() {
    let found = |spelled: &str| {
        let all = [
            ("a", ""),
            ("a::b", spelled),
            ("a::c", "// use super::b;\nuse crate::a::d;"),
            ("a::d::e", "fn f() { super::super::b::g() }"),
            ("a::f", "use super::b;"),
            ("a::g", ""),
        ];
        let texts = all.map(|(name, text)| (name.to_string(), text.to_string()));
        circle("a", &texts)
    };
    let one = ["b", "c", "d", "f"];
    assert_eq!(found("use super::c;"), one);
    assert_eq!(found("use super::{g, c::{self, h}};"), one);
    assert_eq!(found("use crate::{\n    z,\n    a::{c, g},\n};"), one);
    assert_eq!(found("let x = super::c::H;"), one);
    assert_eq!(found("pub use self::h;\nuse std::{c, super_c};"), [""; 0]);
    assert_eq!(found("use super::{self, g};\n/// [`super::c`]"), [""; 0]);
}

#[test]
fn uses_across_layers_are_found() {
    let engine = "use crate::engine::{Vae, Sampler};\n/// like [`crate::engine::Vae`]\n";
    assert_eq!(faults("model/load.rs", engine), ["model/load.rs: model uses engine"]);
    assert_eq!(faults("bindings/vae.rs", engine), [""; 0]);
    for grouped in [
        "use crate::{math::elbo, engine::Vae};",
        "use crate::{\n    math::{elbo, rng},\n    engine::{self, vae::{score, Vae}},\n};",
        "use super::super::super::engine::Vae;",
        "use super::super::{super::{math, engine}, networks};",
        "fn f() { crate::engine::check() }",
        "pub use crate::{engine as e};",
    ] {
        let found = faults("model/onnx/file.rs", grouped);
        assert_eq!(found, ["model/onnx/file.rs: model uses engine"], "{grouped}");
    }
    assert_eq!(faults("names.rs", "use crate::{engine, math};"), ["names.rs: names uses engine"]);
    let own = "use crate::{model::{engine, networks}, math::engine};\nuse std::{engine, fmt};";
    assert_eq!(faults("model/load.rs", own), [""; 0]);
    let libraries = "let a = 1;\nuse tract_core::prelude::*; let contract_of = 2;\n";
    let found = faults("model/load.rs", libraries);
    assert_eq!(found, ["model/load.rs:2: tract_ is for [\"model/onnx\"]"]);
    let found = "math/roc.rs:1: math has names of JavaScript";
    for face in ["#[serde(rename_all = \"kebab-case\")]", "    #[serde(skip, rename = \"8-bit\")]"]
    {
        assert_eq!(faults("math/roc.rs", face), [found]);
        assert_eq!(faults("engine/vae.rs", face), [""; 0]);
    }
    assert_eq!(faults("math/roc.rs", "derive(ts_rs::TS), ts(rename = \"Roc\")"), [""; 0]);
    let strict = "#[serde(deny_unknown_fields)]";
    assert_eq!(faults("math/roc.rs", strict), ["math/roc.rs:1: math says how it is read"]);
    assert_eq!(faults("names.rs", strict), [""; 0]);
}

/// rustfmt keeps the width of code; comments and strings it leaves as they are.
#[test]
fn no_line_is_longer_than_the_code() {
    const WIDTH: usize = 100;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let format = std::fs::read_to_string(root.join("rustfmt.toml")).unwrap();
    assert!(format.contains(&format!("max_width = {WIDTH}")), "{format}");
    let mut all = Vec::new();
    for folder in ["benches", "crate/src", "examples", "fuzz", "tests", "xtask"] {
        files(&root.join(folder), &mut all);
    }
    assert!(all.len() > 300, "{} files", all.len());
    let mut long = Vec::new();
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().enumerate().filter(|(_, line)| line.chars().count() > WIDTH);
        long.extend(lines.map(|(i, _)| format!("{}:{}", path.display(), i + 1)));
    }
    assert_eq!(long, [""; 0]);
}
