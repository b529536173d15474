//! The draw of a code in a graph: z = mean + standard deviation · noise (Kingma & Welling 2014).

use std::collections::HashSet;

use super::ports::MOVES;
use super::whole;
use crate::model::onnx::{GraphInfo, GraphValue};

/// What a code is drawn from, by the names of values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reparameterization {
    pub(super) mean: String,
    pub(super) spread: String,
    /// What the spread is, as an entry calls it.
    pub(super) form: &'static str,
}

/// The draw of a code of so many numbers, from noise that the graph makes itself or that is an
/// input. As the noise is multiplied by the standard deviation, the graph says which value is that,
/// or of which it is made, whatever the names are.
pub(super) fn find(info: &GraphInfo, latents: usize) -> Option<Reparameterization> {
    let graph = Graph { info, drawn: whole::drawn(info) };
    info.values
        .iter()
        .filter(|sum| sum.operator == "Add" && elements(sum) == Some(latents))
        .find_map(|sum| graph.draw(sum))
}

fn elements(value: &GraphValue) -> Option<usize> {
    value.shape.as_ref().map(|shape| shape.iter().product())
}

struct Graph<'a> {
    info: &'a GraphInfo,
    drawn: HashSet<&'a str>,
}

impl<'a> Graph<'a> {
    fn value(&self, name: &str) -> Option<&'a GraphValue> {
        self.info.values.iter().find(|value| value.name == name)
    }

    /// The value behind those that only move its numbers.
    fn origin(&self, name: &'a str) -> &'a str {
        let mut name = name;
        while let Some(value) = self.value(name)
            && let Some(before) = value.inputs.first()
            && (MOVES.contains(&value.operator.as_str()) || self.repeats_nothing(value, before))
        {
            name = before;
        }
        name
    }

    /// Whether an Expand, with which distributions bring their parameters to one shape, finds them
    /// in it.
    fn repeats_nothing(&self, value: &GraphValue, before: &str) -> bool {
        let count = elements(value).filter(|_| value.operator == "Expand");
        count.is_some() && count == self.value(before).and_then(elements)
    }

    /// The operator that makes it.
    fn made(&self, name: &'a str) -> Option<&'a GraphValue> {
        self.value(self.origin(name))
    }

    /// Noise that the graph makes, or that is an input.
    fn is_noise(&self, name: &'a str) -> bool {
        let origin = self.origin(name);
        self.drawn.contains(name) || self.info.inputs.iter().any(|port| port.name == origin)
    }

    /// Whether a value is made of an input. Noise may be drawn from a normal distribution of
    /// constants that the graph spells out.
    fn is_of_input(&self, name: &str) -> bool {
        let graph = whole::Graph::new(self.info);
        self.info.inputs.iter().any(|port| graph.needs(name, None, &port.name))
    }

    fn is_scalar(&self, name: &'a str) -> bool {
        let weight = self.info.weights.get(name).map(|shape| shape.iter().product::<u64>() == 1);
        weight.unwrap_or_else(|| {
            let constant = self.made(name).filter(|value| value.inputs.is_empty());
            constant.and_then(elements) == Some(1)
        })
    }

    /// The draw that ends in this sum.
    fn draw(&self, sum: &'a GraphValue) -> Option<Reparameterization> {
        let (mean, scaled) = either(&sum.inputs, |mean, scaled| {
            !self.is_noise(mean)
                && self.is_of_input(mean)
                && self.made(scaled).is_some_and(|v| v.operator == "Mul")
        })?;
        let factors = &self.made(scaled)?.inputs;
        let (std, _) = either(factors, |std, noise| self.is_noise(noise) && !self.is_noise(std))?;
        let (spread, form) = self.spread(std);
        Some(Reparameterization { mean: mean.into(), spread: spread.into(), form })
    }

    /// The value that a standard deviation is made of, and what that is; itself where it is made in
    /// no usual way.
    fn spread(&self, std: &'a str) -> (&'a str, &'static str) {
        let exp = self.made(std).filter(|value| value.operator == "Exp");
        let Some(logarithm) = exp.and_then(|exp| exp.inputs.first()) else { return (std, "std") };
        let half = self
            .made(logarithm)
            .filter(|value| matches!(value.operator.as_str(), "Mul" | "Div"))
            .and_then(|half| {
                either(&half.inputs, |value, factor| {
                    self.is_scalar(factor) && !self.is_scalar(value)
                })
            });
        match half {
            Some((log_var, _)) => (log_var, "log-var"),
            None => (logarithm, "log-std"),
        }
    }
}

/// Both inputs, in the order in which they fit.
fn either<'a>(
    inputs: &'a [String],
    fits: impl Fn(&'a str, &'a str) -> bool,
) -> Option<(&'a str, &'a str)> {
    let [a, b] = inputs else { return None };
    [(a, b), (b, a)].into_iter().map(|(a, b)| (a.as_str(), b.as_str())).find(|(a, b)| fits(a, b))
}
