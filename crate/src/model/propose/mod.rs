//! An entry for files from elsewhere: what each network is, its adapters, and why that is thought.
//!
//! A proposal is made of names and shapes alone and may be wrong;
//! [`check`](fn@crate::engine::check) runs the networks and says what looks wrong.

mod diffusion;
mod flat;
mod latent;
mod ports;
mod posterior;
mod reparameterization;
mod whole;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::ports::{Looks, Seen, ports};
use super::changes::{Changes, apply};
use super::onnx::GraphInfo;
use super::phrase::{Code, Phrase, PhraseValue};
use crate::error::Result;
use crate::model::manifest::{ImageShape, ModelEntry};

pub use diffusion::CHAINS;
pub use flat::{Flat, FlatImage};

/// A file that a visitor has given.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub info: GraphInfo,
}

/// One choice of a form: what it is called and what it changes in the entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "EntryChoice"))]
pub struct Choice {
    /// What it says, for people.
    pub label: Phrase,
    /// The fields that it sets.
    #[cfg_attr(test, ts(type = "EntryChanges"))]
    pub changes: Changes,
}

/// Something about the files that had to be guessed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "EntryGuess"))]
pub struct Guess {
    /// The field of the entry that it is about.
    pub field: String,
    /// What was chosen.
    pub choice: Phrase,
    /// Why.
    pub reason: Phrase,
    /// What else it may be.
    pub alternatives: Vec<Choice>,
}

/// A proposed entry.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Proposal {
    /// Null if the files are not a model of a known kind; `missing` says why.
    pub entry: Option<ModelEntry>,
    /// What was guessed, in the order in which a form shows it.
    pub guesses: Vec<Guess>,
    /// What is missing or cannot be used.
    pub missing: Vec<Phrase>,
    /// What was assumed of the size of images; null where the files say it.
    pub flat: Option<Flat>,
}

/// What the files do not say.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProposalOptions {
    /// Guessed by the length of the vector if absent.
    #[cfg_attr(test, ts(optional = nullable))]
    pub flat: Option<FlatImage>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Encoder,
    Decoder,
    Network,
    /// An image to an image, with no noise level: the networks of a whole autoencoder.
    Whole,
}

/// A file with its inputs and outputs.
struct Candidate<'a> {
    name: &'a str,
    info: &'a GraphInfo,
    inputs: Vec<Seen>,
    outputs: Vec<Seen>,
    role: Option<Role>,
}

impl<'a> Candidate<'a> {
    fn new(file: &'a NamedFile) -> Self {
        let (inputs, outputs) = ports(&file.info);
        Self { name: &file.name, info: &file.info, inputs, outputs, role: None }
    }

    /// Takes flat vectors for images where one of the images has as many values, and finds the
    /// role.
    fn assign(&mut self, images: &[FlatImage]) {
        for port in self.inputs.iter_mut().chain(&mut self.outputs) {
            let image = images.iter().find(|flat| port.flat() == Some(flat.image.dimensions()));
            if let Some(FlatImage { image, layout }) = image {
                port.looks = Looks::Image(*image, *layout);
            }
        }
        self.role = role(&self.inputs, &self.outputs);
    }

    /// Its name, and names and shapes of inputs and outputs, for a message.
    fn described(&self) -> [(&'static str, PhraseValue); 3] {
        let list = |ports: &[Seen]| {
            let each = ports.iter().map(|p| format!("{} {:?}", p.name, p.shape));
            each.collect::<Vec<_>>().join(", ")
        };
        [
            ("file", self.name.into()),
            ("inputs", list(&self.inputs).into()),
            ("outputs", list(&self.outputs).into()),
        ]
    }

    /// The name of the file with the weights, beside the file itself.
    fn data_file(&self) -> Option<&'a str> {
        self.info.external_data.first().map(String::as_str)
    }
}

fn role(inputs: &[Seen], outputs: &[Seen]) -> Option<Role> {
    let image_in = inputs.iter().find_map(Seen::image);
    let image_out = outputs.iter().find_map(Seen::image);
    let number = inputs.iter().any(|p| p.looks == Looks::Number);
    let doubled = |(image, _): (ImageShape, _)| {
        outputs.iter().any(|p| p.shape == [2 * image.channels, image.height, image.width])
    };
    match (image_in, image_out) {
        (Some(image), out) if number && (out.is_some() || doubled(image)) => Some(Role::Network),
        (Some(_), Some(_)) => Some(Role::Whole),
        (Some(_), None) if outputs.iter().any(|p| p.vector().is_some()) => Some(Role::Encoder),
        (None, Some(_)) if inputs.iter().any(|p| p.vector().is_some()) => Some(Role::Decoder),
        _ => None,
    }
}

/// Proposes an entry for files that were inspected.
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) if no vector has as many values as the image of
/// the options; [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the proposal is not a valid
/// entry, which would be a fault of this function.
pub fn propose(id: &str, files: &[NamedFile], options: &ProposalOptions) -> Result<Proposal> {
    let mut candidates: Vec<Candidate<'_>> = files.iter().map(Candidate::new).collect();
    let flat = flat::assign(&mut candidates, options.flat)?;
    let mut draft = Draft { entry: json!({"id": id, "title": id}), ..Draft::default() };
    for candidate in &candidates {
        // of an encoder that draws its code at random, what comes before the draw is used
        let draws = candidate.info.operators.keys().any(|name| name.starts_with("Random"));
        if let Some(refused) = &candidate.info.refused
            && !(draws && matches!(candidate.role, Some(Role::Encoder | Role::Whole)))
        {
            draft.missing.push(Phrase::new(
                Code::FileRefused,
                [("file", candidate.name.into()), ("reason", refused.into())],
            ));
        }
        if candidate.role.is_none() {
            draft.missing.push(Phrase::new(Code::FileUnknown, candidate.described()));
        }
    }
    let with = |role| candidates.iter().find(|candidate| candidate.role == Some(role));
    if let Some(network) = with(Role::Network) {
        diffusion::propose(&mut draft, network)?;
    } else if let Some(decoder) = with(Role::Decoder) {
        latent::propose(&mut draft, with(Role::Encoder).or(with(Role::Whole)), decoder)?;
    } else if let Some([encoder, decoder]) = with(Role::Whole).and_then(whole::halves) {
        latent::propose(&mut draft, Some(&encoder), &decoder)?;
    } else {
        if let Some(encoder) = with(Role::Encoder) {
            draft.missing.push(Phrase::new(Code::DecoderMissing, [("file", encoder.name.into())]));
        }
        if let Some(whole) = with(Role::Whole) {
            draft.missing.push(Phrase::new(Code::WholeAutoencoder, [("file", whole.name.into())]));
        }
        return Ok(Proposal { entry: None, guesses: draft.guesses, missing: draft.missing, flat });
    }
    let entry = ModelEntry::from_json(draft.entry)?;
    Ok(Proposal { entry: Some(entry), guesses: draft.guesses, missing: draft.missing, flat })
}

/// A proposal in the making.
#[derive(Default)]
struct Draft {
    entry: Value,
    guesses: Vec<Guess>,
    missing: Vec<Phrase>,
}

impl Draft {
    /// Sets fields of the entry.
    fn set(&mut self, changes: &Changes) -> Result<()> {
        apply(&mut self.entry, changes)
    }

    /// Sets the fields of the first choice and offers the others.
    fn guess(
        &mut self,
        field: &str,
        reason: impl Into<Phrase>,
        choices: Vec<Choice>,
    ) -> Result<()> {
        let mut choices = choices.into_iter();
        let Some(first) = choices.next() else { return Ok(()) };
        self.set(&first.changes)?;
        self.guesses.push(Guess {
            field: field.into(),
            choice: first.label,
            reason: reason.into(),
            alternatives: choices.collect(),
        });
        Ok(())
    }
}

/// Changes from fields and their values.
fn fields<const N: usize>(changes: [(&str, Value); N]) -> Changes {
    changes.into_iter().map(|(field, value)| (field.to_string(), value)).collect()
}

/// A choice from fields and their values.
fn choice<const N: usize>(label: impl Into<Phrase>, changes: [(&str, Value); N]) -> Choice {
    Choice { label: label.into(), changes: fields(changes) }
}

/// The changes of a choice with a part in front of each field.
fn within(prefix: &str, choice: Choice) -> Choice {
    let changes = choice.changes.into_iter().map(|(k, v)| (format!("{prefix}.{k}"), v)).collect();
    Choice { changes, ..choice }
}

/// Those that are preferred, and then the others, each in their order.
fn preferred<T>(all: Vec<T>, is_preferred: impl FnMut(&T) -> bool) -> Vec<T> {
    let (mut first, others): (Vec<T>, Vec<T>) = all.into_iter().partition(is_preferred);
    first.extend(others);
    first
}

/// What is there of the class among the inputs that have no other part: an index or a one-hot
/// vector, with the number of classes where the shape says.
fn class_input<'a>(inputs: impl Iterator<Item = &'a Seen>) -> Option<(&'a Seen, Option<usize>)> {
    let named = |p: &&Seen| {
        p.is_called(&["class", "label", "cond", "onehot", "one_hot"]) || p.has_word(&["y", "c"])
    };
    let is_other = |p: &Seen| p.is_called(&["mask", "noise"]) || p.has_word(&["eps", "epsilon"]);
    let all: Vec<&Seen> = inputs.filter(|p| !is_other(p)).collect();
    preferred(all, named).into_iter().find_map(|p| match p.looks {
        Looks::Vector(n) if n <= 1000 => Some((p, Some(n))),
        Looks::Number if p.integer || named(&p) => Some((p, None)),
        _ => None,
    })
}

/// The adapter of a class input, and the names of the classes.
fn class_adapter(input: &Seen, length: Option<usize>) -> (Value, Vec<String>) {
    let classes = length.unwrap_or(10);
    let names = (0..classes).map(|c| c.to_string()).collect();
    let mut adapter = json!({
        "name": input.name,
        "form": if length.is_some() { "one-hot" } else { "index" },
        "numbers": if input.integer { "integer" } else { "float" },
        "null": "none",
    });
    if !input.shape.is_empty() {
        adapter["shape"] = json!(input.shape);
    }
    (adapter, names)
}
