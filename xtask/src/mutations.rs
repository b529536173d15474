//! `cargo xtask mutations`: runs mutated ONNX files in the shipped WebAssembly and in onnxruntime.

use std::env::consts::EXE_EXTENSION;
use std::path::PathBuf;
use std::thread;

use anyhow::{Result, anyhow};
use duct::{Expression, cmd};
use wasm_bindgen_cli_support::Bindgen;

use crate::job::Job;
use crate::{page, root, rust};

/// Networks that are mutated, and processes that run at once.
const CASES: u64 = 4;
const PROCESSES: u64 = 2;

/// Writes `files` mutations, runs them in Node.js and in onnxruntime, and compares.
pub fn run(files: u64) -> Result<()> {
    let mut job = Job::live();
    let folder = page::target_folder()?.join("mutations");
    let package = folder.join("package");
    let module = page::compile(&mut job, &["--features", "fuzzing"], |cargo| cargo)?;
    job.step("generate its JavaScript", |_| {
        page::generate(&module, Bindgen::new().nodejs(true)?, &package)
    })?;
    let each = files.div_ceil(CASES).to_string();
    // For all packages, as the features of libraries depend on the set of packages: so the
    // libraries that the tests have compiled are not compiled again.
    let build = ["--workspace", "--example", "mutations", "--features", "elbo-room/fuzzing"];
    job.run("compile the program that writes mutated files", rust::cargo("build", &build))?;
    let program = page::target_folder()?.join("debug/examples/mutations");
    let program = program.with_extension(EXE_EXTENSION);
    let write = cmd!(program, "write", "0", each, &folder);
    job.run("write mutated files", write.dir(root()))?;
    job.step("run them in Node.js", |_| beside(PROCESSES, |part| node(&package, &folder, part)))?;
    job.run("run them in onnxruntime", reference("answer", &folder, &[]))?;
    job.run("compare", reference("compare", &folder, &["node"]))
}

/// The arguments for the cases whose number modulo the processes is `part`.
fn node(package: &PathBuf, folder: &PathBuf, part: u64) -> Expression {
    let cases = (part..CASES).step_by(PROCESSES as usize).map(|case| case.to_string());
    let script = root().join("tests/mutations/node.mjs");
    let words = [script.into_os_string(), package.into(), folder.into()];
    cmd("node", words.into_iter().chain(cases.map(Into::into)))
}

fn reference(what: &str, folder: &PathBuf, more: &[&str]) -> Expression {
    let script = root().join("tests/mutations/reference.py");
    let words = [script.into_os_string(), what.into(), folder.into()];
    cmd("python3", words.into_iter().chain(more.iter().map(Into::into)))
}

/// Runs commands at once.
fn beside(count: u64, command: impl Fn(u64) -> Expression) -> Result<()> {
    let threads: Vec<_> = (0..count)
        .map(|part| {
            let command = command(part);
            thread::spawn(move || command.run())
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| anyhow!("a thread that ran a command panicked"))??;
    }
    Ok(())
}
