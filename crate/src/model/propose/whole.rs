//! The two halves of an autoencoder that is in one file.

use std::collections::{HashMap, HashSet};

use super::ports::{Seen, of_value};
use super::{Candidate, Role};
use crate::model::onnx::{GraphInfo, GraphValue};

/// Encoder and decoder: what comes before the code and what is made of it. None where the image
/// that comes out is made of no value that is much smaller than the image that goes in.
pub(super) fn halves<'a>(whole: &Candidate<'a>) -> Option<[Candidate<'a>; 2]> {
    let info = whole.info;
    let graph = Graph::new(info);
    let image = whole.inputs.iter().find(|port| port.image().is_some())?;
    let pixels = image.image()?.0.dimensions();
    let drawn = drawn(info);
    // the parts of q(z|x) in the file
    let told: Vec<Seen> = whole
        .outputs
        .iter()
        .filter(|port| port.vector().is_some() && !drawn.contains(port.name.as_str()))
        .cloned()
        .collect();
    let lengths: Vec<usize> = told.iter().filter_map(Seen::vector).collect();
    let mut found: Option<(&Seen, Seen)> = None;
    for output in whole.outputs.iter().filter(|port| port.image().is_some()) {
        for value in &info.values {
            let seen = of_value(value, info);
            let Some(length) = seen.vector().filter(|length| 2 * length <= pixels) else {
                continue;
            };
            let is_told = told.is_empty() || lengths.contains(&length);
            let smallest = found.as_ref().and_then(|(_, code)| code.vector());
            let smaller = smallest.is_none_or(|smallest| length < smallest);
            if is_told && smaller && graph.is_cut(&value.name, &image.name, &output.name) {
                found = Some((output, seen));
            }
        }
    }
    let (output, code) = found?;
    let half = |inputs: Vec<Seen>, outputs: Vec<Seen>, role: Role| Candidate {
        name: whole.name,
        info,
        inputs,
        outputs,
        role: Some(role),
    };
    let beside = whole.inputs.iter().filter(|port| {
        port.name != image.name && graph.needs(&output.name, Some(&code.name), &port.name)
    });
    let inputs = std::iter::once(&code).chain(beside).cloned().collect();
    let decoder = half(inputs, vec![output.clone()], Role::Decoder);
    let outputs = match told.is_empty() && !drawn.contains(code.name.as_str()) {
        true => vec![code],
        false => told,
    };
    // noise that is an input is for the code alone
    let is_used = |port: &&Seen| {
        port.name == image.name
            || outputs.is_empty()
            || outputs.iter().any(|output| graph.needs(&output.name, None, &port.name))
    };
    let inputs = whole.inputs.iter().filter(is_used).cloned().collect();
    Some([half(inputs, outputs, Role::Encoder), decoder])
}

/// The values that depend on what is drawn at random.
pub(super) fn drawn(info: &GraphInfo) -> HashSet<&str> {
    let mut drawn = HashSet::new();
    // nodes may stand in any order
    loop {
        let before = drawn.len();
        for value in &info.values {
            let random = value.operator.starts_with("Random");
            if random || value.inputs.iter().any(|input| drawn.contains(input.as_str())) {
                drawn.insert(value.name.as_str());
            }
        }
        if drawn.len() == before {
            return drawn;
        }
    }
}

/// Which values are made of which.
pub(super) struct Graph<'a> {
    made: HashMap<&'a str, &'a GraphValue>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(info: &'a GraphInfo) -> Self {
        Self { made: info.values.iter().map(|value| (value.name.as_str(), value)).collect() }
    }

    /// Whether the numbers of `output` are made of those of `input` by a way that does not lead
    /// through `without`. A shape is fixed, whatever the numbers are.
    pub(super) fn needs(&self, output: &str, without: Option<&str>, input: &str) -> bool {
        let mut open = vec![output];
        let mut seen: HashSet<&str> = open.iter().copied().collect();
        while let Some(name) = open.pop() {
            if name == input {
                return true;
            }
            let made = self.made.get(name).filter(|_| without != Some(name));
            let Some(value) = made.filter(|value| value.operator != "Shape") else { continue };
            open.extend(value.inputs.iter().map(String::as_str).filter(|name| seen.insert(name)));
        }
        false
    }

    /// Whether all that `output` has of `input` goes through `value`.
    fn is_cut(&self, value: &str, input: &str, output: &str) -> bool {
        self.needs(value, None, input)
            && self.needs(output, None, value)
            && !self.needs(output, Some(value), input)
    }
}
