//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, ValueEnum};
use elbo_room::math::proposal::ProposalKind;
use elbo_room::math::schedule::ScheduleKind;

/// Scores the models on test sets: every term, bound and importance-weighted estimate, class
/// accuracy, and how well a model tells its own images from others.
#[derive(Clone, Debug, Parser)]
#[command(name = "evaluate")]
pub struct Arguments {
    /// Folder with t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, gzipped or not.
    #[arg(long, value_name = "DIR", required_unless_present_any = ["merge", "sets"])]
    pub data: Option<PathBuf>,
    /// Such a folder, or a file of images (IDX, NPY or CSV, gzipped or not), under a name. With
    /// several, each model is also scored on the others' images, and separated from its own.
    #[arg(long = "set", value_name = "NAME=PATH")]
    pub sets: Vec<NamedSet>,
    /// The manifest; its models' files lie beside it.
    #[arg(long, value_name = "FILE", default_value = "models/manifest.json")]
    pub manifest: PathBuf,
    /// Ids of the models, with commas between; all of the manifest if absent.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    pub models: Vec<String>,
    /// How many images of each set, all if absent: the first of an order drawn with the seed.
    #[arg(long, value_name = "N")]
    pub images: Option<usize>,
    /// Samples of the latents for the bound of an image.
    #[arg(long, value_name = "K", default_value_t = 64)]
    pub samples: usize,
    /// How many of the images also get an importance-weighted bound with many samples.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub importance_images: usize,
    /// Those samples.
    #[arg(long, value_name = "K", default_value_t = 5000)]
    pub importance_samples: usize,
    /// What their log p(x) is estimated with beside q: posterior (q alone), defensive, laplace or
    /// fitted.
    #[arg(long, value_name = "KIND", default_value = "fitted", value_parser = proposal)]
    pub proposal: ProposalKind,
    /// How many of those images also get an independent run with more samples, which tells how
    /// often the intervals hold.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub reference_images: usize,
    /// Those samples.
    #[arg(long, value_name = "K", default_value_t = 100_000)]
    pub reference_samples: usize,
    /// Noise schedule of the diffusion model's chain.
    #[arg(long, value_name = "KIND", default_value = "log-snr-linear", value_parser = schedule)]
    pub schedule: ScheduleKind,
    /// Steps of its chain.
    #[arg(long, value_name = "T", default_value_t = 1000)]
    pub steps: usize,
    /// Timesteps of it that are evaluated for an image, or "all".
    #[arg(long, value_name = "N|all", default_value = "128")]
    pub timesteps: Timesteps,
    /// Whether the diffusion model is conditioned on the class.
    #[arg(long, value_name = "WHAT", default_value = "none")]
    pub class: Conditioning,
    /// How many of the images are also classified by the diffusion model.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub classify: usize,
    /// Network evaluations for each class of an image that is classified.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub evaluations_per_class: usize,
    /// What the terms of the bound count for in that.
    #[arg(long, value_name = "WHAT", default_value = "bound")]
    pub class_weighting: Weighting,
    /// Seed of all noise and of the order of the images.
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub seed: u64,
    /// Compute only the images whose number leaves I when divided by N.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Threads; all cores if absent.
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// File of results, to which a run adds what is missing; evaluation.jsonl or
    /// evaluation-I-of-N.jsonl if absent.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Join files of results instead of computing any.
    #[arg(long, value_name = "FILES", num_args = 1..)]
    #[arg(conflicts_with_all = ["data", "sets", "out", "shard"])]
    pub merge: Vec<PathBuf>,
    /// Write the scores to this file, in which other models' scores are kept.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the table of scores, also those that --json has kept, between the marks in this
    /// Markdown file.
    #[arg(long, value_name = "FILE", requires = "json")]
    pub readme: Option<PathBuf>,
}

impl Arguments {
    /// Where the results go.
    pub fn results_path(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| match self.shard {
            Some(Shard { index, of }) => format!("evaluation-{index}-of-{of}.jsonl").into(),
            None => "evaluation.jsonl".into(),
        })
    }

    /// How many threads compute.
    pub fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.unwrap_or_else(cores).max(1)
    }
}

/// A test set and what it is called.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSet {
    /// The name.
    pub name: String,
    /// A folder or a file.
    pub path: PathBuf,
}

impl FromStr for NamedSet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, path)) if !name.is_empty() && !path.is_empty() => {
                Ok(Self { name: name.into(), path: path.into() })
            }
            _ => Err(format!("invalid set {text:?}: give NAME=PATH")),
        }
    }
}

/// How many timesteps of the chain are evaluated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Timesteps {
    /// Each once.
    All,
    /// So many, stratified.
    Stratified(usize),
}

impl FromStr for Timesteps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            n => n
                .parse()
                .map(Self::Stratified)
                .map_err(|_| format!("invalid number {n:?}: give a whole one, or \"all\"")),
        }
    }
}

/// How the diffusion model is conditioned on an image's class.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Conditioning {
    /// Nothing: its bound is one on log p(x).
    None,
    /// The label: its bound is one on log p(x | class).
    Label,
    /// Both, one after the other, with the same noise.
    Both,
}

/// How the terms of the bound are weighted to compare classes.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Weighting {
    /// Alike: the posterior of the model.
    Bound,
    /// By the variance of the noise: not the posterior of the model, but one that takes fewer
    /// evaluations to tell digits apart.
    Sigmoid,
    /// Both, one after the other.
    Both,
}

/// One of several parts of the test set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shard {
    /// Which, from 0.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("invalid shard {text:?}: give I/N with I from 0 to N - 1");
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let shard = Self {
            index: index.parse().map_err(|_| wrong())?,
            of: of.parse().map_err(|_| wrong())?,
        };
        if shard.index < shard.of { Ok(shard) } else { Err(wrong()) }
    }
}

fn schedule(name: &str) -> Result<ScheduleKind, String> {
    let names = ScheduleKind::ALL.map(ScheduleKind::name);
    let found = ScheduleKind::ALL.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| format!("invalid schedule {name:?}: use {}", names.join(", ")))
}

fn proposal(name: &str) -> Result<ProposalKind, String> {
    let names = ProposalKind::ALL.map(ProposalKind::name);
    let found = ProposalKind::ALL.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| format!("invalid proposal {name:?}: use {}", names.join(", ")))
}
