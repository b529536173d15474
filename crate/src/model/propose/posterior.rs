//! Where an encoder has the mean and the spread of q(z|x).

use serde_json::{Value, json};

use super::ports::{Looks, Seen};
use super::reparameterization::Reparameterization;
use super::whole;
use super::{Candidate, Choice, Draft, choice, fields, preferred};
use crate::error::Result;
use crate::model::phrase::{Code, Phrase};

/// Guesses which values are mean and spread of the latents.
pub(super) fn propose(
    draft: &mut Draft,
    encoder: &Candidate<'_>,
    latents: usize,
    drawn: Option<Reparameterization>,
) -> Result<()> {
    // a draw says more than any name
    if let Some(Reparameterization { mean, spread, form }) = drawn {
        let reason = Phrase::new(
            Code::DrawnCode,
            [
                ("file", encoder.name.into()),
                ("mean", (&mean).into()),
                ("spread", (&spread).into()),
                ("latents", latents.into()),
            ],
        );
        return draft.guess("encoder.posterior", reason, by_names(&mean, &spread, form));
    }
    let outputs = &encoder.outputs;
    let elements = |p: &Seen| p.shape.iter().product::<usize>();
    let fits = |p: &&Seen| elements(p) == latents && p.looks != Looks::Unknown;
    let mut vectors: Vec<&Seen> = outputs.iter().filter(fits).collect();
    let drawn = whole::drawn(encoder.info);
    let certain = |p: &&Seen| !drawn.contains(p.name.as_str());
    if vectors.iter().any(certain) {
        vectors.retain(certain);
    }
    let is_mean = |p: &&&Seen| p.is_called(&["mean", "loc"]) || p.has_word(&["mu", "m"]);
    let is_spread = |p: &&&Seen| p.is_called(&["var", "sigma", "std", "scale", "logv"]);

    if vectors.len() >= 2 {
        let mean = *vectors.iter().find(is_mean).unwrap_or(&vectors[0]);
        let spread = *vectors
            .iter()
            .filter(|p| p.name != mean.name)
            .find(is_spread)
            .or_else(|| vectors.iter().find(|p| p.name != mean.name))
            .unwrap_or(&vectors[1]);
        let reason = Phrase::new(
            Code::TwoVectors,
            [
                ("file", encoder.name.into()),
                ("mean", (&mean.name).into()),
                ("spread", (&spread.name).into()),
                ("latents", latents.into()),
            ],
        );
        let form = spread_form(spread);
        return draft.guess("encoder.posterior", reason, by_names(&mean.name, &spread.name, form));
    }
    // both in one output: [B, 2d], [B, 2, d], or [2, B, d]
    let stacked = outputs.iter().find_map(|p| {
        let all = &p.shape;
        if p.batch == 2 && elements(p) == latents {
            return Some((p, 0));
        }
        let axis = match (all.len(), elements(p) == 2 * latents) {
            (1.., true) => {
                let two = all.iter().position(|&n| n == 2);
                two.or_else(|| all.iter().position(|n| n.is_multiple_of(2)))? + 1
            }
            _ => return None,
        };
        Some((p, axis))
    });
    if let Some((output, axis)) = stacked {
        let reason = Phrase::new(
            Code::Stacked,
            [
                ("output", (&output.name).into()),
                ("file", encoder.name.into()),
                ("latents", latents.into()),
            ],
        );
        let with = |label: Code, spread: &str, order: &str| {
            choice(
                label,
                [
                    ("encoder.posterior.spread", json!(spread)),
                    (
                        "encoder.posterior.split",
                        json!({"name": output.name, "axis": axis, "order": order}),
                    ),
                ],
            )
        };
        return draft.guess(
            "encoder.posterior",
            reason,
            vec![
                with(Code::MeanThenLogVar, "log-var", "mean-first"),
                with(Code::MeanThenLogStd, "log-std", "mean-first"),
                with(Code::MeanThenStd, "std", "mean-first"),
                with(Code::LogVarThenMean, "log-var", "spread-first"),
            ],
        );
    }
    if let [code] = vectors[..] {
        let reason = Phrase::new(
            Code::LoneCode,
            [("file", encoder.name.into()), ("latents", latents.into())],
        );
        return draft.guess(
            "encoder.posterior",
            reason,
            vec![choice(
                Code::CodeAlone,
                [
                    ("encoder.posterior.spread", json!("none")),
                    ("encoder.posterior.meanName", json!(code.name)),
                ],
            )],
        );
    }
    let [file, inputs, outputs] = encoder.described();
    draft.missing.push(Phrase::new(
        Code::EncoderLatentsDiffer,
        [file, inputs, outputs, ("latents", latents.into())],
    ));
    draft.set(&fields([
        ("files.encoder", Value::Null),
        ("files.encoderData", Value::Null),
        ("encoder", Value::Null),
    ]))
}

fn by_names(mean: &str, spread: &str, first: &str) -> Vec<Choice> {
    let with = |form: &str, label: Code| {
        choice(
            label,
            [
                ("encoder.posterior.spread", json!(form)),
                ("encoder.posterior.meanName", json!(mean)),
                ("encoder.posterior.spreadName", json!(spread)),
            ],
        )
    };
    let all = vec![
        ("log-var", Code::MeanAndLogVar),
        ("log-std", Code::MeanAndLogStd),
        ("std", Code::MeanAndStd),
        ("var", Code::MeanAndVar),
    ];
    preferred(all, |(form, _)| *form == first)
        .into_iter()
        .map(|(form, label)| with(form, label))
        .collect()
}

/// What an output is by its name and its operator.
fn spread_form(spread: &Seen) -> &'static str {
    let log = spread.is_called(&["log", "lv"]);
    let positive = matches!(spread.operator.as_str(), "Exp" | "Softplus" | "Sqrt");
    match (log && !positive, spread.is_called(&["var"])) {
        (true, true) => "log-var",
        (true, false) if spread.is_called(&["std", "sigma", "scale"]) => "log-std",
        (false, true) if positive => "var",
        _ if positive || spread.is_called(&["std", "sigma", "scale"]) => "std",
        _ => "log-var",
    }
}
