//! The entry of a diffusion model.

use serde_json::{Value, json};

use super::ports::{Looks, Seen};
use super::{Candidate, Choice, Draft, choice, class_adapter, class_input};
use crate::error::Result;
use crate::model::manifest::Layout;

pub(super) fn propose(draft: &mut Draft, network: &Candidate) -> Result<()> {
    let Some(x) = network.inputs.iter().find(|p| p.image().is_some()) else { return Ok(()) };
    let Some((image, layout)) = x.image() else { return Ok(()) };
    let own = match layout {
        Layout::Nchw => vec![image.channels, image.height, image.width],
        Layout::Nhwc => vec![image.height, image.width, image.channels],
    };
    let shape_of = |seen: &Seen| if seen.shape == own { Value::Null } else { json!(seen.shape) };
    draft.set(
        &choice(
            "",
            [
                ("kind", json!("ddpm")),
                ("image", json!(image)),
                ("likelihood", json!("discretized-gaussian")),
                ("files.network", json!({"path": network.name})),
                ("network.batch", json!(x.batch)),
                ("network.image.name", json!(x.name)),
                ("network.image.layout", json!(layout)),
                ("network.image.shape", shape_of(x)),
            ],
        )
        .changes,
    )?;
    if let Some(data) = network.data_file() {
        draft.set(&choice("", [("files.networkData", json!({"path": data}))]).changes)?;
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
        "nearly all diffusion models are trained on pixels in [-1, 1]",
        vec![
            choice("pixels in [-1, 1]", [("network.dataRange", json!([-1.0, 1.0]))]),
            choice("pixels in [0, 1]", [("network.dataRange", json!([0.0, 1.0]))]),
        ],
    )
}

/// Sets the output; its name tells what it is.
fn output(draft: &mut Draft, network: &Candidate, x: &Seen, own: &[usize]) -> Result<String> {
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
    draft.set(
        &choice(
            "",
            [
                ("network.output.name", json!(output.name)),
                (
                    "network.output.layout",
                    json!(x.image().map_or(Layout::Nchw, |(_, layout)| layout)),
                ),
                ("network.output.shape", shape),
            ],
        )
        .changes,
    )?;
    if learned {
        draft.guess(
            "network.output",
            format!("{:?} has twice the channels of the image: the latter half is about the variance of a step, which is not used", output.name),
            vec![choice("the first half", [("network.output.learnedVariance", json!(true))])],
        )?;
    }
    Ok(output.name.to_lowercase())
}

/// The chain of Ho et al. 2020, and others that tutorials use; of `steps` alone where the file says
/// how many there are.
fn chains(steps: Option<usize>) -> Vec<(String, Value)> {
    let linear = |steps: usize| {
        let label = format!("β linear from 0.0001 to 0.02 in {steps} steps");
        (label, json!({"kind": "linear", "steps": steps}))
    };
    let cosine = |steps: usize| {
        (format!("β cosine in {steps} steps"), json!({"kind": "cosine", "steps": steps}))
    };
    match steps {
        Some(steps) if (2..=100_000).contains(&steps) => vec![linear(steps), cosine(steps)],
        _ => {
            vec![linear(1000), cosine(1000), linear(500), linear(400), linear(300), linear(200)]
        }
    }
}

/// Guesses what the network is told of the noise, and what it gives back.
fn time(draft: &mut Draft, t: &Seen, output: &str, steps: Option<usize>) -> Result<()> {
    let mut place = vec![("name", json!(t.name)), ("unbatched", json!(t.unbatched))];
    if !t.shape.is_empty() {
        place.push(("shape", json!(t.shape)));
    }
    let numbers = if t.integer { "integer" } else { "float" };
    let with =
        |label: &str, form: &str, rest: Vec<(&str, Value)>, parameterization: &str| -> Choice {
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
    let chained = |form: &str, prefix: &str| -> Vec<Choice> {
        let all = chains(steps).into_iter();
        all.map(|(label, schedule)| {
            with(&format!("{prefix}{label}"), form, vec![("schedule", schedule)], told)
        })
        .collect()
    };
    let flow = [
        with(
            "flow time, 0 at the data",
            "flow",
            vec![],
            if told == "v" { "velocity" } else { told },
        ),
        with(
            "flow time, 1 at the data",
            "flow",
            vec![("reversed", json!(true))],
            if told == "v" { "velocity" } else { told },
        ),
    ];
    let flow_velocity = [
        with("flow time, 0 at the data, velocity", "flow", vec![], "velocity"),
        with(
            "flow time, 1 at the data, velocity",
            "flow",
            vec![("reversed", json!(true))],
            "velocity",
        ),
    ];
    let sigma = [
        with("σ of the noise", "sigma", vec![], if told == "v" { "epsilon" } else { told }),
        with(
            "ln(σ)/4 with the preconditioning of EDM",
            "sigma",
            vec![("sigmaData", json!(0.5))],
            "edm",
        ),
    ];
    let log_snr = with("log SNR", "log-snr", vec![], told);
    let timesteps = chained("timestep", "a timestep; ");
    let fractions = chained("fraction", "a timestep over the number of steps; ");
    let named = |words: &[&str]| t.is_called(words);

    let (reason, choices): (String, Vec<Choice>) = if named(&["snr", "lambda"]) {
        (format!("the input is called {:?}", t.name), vec![log_snr])
    } else if named(&["sigma"]) || named(&["noise"]) && !t.integer {
        let mut all = sigma.to_vec();
        if named(&["noise"]) {
            all.reverse();
        }
        (format!("the input is called {:?}", t.name), all)
    } else if t.integer {
        let reason = match steps {
            Some(steps) => format!(
                "{:?} picks one of {steps} rows of a table; the training's β cannot be seen in the file",
                t.name
            ),
            None => format!(
                "{:?} is a whole number; the training's β cannot be seen in the file",
                t.name
            ),
        };
        (reason, timesteps)
    } else if velocity {
        let mut all = flow_velocity.to_vec();
        all.extend(timesteps);
        (format!("{:?} is a real number and the output is called {output:?}", t.name), all)
    } else {
        let mut all = timesteps;
        all.extend(fractions);
        all.extend(flow_velocity);
        all.extend(flow);
        all.extend(sigma);
        all.push(log_snr);
        (format!("{:?} is a real number; the check compares what it may mean", t.name), all)
    };
    draft.guess("network.time", reason, choices)?;
    let others: Vec<Choice> = ["epsilon", "x0", "v"]
        .into_iter()
        .filter(|other| *other != told)
        .map(|other| choice(other, [("parameterization", json!(other))]))
        .collect();
    let chosen = draft.entry["parameterization"].clone();
    if !matches!(chosen.as_str(), Some("velocity" | "edm")) {
        let mut choices = vec![choice(
            chosen.as_str().unwrap_or_default(),
            [("parameterization", chosen.clone())],
        )];
        choices.extend(others);
        draft.guess(
            "parameterization",
            format!("the output is called {output:?}; most networks predict the noise ε"),
            choices,
        )?;
    }
    Ok(())
}

fn condition(draft: &mut Draft, network: &Candidate, rest: Vec<&Seen>) -> Result<()> {
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
            choices.push(choice(
                format!("a class, with {:?} = {absent} for none", mask.name),
                [(field, adapter), ("classes", json!(names))],
            ));
        }
        let reason =
            format!("the inputs {:?} and {:?} are beside image and time", class.name, mask.name);
        return draft.guess(field, reason, choices);
    }
    let named = |count: usize| json!((0..count).map(|c| c.to_string()).collect::<Vec<_>>());
    let with = |label: String, null: Value, count: usize| {
        let mut adapter = adapter.clone();
        adapter["null"] = null;
        choice(label, [(field, adapter), ("classes", named(count))])
    };
    let choices = match (length, rows) {
        (Some(n), _) => vec![
            with(format!("one of {n} classes, zeros for none"), json!("zeros"), n),
            with(format!("one of {n} classes, always"), json!("none"), n),
        ],
        (None, Some(rows)) if rows > 1 && rows != 10 && rows != 100 && rows != 1000 => vec![
            with(
                format!("one of {} classes, the last row of {rows} for none", rows - 1),
                json!("extra-index"),
                rows - 1,
            ),
            with(format!("one of {rows} classes, always"), json!("none"), rows),
        ],
        (None, rows) => {
            let n = rows.unwrap_or(names.len());
            vec![
                with(format!("one of {n} classes, always"), json!("none"), n),
                with(format!("one of {n} classes, {n} for none"), json!("extra-index"), n),
            ]
        }
    };
    adapter["null"] = json!("none");
    let reason = match rows {
        Some(rows) => format!("{:?} picks one of {rows} rows of a table", class.name),
        None => format!("the input {:?} is beside image and time", class.name),
    };
    draft.guess(field, reason, choices)
}

/// The number of rows of the table that an index picks from, where the file says.
fn rows_of_table(network: &Candidate, index: &Seen) -> Option<usize> {
    let info = network.info;
    let gather = info.values.iter().find(|value| {
        value.operator == "Gather" && value.inputs.get(1).is_some_and(|name| *name == index.name)
    })?;
    let table = gather.inputs.first()?;
    if let Some(shape) = info.weights.get(table) {
        return usize::try_from(*shape.first()?).ok();
    }
    let value = info.values.iter().find(|value| value.name == *table)?;
    value.shape.as_ref()?.first().copied()
}
