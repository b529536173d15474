//! An [`Estimate`] as JSON has it.

use serde::{Serialize, Serializer};

use crate::math::elbo::Estimate;

/// A Monte Carlo mean; `standardError` is null while there is too little to estimate it from.
#[derive(Serialize)]
#[serde(remote = "Estimate", rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Estimate"))]
struct Fields {
    /// The mean of the draws.
    mean: f64,
    /// The standard error of the mean; null if the draws do not tell, as a single one does not.
    standard_error: Option<f64>,
}

impl Serialize for Estimate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Fields::serialize(self, serializer)
    }
}

#[cfg(test)]
impl ts_rs::TS for Estimate {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn docs() -> Option<String> {
        Fields::docs()
    }

    fn name(config: &ts_rs::Config) -> String {
        Fields::name(config)
    }

    fn inline(config: &ts_rs::Config) -> String {
        Fields::inline(config)
    }
}
