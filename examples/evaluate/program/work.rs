//! What is to be computed, and computing it on all cores.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use elbo_room::engine::image_order;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};

use super::arguments::{Arguments, Conditioning, Weighting};
use super::records::{Record, RecordFile};
use super::settings::{Kind, SetSettings, Settings};

/// What is asked of a model about an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Its bound, without the class, and all terms.
    Bound,
    /// Its importance-weighted bound with many samples.
    Importance,
    /// An independent estimate of log p(x) with more samples.
    Reference,
    /// Its bound given the class.
    GivenClass,
    /// The posterior over classes.
    Classes,
    /// The class by the bound with sigmoid weighting.
    SigmoidClasses,
}

/// The least that is computed at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkItem {
    /// Number of the image in the data set.
    pub image: usize,
    /// Name of the data set.
    pub set: String,
    /// Id of the model.
    pub model: String,
    /// What is asked.
    pub part: Part,
}

/// Everything that the command line asks for, image by image. Images that are not a model's own
/// get the bound alone.
///
/// # Errors
/// More images than there are, or none.
pub fn units(arguments: &Arguments, settings: &Settings) -> Result<Vec<WorkItem>> {
    ensure!(
        arguments.reference_images <= arguments.importance_images,
        "--reference-images is {}, it must be at most --importance-images, {}",
        arguments.reference_images,
        arguments.importance_images
    );
    ensure!(arguments.images != Some(0), "--images is 0, at least one is needed");
    let mut units = Vec::new();
    for (name, set) in &settings.sets {
        units.extend(units_of(name, set, arguments, settings)?);
    }
    Ok(units)
}

fn units_of(
    name: &str,
    set: &SetSettings,
    arguments: &Arguments,
    settings: &Settings,
) -> Result<Vec<WorkItem>> {
    let available = set.images;
    let images = arguments.images.unwrap_or(available);
    for (option, n) in [
        ("images", images),
        ("importance-images", arguments.importance_images),
        ("reference-images", arguments.reference_images),
        ("classify", arguments.classify),
    ] {
        ensure!(n <= available, "--{option} is {n}, {} has {available} images", set.dataset);
    }
    let (without, with) = match arguments.class {
        Conditioning::None => (images, 0),
        Conditioning::Label => (0, images),
        Conditioning::Both => (images, images),
    };
    let (bound, sigmoid) = match arguments.class_weighting {
        Weighting::Bound => (arguments.classify, 0),
        Weighting::Sigmoid => (0, arguments.classify),
        Weighting::Both => (arguments.classify, arguments.classify),
    };
    let mut units = Vec::new();
    for (rank, image) in image_order(settings.seed, available).into_iter().enumerate() {
        if arguments.shard.is_some_and(|shard| image % shard.of != shard.index) {
            continue;
        }
        for (model, about) in &settings.models {
            let parts = match about.kind {
                _ if !about.own.contains(name) => vec![(Part::Bound, images)],
                Kind::Latent => {
                    vec![
                        (Part::Bound, images),
                        (Part::Importance, arguments.importance_images),
                        (Part::Reference, arguments.reference_images),
                    ]
                }
                Kind::Diffusion => vec![
                    (Part::Bound, without),
                    (Part::GivenClass, with),
                    (Part::Classes, bound),
                    (Part::SigmoidClasses, sigmoid),
                ],
            };
            let wanted = parts.into_iter().filter(|(_, images)| rank < *images);
            units.extend(wanted.map(|(part, _)| WorkItem {
                image,
                set: name.to_string(),
                model: model.clone(),
                part,
            }));
        }
    }
    Ok(units)
}

/// Computes all units on `threads` threads, appends each result to the file when it is there, and
/// shows progress on standard error. Ends early with the first error.
///
/// # Errors
/// Those of `score` and of writing.
pub fn compute(
    units: &[WorkItem],
    threads: usize,
    score: impl Fn(&WorkItem) -> Result<Record> + Sync,
    file: &mut RecordFile,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let shared = Mutex::new((file, Progress::new(units, threads)));
    let work = || -> Result<()> {
        while !failed.load(Ordering::Relaxed) {
            let Some(unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            let started = Instant::now();
            let outcome = score(unit).and_then(|record| {
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                let (file, progress) = &mut *shared;
                file.append(&record)?;
                progress.advance(unit, started.elapsed());
                Ok(())
            });
            if outcome.is_err() {
                failed.store(true, Ordering::Relaxed);
                return outcome;
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    shared.into_inner().unwrap_or_else(PoisonError::into_inner).1.finish();
    Ok(())
}

/// A progress bar; where there is no terminal, a line a minute.
struct Progress {
    bar: ProgressBar,
    threads: usize,
    /// By model and part: how many are left, how many are done, and the seconds these took.
    kinds: BTreeMap<(String, Part), (usize, usize, f64)>,
    reported: Instant,
}

impl Progress {
    const SILENCE: Duration = Duration::from_secs(60);

    fn new(units: &[WorkItem], threads: usize) -> Self {
        let mut kinds = BTreeMap::new();
        for unit in units {
            kinds.entry((unit.model.clone(), unit.part)).or_insert((0, 0, 0.0)).0 += 1;
        }
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} after {elapsed}, {msg}");
        let bar = ProgressBar::new(units.len() as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, threads, kinds, reported: Instant::now() }
    }

    fn advance(&mut self, unit: &WorkItem, took: Duration) {
        if let Some((left, done, seconds)) = self.kinds.get_mut(&(unit.model.clone(), unit.part)) {
            *left -= 1;
            *done += 1;
            *seconds += took.as_secs_f64();
        }
        self.bar.set_message(self.time_left());
        self.bar.inc(1);
        if !std::io::stderr().is_terminal() && self.reported.elapsed() > Self::SILENCE {
            self.reported = Instant::now();
            eprintln!(
                "{}/{}, {}",
                self.bar.position(),
                self.bar.length().unwrap_or(0),
                self.time_left()
            );
        }
    }

    /// What every kind of unit took, by which a longer run can be planned.
    fn finish(&self) {
        self.bar.finish_and_clear();
        for ((model, part), (_, done, seconds)) in &self.kinds {
            eprintln!("{model}, {part:?}: {:.3} s an image on one thread", seconds / *done as f64);
        }
    }

    /// From the mean time of every kind of unit. A diffusion model takes many times as long as a
    /// VAE, so the share of units alone would tell little.
    fn time_left(&self) -> String {
        let mut left = 0.0;
        for &(units, done, seconds) in self.kinds.values() {
            if units > 0 && done == 0 {
                return "time left is not known yet".into();
            }
            left += units as f64 * seconds / done.max(1) as f64;
        }
        format!(
            "{} left",
            indicatif::HumanDuration(Duration::from_secs_f64(left / self.threads as f64))
        )
    }
}
