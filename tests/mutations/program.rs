//! Writes mutated files for the other programs of this folder, and runs them natively.
//!
//!     cargo run --release --example mutations --features fuzzing -- write FIRST COUNT FOLDER
//!     cargo run --release --example mutations --features fuzzing -- run FOLDER
//!
//! README.md has the whole.

mod mutate;

use std::io::Write;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::Instant;

use elbo_room::fuzzing::CASES;
use prost::Message;
use tract_onnx::pb::ModelProto;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", first, count, folder] => write(first.parse()?, count.parse()?, folder.as_ref()),
        ["run", folder] => run(folder.as_ref()),
        _ => anyhow::bail!("write FIRST COUNT FOLDER, or run FOLDER"),
    }
}

/// For each case a file of mutated models, each after its length as a 32-bit number.
fn write(first: u64, count: u64, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/onnx");
    for (at, case) in CASES.iter().enumerate() {
        let model = ModelProto::decode(&*std::fs::read(fixtures.join(case.file))?)?;
        // of other files
        for verdicts in ["node", "rust", "onnxruntime"] {
            let _ = std::fs::remove_file(path(folder, at, verdicts));
        }
        let mut pack = std::io::BufWriter::new(std::fs::File::create(path(folder, at, "pack"))?);
        for seed in first..first + count {
            let bytes = mutate::mutate(&model, seed);
            pack.write_all(&(bytes.len() as u32).to_le_bytes())?;
            pack.write_all(&bytes)?;
        }
    }
    Ok(())
}

/// Runs what `write` has written; the verdicts as node.mjs writes them.
fn run(folder: &Path) -> anyhow::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
    for (at, case) in CASES.iter().enumerate() {
        let pack = std::fs::read(path(folder, at, "pack"))?;
        let mut verdicts =
            std::io::BufWriter::new(std::fs::File::create(path(folder, at, "rust"))?);
        let mut rest = &pack[..];
        while let Some((length, after)) = rest.split_first_chunk() {
            let (bytes, after) = after.split_at(u32::from_le_bytes(*length) as usize);
            rest = after;
            let start = Instant::now();
            let verdict = match catch_unwind(|| case.run(bytes)) {
                Ok(Ok(values)) => serde_json::json!({ "values": bits(&values) }),
                Ok(Err(error)) => serde_json::json!({ "refused": error.with_causes() }),
                Err(panic) => {
                    let text = panic
                        .downcast_ref::<&str>()
                        .map(|text| (*text).to_string())
                        .or_else(|| panic.downcast_ref::<String>().cloned());
                    serde_json::json!({ "trap": text.unwrap_or_default() })
                }
            };
            let mut verdict = verdict;
            verdict["ms"] = (start.elapsed().as_millis() as u64).into();
            writeln!(verdicts, "{verdict}")?;
        }
    }
    Ok(())
}

/// The bits of the values, as JSON has neither NaN nor infinities.
fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn path(folder: &Path, case: usize, extension: &str) -> std::path::PathBuf {
    folder.join(format!("{case}.{extension}"))
}
