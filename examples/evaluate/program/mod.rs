//! The evaluation program: images in, a file of results that grows, scores out.
//!
//! Every result is a function of the settings and of one image's number alone, so shards, threads,
//! and a run cut short do not change it; and every score is computed from results that were read
//! from files.

mod arguments;
mod records;
mod report;
mod scorer;
mod settings;
mod summary;
mod test_set;
mod work;

pub use arguments::Arguments;

use anyhow::{Result, ensure};

use records::{RecordFile, Results};
use scorer::Scorers;
use settings::Settings;
use summary::Summary;
use work::WorkItem;

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
        write(arguments, settings, &summary)?;
    }
    Ok(())
}

/// Computes what the results file does not have yet, and reads it back.
fn evaluate(arguments: &Arguments) -> Result<Results> {
    let sets = test_set::read_all(arguments)?;
    let manifest = settings::read_manifest(arguments)?;
    let settings = Settings::new(arguments, &manifest, &sets)?;
    let path = arguments.results_path();
    let (mut file, done) = RecordFile::open(&path, &settings)?;
    let todo: Vec<WorkItem> = work::units(arguments, &settings)?
        .into_iter()
        .filter(|unit| !done.contains(unit))
        .collect();
    if !todo.is_empty() {
        println!("{} results in {}, {} to compute", done.len(), path.display(), todo.len());
        let scorers = Scorers::load(arguments, &manifest)?;
        work::compute(
            &todo,
            arguments.threads(),
            |unit| scorers.score(&settings, &sets, unit),
            &mut file,
        )?;
    }
    drop(file);
    records::read(&path)
}

fn write(arguments: &Arguments, settings: &Settings, summary: &Summary) -> Result<()> {
    let Some(json) = &arguments.json else { return Ok(()) };
    // where sets are set against each other, few images are enough: they leave the scores of many
    let kept = report::update_json(json, &summary.models, settings.sets.len() > 1)?;
    for id in kept {
        println!("{id}: the scores of more images of its own set stay in {}", json.display());
    }
    arguments.readme.as_ref().map_or(Ok(()), |readme| report::update_readme(readme, json))
}
