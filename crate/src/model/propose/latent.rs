//! The entry of a VAE, an autoencoder or a decoder alone.

use serde_json::{Value, json};

use super::ports::{Seen, before_activation, image_of, of_value};
use super::reparameterization::{self, Reparameterization};
use super::{Candidate, Choice, Draft, choice, class_adapter, class_input, fields, whole, within};
use crate::error::Result;
use crate::model::manifest::{ImageShape, Layout};
use crate::model::phrase::{Code, Phrase};

pub(super) fn propose(
    draft: &mut Draft,
    encoder: Option<&Candidate<'_>>,
    decoder: &Candidate<'_>,
) -> Result<()> {
    let Some(output) = decoder.outputs.iter().find(|p| p.image().is_some()) else { return Ok(()) };
    let Some((image, layout)) = output.image() else { return Ok(()) };
    let z = latent_input(decoder);
    let latents = z.vector().unwrap_or(1);
    draft.set(&fields([
        ("kind", json!("vae")),
        ("image", json!(image)),
        ("latents", json!({"count": latents})),
        ("files.decoder", json!({"path": decoder.name})),
        ("decoder.batch", json!(z.batch)),
        ("decoder.latent.name", json!(z.name)),
    ]))?;
    if let Some(data) = decoder.data_file() {
        draft.set(&fields([("files.decoderData", json!({"path": data}))]))?;
    }
    if z.shape.len() != 1 {
        draft.set(&fields([("decoder.latent.shape", json!(z.shape))]))?;
    }
    let mut about = vec![("file", decoder.name.into()), ("latents", latents.into())];
    let is_cut = decoder.info.inputs.iter().all(|input| input.name != z.name);
    let code = if is_cut { Code::CutAtCode } else { Code::DecoderByShape };
    if is_cut {
        about.push(("value", (&z.name).into()));
    }
    draft.guess("files.decoder", Phrase::new(code, about), vec![choice(Code::Decoder, [])])?;
    let rest = decoder.inputs.iter().filter(|p| p.name != z.name);
    if let Some((class, length)) = class_input(rest) {
        condition(draft, "decoder", class, length)?;
    }
    let signed = decoder_output(draft, decoder, output, image, layout)?;
    match encoder {
        Some(encoder) => propose_encoder(draft, encoder, image, latents, signed)?,
        None => draft.missing.push(Code::EncoderMissing.into()),
    }
    Ok(())
}

/// The input of a decoder that holds the latents.
fn latent_input<'a>(decoder: &'a Candidate<'_>) -> &'a Seen {
    let vectors = || decoder.inputs.iter().filter(|p| p.vector().is_some() && !p.integer);
    let called = |p: &&Seen| p.is_called(&["latent", "code"]) || p.has_word(&["z"]);
    let class =
        |p: &&Seen| p.is_called(&["class", "label", "cond", "hot"]) || p.has_word(&["y", "c"]);
    vectors()
        .find(called)
        .or_else(|| vectors().find(|p| !class(p)))
        .or_else(|| vectors().next())
        .unwrap_or(&decoder.inputs[0])
}

fn condition(draft: &mut Draft, network: &str, input: &Seen, length: Option<usize>) -> Result<()> {
    let (adapter, names) = class_adapter(input, length);
    let field = format!("{network}.condition");
    let name = ("input", (&input.name).into());
    let reason = match length {
        Some(n) => Phrase::new(Code::ClassVector, [name, ("count", n.into())]),
        None => Phrase::new(Code::ClassNumber, [name]),
    };
    draft.guess(
        &field,
        reason,
        vec![choice(Code::AClass, [(&*field, adapter), ("classes", json!(names))])],
    )
}

/// A phrase about values between two others.
fn ranged(code: Code, [low, high]: [f64; 2]) -> Phrase {
    Phrase::new(code, [("low", low.to_string().into()), ("high", high.to_string().into())])
}

/// Guesses what the decoder's output is. True if it spans [-1, 1].
fn decoder_output(
    draft: &mut Draft,
    decoder: &Candidate<'_>,
    output: &Seen,
    image: ImageShape,
    layout: Layout,
) -> Result<bool> {
    let place = |seen: &Seen| -> Vec<(String, Value)> {
        // the values of a flat vector lie as the output's do
        let own = image_of(&seen.shape).filter(|_| seen.shape.len() > 1);
        let layout = own.map_or(layout, |(_, layout)| layout);
        let mut all =
            vec![("name".to_string(), json!(seen.name)), ("layout".into(), json!(layout))];
        let own = match layout {
            Layout::Nchw => vec![image.channels, image.height, image.width],
            Layout::Nhwc => vec![image.height, image.width, image.channels],
        };
        let shape = if seen.shape == own { Value::Null } else { json!(seen.shape) };
        all.push(("shape".into(), shape));
        all
    };
    let of = |seen: &Seen, label: Phrase, likelihood: &str, rest: Value| -> Choice {
        let mut choice =
            within("decoder.output", Choice { label, changes: place(seen).into_iter().collect() });
        for field in ["value", "range", "std", "spread"] {
            let value = rest.get(field).cloned().unwrap_or(Value::Null);
            choice.changes.insert(format!("decoder.output.{field}"), value);
        }
        choice.changes.insert("likelihood".into(), json!(likelihood));
        choice
    };
    let fitted = |range: [f64; 2]| json!({"value": "mean", "range": range, "std": "fitted"});
    let gaussian = |seen: &Seen, range: [f64; 2]| {
        of(seen, ranged(Code::GaussianFitted, range), "gaussian", fitted(range))
    };
    let binary = |seen: &Seen, label: Code, rest: Value| of(seen, label.into(), "bernoulli", rest);
    let grey =
        |seen: &Seen, rest: Value| of(seen, Code::GreyCrossEntropy.into(), "grey-bernoulli", rest);
    let logits = json!({"value": "logits"});
    let probability = json!({"value": "mean", "range": [0.0, 1.0]});

    // a second output of the same shape is the spread
    let other = decoder
        .outputs
        .iter()
        .find(|p| p.name != output.name && p.image().is_some_and(|(other, _)| other == image));
    let spread = other.filter(|p| p.is_called(&["scale", "var", "std", "sigma"]));
    if let Some(spread) = spread {
        let scale = spread.is_called(&["scale"]);
        let value = if scale {
            "log-scale"
        } else if spread.is_called(&["log_var", "logvar", "log_sigma_sq"]) {
            "log-var"
        } else if spread.is_called(&["log"]) {
            "log-std"
        } else {
            "std"
        };
        let with = |value: &str, range: [f64; 2]| {
            let spread = json!({"name": spread.name, "value": value});
            json!({"value": "mean", "range": range, "spread": spread})
        };
        let logistic = of(
            output,
            Code::DiscretizedLogistic.into(),
            "discretized-logistic",
            with(value, [-1.0, 1.0]),
        );
        let normal =
            |range| of(output, ranged(Code::GaussianOwn, range), "gaussian", with(value, range));
        let choices = if scale {
            vec![logistic, normal([-1.0, 1.0]), normal([0.0, 1.0])]
        } else {
            vec![normal([0.0, 1.0]), normal([-1.0, 1.0])]
        };
        let reason = Phrase::new(
            Code::TwoOutputs,
            [("output", (&output.name).into()), ("spread", (&spread.name).into())],
        );
        draft.guess("decoder.output", reason, choices)?;
        return Ok(scale);
    }

    let inner = before_activation(&output.name, decoder.info).map(|v| of_value(v, decoder.info));
    let usable = inner.filter(|seen| {
        seen.shape.iter().product::<usize>() == image.dimensions()
            && (image.channels == 1
                || (seen.shape.len() == 1 && output.shape.len() == 1)
                || image_of(&seen.shape).is_some_and(|(found, _)| found == image))
    });
    let colour = image.channels == 3;
    let named = ("output", (&output.name).into());
    match (output.operator.as_str(), usable) {
        ("Sigmoid", Some(before)) => {
            let reason = Phrase::new(Code::IsSigmoid, [named, ("before", (&before.name).into())]);
            let mut choices = vec![
                binary(&before, Code::LogitsBeforeSigmoid, logits.clone()),
                grey(&before, logits),
                gaussian(output, [0.0, 1.0]),
            ];
            if colour {
                choices.swap(0, 2);
            }
            draft.guess("decoder.output", reason, choices)?;
            Ok(false)
        }
        ("Sigmoid" | "HardSigmoid" | "Clip", _) => {
            let reason =
                Phrase::new(Code::InUnitRange, [named, ("operator", (&output.operator).into())]);
            let mut choices = vec![
                binary(output, Code::BinaryProbabilities, probability.clone()),
                grey(output, probability),
                gaussian(output, [0.0, 1.0]),
            ];
            if colour {
                choices.swap(0, 2);
            }
            draft.guess("decoder.output", reason, choices)?;
            Ok(false)
        }
        ("Tanh", _) => {
            let reason = Phrase::new(Code::IsTanh, [named]);
            let binary_signed =
                binary(output, Code::BinarySigned, json!({"value": "mean", "range": [-1.0, 1.0]}));
            draft.guess(
                "decoder.output",
                reason,
                vec![gaussian(output, [-1.0, 1.0]), binary_signed],
            )?;
            Ok(true)
        }
        _ => {
            let called = output.is_called(&["logit"]);
            let code = if called { Code::OutputCalled } else { Code::NoActivation };
            let reason = Phrase::new(code, [named]);
            let mut choices = vec![
                binary(output, Code::BinaryLogits, json!({"value": "logits"})),
                gaussian(output, [0.0, 1.0]),
                gaussian(output, [-1.0, 1.0]),
                binary(output, Code::BinaryProbabilities, probability),
                grey(output, json!({"value": "logits"})),
            ];
            if colour && !called {
                choices.swap(0, 1);
            }
            draft.guess("decoder.output", reason, choices)?;
            Ok(false)
        }
    }
}

fn propose_encoder(
    draft: &mut Draft,
    encoder: &Candidate<'_>,
    image: ImageShape,
    latents: usize,
    signed: bool,
) -> Result<()> {
    let Some(x) = encoder.inputs.iter().find(|p| p.image().is_some()) else { return Ok(()) };
    let layout = x.image().map_or(Layout::Nchw, |(_, layout)| layout);
    if x.image().is_some_and(|(found, _)| found != image) {
        draft.missing.push(Phrase::new(Code::EncoderSizeDiffers, [("file", encoder.name.into())]));
        return Ok(());
    }
    let own = match layout {
        Layout::Nchw => vec![image.channels, image.height, image.width],
        Layout::Nhwc => vec![image.height, image.width, image.channels],
    };
    let shape = if x.shape == own { Value::Null } else { json!(x.shape) };
    draft.set(&fields([
        ("files.encoder", json!({"path": encoder.name})),
        ("encoder.batch", json!(x.batch)),
        ("encoder.image.name", json!(x.name)),
        ("encoder.image.layout", json!(layout)),
        ("encoder.image.shape", shape),
    ]))?;
    if let Some(data) = encoder.data_file() {
        draft.set(&fields([("files.encoderData", json!({"path": data}))]))?;
    }
    let unit = choice(
        Code::PixelsUnit,
        [("encoder.image.scale", Value::Null), ("encoder.image.shift", Value::Null)],
    );
    let symmetric = choice(
        Code::PixelsSigned,
        [("encoder.image.scale", json!([2.0])), ("encoder.image.shift", json!([-1.0]))],
    );
    let mut choices = vec![unit, symmetric];
    if signed {
        choices.reverse();
    }
    if image.channels == 1 {
        choices.push(choice(
            Code::PixelsMnist,
            [
                ("encoder.image.scale", json!([1.0 / 0.3081])),
                ("encoder.image.shift", json!([-0.1307 / 0.3081])),
            ],
        ));
    }
    let reason = if signed { Code::EncoderAsDecoder } else { Code::UsualScale };
    draft.guess("encoder.image", reason, choices)?;
    let drawn = reparameterization::find(encoder.info, latents);
    let graph = whole::Graph::new(encoder.info);
    // noise that is an input is for the draw alone
    let is_for_q = |p: &&Seen| {
        let needed = |draw: &Reparameterization| {
            [&draw.mean, &draw.spread].into_iter().any(|part| graph.needs(part, None, &p.name))
        };
        drawn.as_ref().is_none_or(needed)
    };
    let rest = encoder.inputs.iter().filter(|p| p.name != x.name).filter(is_for_q);
    if let Some((class, length)) = class_input(rest) {
        condition(draft, "encoder", class, length)?;
    }
    super::posterior::propose(draft, encoder, latents, drawn)
}
