//! The entry of a diffusion model.

use serde_json::{Value, json};

use super::ports::{Looks, MOVES, Seen};
use super::{Candidate, Choice, Draft, choice, class_adapter, class_input, fields, preferred};
use crate::error::Result;
use crate::model::manifest::Layout;
use crate::model::phrase::{Code, Phrase};

pub(super) fn propose(draft: &mut Draft, network: &Candidate<'_>) -> Result<()> {
    let Some(x) = network.inputs.iter().find(|p| p.image().is_some()) else { return Ok(()) };
    let Some((image, layout)) = x.image() else { return Ok(()) };
    let own = match layout {
        Layout::Nchw => vec![image.channels, image.height, image.width],
        Layout::Nhwc => vec![image.height, image.width, image.channels],
    };
    let shape_of = |seen: &Seen| if seen.shape == own { Value::Null } else { json!(seen.shape) };
    draft.set(&fields([
        ("kind", json!("ddpm")),
        ("image", json!(image)),
        ("likelihood", json!("discretized-gaussian")),
        ("files.network", json!({"path": network.name})),
        ("network.batch", json!(x.batch)),
        ("network.image.name", json!(x.name)),
        ("network.image.layout", json!(layout)),
        ("network.image.shape", shape_of(x)),
    ]))?;
    if let Some(data) = network.data_file() {
        draft.set(&fields([("files.networkData", json!({"path": data}))]))?;
    }
    let number = |p: &&Seen| p.looks == Looks::Number;
    let called = |p: &&Seen| {
        p.is_called(&["time", "sigma", "snr", "noise", "lambda"]) || p.has_word(&["t", "ts"])
    };
    let numbers = || network.inputs.iter().filter(number);
    let class_like =
        |p: &&Seen| p.is_called(&["class", "label", "cond", "mask"]) || p.has_word(&["y", "c"]);
    let Some(t) = numbers()
        .find(called)
        .or_else(|| numbers().find(|p| !class_like(p)))
        .or_else(|| numbers().next())
    else {
        return Ok(());
    };

    let output = output(draft, network, x, &own)?;
    time(draft, t, &output, rows_of_table(network, t))?;
    let rest = network.inputs.iter().filter(|p| p.name != x.name && p.name != t.name);
    condition(draft, network, rest.collect())?;
    draft.guess(
        "network.dataRange",
        Code::UsualRange,
        vec![
            choice(Code::PixelsSigned, [("network.dataRange", json!([-1.0, 1.0]))]),
            choice(Code::PixelsUnit, [("network.dataRange", json!([0.0, 1.0]))]),
        ],
    )
}

/// Sets the output; its name tells what it is.
fn output(draft: &mut Draft, network: &Candidate<'_>, x: &Seen, own: &[usize]) -> Result<String> {
    let same = |p: &&Seen| p.shape == x.shape;
    let doubled =
        |p: &&Seen| p.shape.len() == 3 && p.shape[0] == 2 * own[0] && p.shape[1..] == own[1..];
    let found = network.outputs.iter().find(same);
    let (output, learned) = match (found, network.outputs.iter().find(doubled)) {
        (Some(output), _) => (output, false),
        (None, Some(output)) => (output, true),
        (None, None) => match network.outputs.first() {
            Some(output) => (output, false),
            None => return Ok(String::new()),
        },
    };
    let shape = if learned || output.shape == own { Value::Null } else { json!(output.shape) };
    let layout = x.image().map_or(Layout::Nchw, |(_, layout)| layout);
    draft.set(&fields([
        ("network.output.name", json!(output.name)),
        ("network.output.layout", json!(layout)),
        ("network.output.shape", shape),
    ]))?;
    if learned {
        draft.guess(
            "network.output",
            Phrase::new(Code::HalfVariance, [("output", (&output.name).into())]),
            vec![choice(Code::FirstHalf, [("network.output.learnedVariance", json!(true))])],
        )?;
    }
    Ok(output.name.to_lowercase())
}

/// Chains that people train on, as an entry calls them, the commonest first.
pub const CHAINS: [(Code, &str); 3] =
    [(Code::ChainLinear, "linear"), (Code::ChainCosine, "cosine"), (Code::ChainSigmoid, "sigmoid")];

/// These chains, of 1,000 steps where the file does not say how many there are.
fn chains(steps: Option<usize>) -> impl Iterator<Item = (Phrase, Value)> {
    let steps = steps.filter(|steps| (2..=100_000).contains(steps)).unwrap_or(1000);
    CHAINS.into_iter().map(move |(code, kind)| {
        (Phrase::new(code, [("steps", steps.into())]), json!({"kind": kind, "steps": steps}))
    })
}

/// What a network may predict.
const PREDICTED: [(&str, Code); 3] =
    [("epsilon", Code::PredictsEpsilon), ("x0", Code::PredictsX0), ("v", Code::PredictsV)];

/// Guesses the time input and the parameterization of the network.
fn time(draft: &mut Draft, t: &Seen, output: &str, steps: Option<usize>) -> Result<()> {
    let mut place = vec![("name", json!(t.name)), ("unbatched", json!(t.unbatched))];
    if !t.shape.is_empty() {
        place.push(("shape", json!(t.shape)));
    }
    let numbers = if t.integer { "integer" } else { "float" };
    let with =
        |label: Phrase, form: &str, rest: Vec<(&str, Value)>, parameterization: &str| -> Choice {
            let mut time = json!({"form": form, "numbers": numbers});
            for (field, value) in place.iter().cloned().chain(rest.clone()) {
                time[field] = value;
            }
            let mut changes = choice(
                label,
                [
                    ("network.time", time),
                    ("parameterization", json!(parameterization)),
                    ("logSnr", Value::Null),
                ],
            );
            if form == "log-snr" {
                changes.changes.insert("logSnr".into(), json!({"min": -10.0, "max": 10.0}));
            }
            changes
        };
    let velocity =
        output.contains("vel") || output.contains("flow") || output == "v" || output == "u";
    let told = if output.contains("x0") || output.contains("denoised") || output.contains("clean") {
        "x0"
    } else if velocity {
        "v"
    } else {
        "epsilon"
    };
    let chained = |form: &str, code: Code| -> Vec<Choice> {
        chains(steps)
            .map(|(chain, schedule)| {
                let label = Phrase::new(code, [("chain", chain.into())]);
                with(label, form, vec![("schedule", schedule)], told)
            })
            .collect()
    };
    let flow = [
        with(Code::Flow.into(), "flow", vec![], if told == "v" { "velocity" } else { told }),
        with(
            Code::FlowReversed.into(),
            "flow",
            vec![("reversed", json!(true))],
            if told == "v" { "velocity" } else { told },
        ),
    ];
    let flow_velocity = [
        with(Code::FlowVelocity.into(), "flow", vec![], "velocity"),
        with(
            Code::FlowReversedVelocity.into(),
            "flow",
            vec![("reversed", json!(true))],
            "velocity",
        ),
    ];
    let sigma = [
        with(Code::Sigma.into(), "sigma", vec![], if told == "v" { "epsilon" } else { told }),
        with(Code::Edm.into(), "sigma", vec![("sigmaData", json!(0.5))], "edm"),
    ];
    let log_snr = with(Code::LogSnr.into(), "log-snr", vec![], told);
    let timesteps = chained("timestep", Code::TimestepOf);
    let fractions = chained("fraction", Code::FractionOf);
    let named = |words: &[&str]| t.is_called(words);

    let input = || ("input", (&t.name).into());
    let by_name = || Phrase::new(Code::InputCalled, [input()]);
    let (reason, choices): (Phrase, Vec<Choice>) = if named(&["snr", "lambda"]) {
        (by_name(), vec![log_snr])
    } else if named(&["sigma"]) || named(&["noise"]) && !t.integer {
        let mut all = sigma.to_vec();
        if named(&["noise"]) {
            all.reverse();
        }
        (by_name(), all)
    } else if t.integer {
        let reason = match steps {
            Some(steps) => Phrase::new(Code::TimeRowOfTable, [input(), ("rows", steps.into())]),
            None => Phrase::new(Code::TimeInteger, [input()]),
        };
        (reason, timesteps)
    } else if velocity {
        let mut all = flow_velocity.to_vec();
        all.extend(timesteps);
        (Phrase::new(Code::TimeRealVelocity, [input(), ("output", output.into())]), all)
    } else {
        let mut all = timesteps;
        all.extend(fractions);
        all.extend(flow_velocity);
        all.extend(flow);
        all.extend(sigma);
        all.push(log_snr);
        (Phrase::new(Code::TimeReal, [input()]), all)
    };
    draft.guess("network.time", reason, choices)?;
    let chosen = draft.entry["parameterization"].clone();
    if !matches!(chosen.as_str(), Some("velocity" | "edm")) {
        let mut predicted = PREDICTED.to_vec();
        if matches!(draft.entry["network"]["time"]["form"].as_str(), Some("sigma" | "flow")) {
            predicted.retain(|(name, _)| *name != "v");
        }
        let predicted = preferred(predicted, |(name, _)| chosen == *name);
        let choices = predicted
            .into_iter()
            .map(|(name, label)| choice(label, [("parameterization", json!(name))]))
            .collect();
        let reason = Phrase::new(Code::PredictionByName, [("output", output.into())]);
        draft.guess("parameterization", reason, choices)?;
    }
    Ok(())
}

fn condition(draft: &mut Draft, network: &Candidate<'_>, rest: Vec<&Seen>) -> Result<()> {
    let Some((class, length)) = class_input(rest.iter().copied()) else { return Ok(()) };
    let (mut adapter, names) = class_adapter(class, length);
    let mask = rest
        .iter()
        .find(|p| p.name != class.name && p.is_called(&["mask", "drop", "keep", "uncond"]));
    let rows = rows_of_table(network, class);
    let field = "network.condition";
    if let Some(mask) = mask {
        let with = |absent: f64| {
            json!({"mask": {
                "name": mask.name, "absent": absent, "present": 1.0 - absent, "shape": mask.shape,
                "numbers": if mask.integer { "integer" } else { "float" },
            }})
        };
        let mut choices = Vec::new();
        for absent in [1.0, 0.0] {
            let mut adapter = adapter.clone();
            adapter["null"] = with(absent);
            let label = Phrase::new(
                Code::ClassMask,
                [("mask", (&mask.name).into()), ("absent", absent.to_string().into())],
            );
            choices.push(choice(label, [(field, adapter), ("classes", json!(names))]));
        }
        let reason = Phrase::new(
            Code::InputsBeside,
            [("input", (&class.name).into()), ("mask", (&mask.name).into())],
        );
        return draft.guess(field, reason, choices);
    }
    let named = |count: usize| json!((0..count).map(|c| c.to_string()).collect::<Vec<_>>());
    let with = |code: Code, null: Value, count: usize| {
        let mut adapter = adapter.clone();
        adapter["null"] = null;
        let mut values = vec![("count", count.into())];
        if code == Code::ClassLastRow {
            values.push(("rows", (count + 1).into()));
        }
        choice(Phrase::new(code, values), [(field, adapter), ("classes", named(count))])
    };
    let choices = match (length, rows) {
        (Some(n), _) => vec![
            with(Code::ClassZeros, json!("zeros"), n),
            with(Code::ClassAlways, json!("none"), n),
        ],
        (None, Some(rows)) if rows > 1 => {
            let mut both = vec![
                with(Code::ClassAlways, json!("none"), rows),
                with(Code::ClassLastRow, json!("extra-index"), rows - 1),
            ];
            if has_row_for_none(rows) {
                both.reverse();
            }
            both
        }
        (None, _) => vec![
            with(Code::ClassAlways, json!("none"), names.len()),
            with(Code::ClassExtra, json!("extra-index"), names.len()),
        ],
    };
    adapter["null"] = json!("none");
    let input = ("input", (&class.name).into());
    let reason = match rows {
        Some(rows) => Phrase::new(Code::ClassRowOfTable, [input, ("rows", rows.into())]),
        None => Phrase::new(Code::InputBeside, [input]),
    };
    draft.guess(field, reason, choices)
}

/// How many classes well-known data sets have.
const CLASSES: [usize; 14] = [2, 10, 20, 26, 36, 37, 40, 47, 62, 100, 101, 102, 200, 1000];

/// Whether one row of a table seems to be for no class: those of a data set, and one more.
fn has_row_for_none(rows: usize) -> bool {
    CLASSES.contains(&(rows - 1)) && ![10, 100, 1000].contains(&rows)
}

/// The number of rows of the table that an index picks from, where the file says.
fn rows_of_table(network: &Candidate<'_>, index: &Seen) -> Option<usize> {
    let info = network.info;
    // the index itself, and what is its only number in another shape
    let mut same = vec![index.name.as_str()];
    for value in &info.values {
        let moves = MOVES.contains(&value.operator.as_str())
            || matches!(value.operator.as_str(), "Gather" | "Slice");
        if moves && value.inputs.first().is_some_and(|name| same.contains(&name.as_str())) {
            same.push(&value.name);
        }
    }
    let gather = info.values.iter().find(|value| {
        value.operator == "Gather"
            && value.inputs.get(1).is_some_and(|name| same.contains(&name.as_str()))
    })?;
    let table = gather.inputs.first()?;
    if let Some(shape) = info.weights.get(table) {
        return usize::try_from(*shape.first()?).ok();
    }
    let value = info.values.iter().find(|value| value.name == *table)?;
    value.shape.as_ref()?.first().copied()
}
