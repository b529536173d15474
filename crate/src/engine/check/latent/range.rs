//! Whether the values of the pixels are what the entry calls them.

use ndarray::Array1;
use serde_json::{Value, json};

use super::super::{ModelCheck, WarningCode, logits_of};
use super::changes;
use crate::error::Result;
use crate::model::changes::Changes;
use crate::model::load;
use crate::model::load::Files;
use crate::model::manifest::{Contract, Likelihood, ModelEntry, PixelValue, VaeContract};
use crate::model::phrase::{Code, Phrase};

/// The decoder's own values of the pixels for the draws, whatever they stand for.
pub(super) fn raw_outputs(
    entry: &ModelEntry,
    contract: &VaeContract,
    file: Files<'_>,
    draws: &[Array1<f32>],
    class: &dyn Fn(usize) -> Option<usize>,
) -> Result<Vec<f32>> {
    let output = &contract.decoder.output;
    let name = output.name.clone().or_else(|| logits_of(entry)).unwrap_or_else(|| "mean".into());
    let mut as_it_is = Changes::new();
    if one_value_per_pixel(entry.likelihood) {
        as_it_is.insert("likelihood".into(), json!("gaussian"));
        as_it_is.insert("decoder.output.name".into(), json!(name));
        as_it_is.insert("decoder.output.value".into(), json!("mean"));
        as_it_is.insert("decoder.output.spread".into(), Value::Null);
        as_it_is.insert("decoder.output.std".into(), json!("fitted"));
    }
    let entry = entry.changed(&as_it_is)?;
    let Contract::Vae(contract) = &entry.contract else { return Ok(Vec::new()) };
    let decoder = load::decoder(&entry, contract, file)?;
    let mut values = Vec::new();
    for (i, z) in draws.iter().enumerate() {
        let pixels = decoder.decode_given(z.view(), class(i))?;
        match pixels.raw() {
            Some(raw) => values.extend(raw),
            None => values.extend(pixels.means()),
        }
    }
    Ok(values)
}

fn one_value_per_pixel(likelihood: Likelihood) -> bool {
    matches!(likelihood, Likelihood::Bernoulli | Likelihood::GreyBernoulli | Likelihood::Gaussian)
}

/// How far pixels in [-1, 1] reach in any set of images, which have black or white somewhere.
/// Logits that stay within are small.
const NEARLY: f32 = 0.8;

/// Whether the values are what the entry takes them for.
pub(super) fn check_range(
    entry: &ModelEntry,
    contract: &VaeContract,
    raw: &[f32],
    found: &mut ModelCheck,
) {
    let low = raw.iter().copied().fold(f32::INFINITY, f32::min);
    let high = raw.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let between = || [("low", format!("{low:.3}").into()), ("high", format!("{high:.3}").into())];
    if let Some(name) = logits_of(entry) {
        if low >= 0.0 && high <= 1.0 {
            found.warn(
                WarningCode::LogitsInUnitRange,
                Phrase::new(
                    Code::LogitsInUnitRange,
                    between().into_iter().chain([("output", name.into())]),
                ),
                changes([
                    ("decoder.output.value", json!("mean")),
                    ("decoder.output.range", json!([0, 1])),
                ]),
            );
        } else if low >= -1.0 && high <= 1.0 && (low < -NEARLY || high > NEARLY) {
            found.warn(
                WarningCode::LogitsInSignedRange,
                Phrase::new(Code::LogitsInSignedRange, between()),
                changes([
                    ("decoder.output.value", json!("mean")),
                    ("decoder.output.range", json!([-1, 1])),
                ]),
            );
        }
        return;
    }
    let output = &contract.decoder.output;
    if !one_value_per_pixel(entry.likelihood) || output.value == Some(PixelValue::Logits) {
        return;
    }
    let range = output.range.unwrap_or([0.0, 1.0]);
    let slack = 0.25 * (range[1] - range[0]);
    let (low, high) = (f64::from(low), f64::from(high));
    if low >= range[0] - slack && high <= range[1] + slack {
        return;
    }
    let better = if low >= -1.3 && high <= 1.3 {
        changes([("decoder.output.range", json!([-1, 1]))])
    } else {
        let mut all = changes([
            ("likelihood", json!("bernoulli")),
            ("decoder.output.value", json!("logits")),
            ("decoder.output.range", Value::Null),
            ("decoder.output.std", Value::Null),
            ("decoder.output.spread", Value::Null),
        ]);
        if entry.likelihood == Likelihood::GreyBernoulli
            && let Some(all) = &mut all
        {
            all.insert("likelihood".into(), json!("grey-bernoulli"));
        }
        all
    };
    found.warn(
        WarningCode::OutsideRange,
        Phrase::new(
            Code::OutsideRange,
            between().into_iter().chain([
                ("least", range[0].to_string().into()),
                ("most", range[1].to_string().into()),
            ]),
        ),
        better,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::manifest::Manifest;

    #[test]
    fn values_that_fill_the_range_of_pixels_are_hardly_logits() {
        let manifest =
            Manifest::parse(include_str!("../../../../../models/manifest.json")).unwrap();
        let entry = manifest.model("mnist-vae").unwrap();
        let Contract::Vae(contract) = &entry.contract else { panic!() };
        let codes = |raw: &[f32]| {
            let mut found = ModelCheck::default();
            check_range(entry, contract, raw, &mut found);
            for warning in &found.warnings {
                let mended = entry.changed(warning.changes.as_ref().unwrap()).unwrap();
                let Contract::Vae(contract) = &mended.contract else { panic!() };
                let mut left = ModelCheck::default();
                check_range(&mended, contract, raw, &mut left);
                assert!(left.warnings.is_empty());
            }
            found.warnings.iter().map(|w| w.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(&[-1.0, -0.95, 0.4]), [WarningCode::LogitsInSignedRange]);
        assert_eq!(codes(&[0.0, 0.7, 1.0]), [WarningCode::LogitsInUnitRange]);
        assert_eq!(codes(&[-0.5, 0.1, 0.6]), [] as [WarningCode; 0], "small logits");
        assert_eq!(codes(&[-9.0, 0.9]), [] as [WarningCode; 0]);
    }
}
