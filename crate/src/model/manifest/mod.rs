//! The contract of a model: `manifest.json` says which files a model has, what they compute, and
//! where they come from.
//!
//! Format 2 has adapters for networks that were exported elsewhere; format 1, which had none, is
//! converted while it is read.

mod adapters;
mod diffusion;
mod files;
mod format1;
mod kinds;
mod training;
mod validate;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

pub use adapters::{
    ClassForm, ClassInput, DecoderAdapter, EncoderAdapter, Fitted, HalfOrder, ImageInput,
    LatentInput, Layout, NullClass, Numbers, PixelOutput, PixelSpread, PixelValue, PosteriorOutput,
    Split, Spread, SpreadOutput, Std,
};
pub use diffusion::{NetworkAdapter, NetworkOutput, TimeForm, TimeInput};
pub use files::{FileEntry, Provenance, Score, sha256};
pub use kinds::{
    Contract, DdpmContract, DdpmFiles, HvaeContract, HvaeDecoder, HvaeFiles, ImageShape,
    LatentLayer, Latents, Likelihood, VaeContract, VaeFiles,
};
pub use training::{BetaSchedule, TrainedChain};

/// The version of the manifest's layout that this crate writes. It reads format 1 too.
pub const FORMAT: u32 = 2;

/// What parseManifest returns: a manifest of format 1 or 2 as format 2, with what its entries leave
/// out filled in.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Manifest {
    /// Version of the layout.
    #[cfg_attr(test, ts(type = "2"))]
    pub format: u32,
    /// The models that can be used, in the order in which a page shows them.
    pub models: Vec<ModelEntry>,
    /// Entries that were left out, with one sentence each that names the field at fault.
    #[cfg_attr(test, ts(inline))]
    pub problems: Vec<Problem>,
}

/// Why an entry of a manifest was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Problem {
    /// The entry's id, or its number in the manifest if it has none.
    pub id: String,
    /// One sentence that names the field at fault.
    pub message: String,
}

/// One model: its files, its contract, and its provenance.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "VaeEntry | HvaeEntry | DdpmEntry"))]
pub struct ModelEntry {
    /// What kinds of model have in common.
    #[serde(flatten)]
    pub common: Common,
    /// What differs between kinds of model.
    #[serde(flatten)]
    pub contract: Contract,
}

impl std::ops::Deref for ModelEntry {
    type Target = Common;

    fn deref(&self) -> &Common {
        &self.common
    }
}

impl std::ops::DerefMut for ModelEntry {
    fn deref_mut(&mut self) -> &mut Common {
        &mut self.common
    }
}

/// What entries of all kinds say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "ModelEntryBase", optional_fields))]
pub struct Common {
    /// Short name, unique in the manifest.
    pub id: String,
    /// The id if the manifest gives none.
    #[serde(default)]
    pub title: String,
    /// 1 or 3 channels, any height and width up to 1024.
    pub image: ImageShape,
    /// Name of the likelihood `p(x|z)` or `p(x_0|x_1)`.
    #[cfg_attr(test, ts(skip))]
    pub likelihood: Likelihood,
    /// Empty if the manifest does not say.
    #[serde(default)]
    pub dataset: String,
    /// How the weights were made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(inline))]
    pub provenance: Option<Provenance>,
    /// As the program measured them that trained the model; those of the crate itself stand in
    /// evaluation.json.
    #[serde(default)]
    pub scores: Vec<Score>,
}

/// The keys of [`Common`] in a manifest.
const COMMON: [&str; 7] = ["id", "title", "image", "likelihood", "dataset", "provenance", "scores"];

impl Manifest {
    /// Parses `manifest.json` of format 1 or 2. An entry that is not valid is left out, and
    /// [`Manifest::problems`] says why.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the text is not a manifest at all,
    /// one of another format, or one whose entries are all invalid.
    pub fn parse(json: &str) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            format: u32,
            models: Vec<Value>,
        }
        let raw: Raw = serde_json::from_str(json).map_err(|e| {
            let page = json.trim_start().starts_with('<');
            let hint = if page { ": the server sent a web page instead" } else { "" };
            Error::manifest(format_args!("the manifest cannot be read{hint}")).caused_by(e)
        })?;
        if !(1..=FORMAT).contains(&raw.format) {
            return Err(Error::manifest(format_args!(
                "the manifest has format {}, this version reads formats 1 to {FORMAT}",
                raw.format
            )));
        }
        let mut manifest = Self { format: FORMAT, models: Vec::new(), problems: Vec::new() };
        let mut ids = BTreeSet::new();
        for (at, value) in raw.models.into_iter().enumerate() {
            let id = value.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
            let id = id.map_or_else(|| format!("number {at}"), String::from);
            let value = if raw.format == 1 { format1::convert(value) } else { value };
            match ModelEntry::from_json(value) {
                Ok(entry) if ids.insert(entry.id.clone()) => manifest.models.push(entry),
                Ok(_) => {
                    let message = format!("two models are called {id:?}; the second is left out");
                    manifest.problems.push(Problem { id, message });
                }
                Err(error) => manifest.problems.push(Problem { id, message: error.with_causes() }),
            }
        }
        if manifest.models.is_empty() && !manifest.problems.is_empty() {
            let all: Vec<&str> = manifest.problems.iter().map(|p| p.message.as_str()).collect();
            return Err(Error::manifest(all.join("; ")));
        }
        Ok(manifest)
    }

    /// The model of that id.
    #[must_use]
    pub fn model(&self, id: &str) -> Option<&ModelEntry> {
        self.models.iter().find(|entry| entry.id == id)
    }
}

impl<'de> Deserialize<'de> for ModelEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Self::from_either_format(Value::deserialize(deserializer)?)
            .map_err(|error| serde::de::Error::custom(error.with_causes()))
    }
}

/// Takes away fields that are `null`, which JavaScript's `undefined` becomes.
fn without_nulls(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, value| !value.is_null());
        fields.values_mut().for_each(without_nulls);
    }
}

impl ModelEntry {
    /// An entry of format 1 or 2, in which a field may be `null` instead of absent.
    ///
    /// # Errors
    /// As [`ModelEntry::from_json`].
    pub(crate) fn from_either_format(mut value: Value) -> Result<Self> {
        without_nulls(&mut value);
        // every entry of format 1 has this field, and none of format 2
        let old = value.get("dataRange").is_some();
        Self::from_json(if old { format1::convert(value) } else { value })
    }

    /// An entry of format 2, with what it leaves out filled in.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) for an unknown key or a value that is
    /// not possible, naming the model and the field at fault.
    pub fn from_json(value: Value) -> Result<Self> {
        let Value::Object(all) = value else {
            return Err(Error::manifest(format_args!("an entry must be an object, it is {value}")));
        };
        let id = all.get("id").and_then(Value::as_str).unwrap_or_default().to_string();
        let fail =
            |e: serde_json::Error| Error::entry(&id, "the entry cannot be read").caused_by(e);
        let (common, contract): (Map<_, _>, Map<_, _>) =
            all.into_iter().partition(|(key, _)| COMMON.contains(&key.as_str()));
        let mut entry = Self {
            common: serde_json::from_value(common.into()).map_err(fail)?,
            contract: serde_json::from_value(contract.into()).map_err(fail)?,
        };
        entry.fill_in();
        entry.validate()?;
        Ok(entry)
    }

    /// Gives what an entry may leave out its value.
    fn fill_in(&mut self) {
        if self.title.is_empty() {
            self.common.title = self.common.id.clone();
        }
        if let Contract::Vae(VaeContract { latents, .. }) = &mut self.contract
            && latents.order.is_empty()
        {
            let kl = &latents.kl_per_latent;
            latents.order = (0..latents.count).collect();
            if kl.len() == latents.count {
                latents.order.sort_by(|&a, &b| kl[b].total_cmp(&kl[a]));
            }
        }
    }

    /// The model's files by their role.
    #[must_use]
    pub fn files(&self) -> BTreeMap<&'static str, &FileEntry> {
        let all: [(&'static str, Option<&FileEntry>); 5] = match &self.contract {
            Contract::Vae(VaeContract { files, .. }) => [
                ("encoder", files.encoder.as_ref()),
                ("encoderData", files.encoder_data.as_ref()),
                ("decoder", Some(&files.decoder)),
                ("decoderData", files.decoder_data.as_ref()),
                ("density", files.density.as_ref()),
            ],
            Contract::Hvae(HvaeContract { files, .. }) => [
                ("encoder", Some(&files.encoder)),
                ("encoderData", files.encoder_data.as_ref()),
                ("decoder", Some(&files.decoder)),
                ("decoderData", files.decoder_data.as_ref()),
                ("", None),
            ],
            Contract::Ddpm(DdpmContract { files, .. }) => [
                ("network", Some(&files.network)),
                ("networkData", files.network_data.as_ref()),
                ("", None),
                ("", None),
                ("", None),
            ],
        };
        all.into_iter().filter_map(|(role, file)| Some((role, file?))).collect()
    }
}
