//! The evaluation program: images in, a file of results that grows, scores out.
//!
//! Every result is a function of the settings and of one image's number alone, so shards, threads,
//! and a run cut short do not change it; and every score is computed from results that were read
//! from files.

mod arguments;
mod mnist;
mod records;
mod report;
mod scorer;
mod settings;
mod summary;
mod work;

pub use arguments::Arguments;

use anyhow::{Context, Result, ensure};
use elbo_room::model::evaluation::EvaluatedModel;

use records::{RecordFile, Results};
use scorer::Scorers;
use settings::Settings;
use work::Unit;

/// Evaluates, or merges, as the arguments say; then reports.
///
/// # Errors
/// Files that cannot be read or written or do not belong together, settings out of range, and
/// whatever the models refuse.
pub fn run(arguments: &Arguments) -> Result<()> {
    let results = match &arguments.merge[..] {
        [] => evaluate(arguments)?,
        files => records::merge(files)?,
    };
    let (settings, records) = &results;
    let summary = summary::summarize(settings, records)?;
    println!("{}", report::table(&summary.models));
    if let Some(missing) = &summary.missing {
        println!("\nNot complete: {missing}");
    }
    if arguments.json.is_some() {
        let missing = summary.missing.as_deref().unwrap_or_default();
        ensure!(missing.is_empty(), "scores are written of complete results only: {missing}");
        write(arguments, &summary.models)?;
    }
    Ok(())
}

/// Computes what the results file does not have yet, and reads it back.
fn evaluate(arguments: &Arguments) -> Result<Results> {
    let folder = arguments
        .data
        .as_deref()
        .context("--data DIR is missing: the folder with the test set of MNIST")?;
    let test_set = mnist::TestSet::read(folder)?;
    let manifest = settings::read_manifest(arguments)?;
    let settings = Settings::new(arguments, &manifest, &test_set)?;
    let path = arguments.results_path();
    let (mut file, done) = RecordFile::open(&path, &settings)?;
    let todo: Vec<Unit> = work::units(arguments, &settings)?
        .into_iter()
        .filter(|unit| !done.contains(unit))
        .collect();
    if !todo.is_empty() {
        println!("{} results in {}, {} to compute", done.len(), path.display(), todo.len());
        let scorers = Scorers::load(arguments, &manifest)?;
        work::compute(
            &todo,
            arguments.threads(),
            |unit| scorers.score(&settings, &test_set, unit),
            &mut file,
        )?;
    }
    drop(file);
    records::read(&path)
}

fn write(arguments: &Arguments, models: &[EvaluatedModel]) -> Result<()> {
    let Some(json) = &arguments.json else { return Ok(()) };
    report::update_json(json, models)?;
    arguments.readme.as_ref().map_or(Ok(()), |readme| report::update_readme(readme, json))
}
