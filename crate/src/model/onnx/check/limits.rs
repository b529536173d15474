//! What a graph takes of memory and time, and how much it may.

use std::collections::HashMap;

use super::graph::Check;
use super::value::{self, Value};

/// Bytes that weights and the largest set of values that exist at one time may take.
const MAX_BYTES: u64 = 2 << 30;

/// Multiply-adds for one image; a browser does some 10^10 of them in a second.
const MAX_MULTIPLY_ADDS: u64 = 1 << 42;

impl Check<'_> {
    /// Limits of memory and time, and the shapes for the report.
    pub(super) fn totals(&mut self, outputs: &[&str]) {
        let size = |value: &Value<'_>| value.count() as u64 * value::bytes(value.element) as u64;
        let mut last_use: HashMap<&str, usize> = HashMap::new();
        let nodes = || self.order.iter().map(|&at| &self.graph.node[at]).enumerate();
        for (at, node) in nodes() {
            last_use.extend(node.input.iter().map(|name| (name.as_str(), at)));
        }
        // Constants stay, and are held twice while they are prepared.
        let known = || self.values.iter().filter_map(|(name, v)| Some((*name, v.as_ref()?)));
        let kept: u64 = known().filter(|(_, v)| v.constant).map(|(_, v)| 2 * size(v)).sum();
        let (mut alive, mut most) = (0, 0);
        let mut ends: HashMap<usize, u64> = HashMap::new();
        for (at, node) in nodes() {
            for name in &node.output {
                if let Some(Some(value)) = self.values.get(name.as_str())
                    && !value.constant
                {
                    alive += size(value);
                    if !outputs.contains(&name.as_str()) {
                        let end = last_use.get(name.as_str()).copied().unwrap_or(at);
                        *ends.entry(end).or_default() += size(value);
                    }
                }
            }
            most = most.max(alive);
            alive -= ends.remove(&at).unwrap_or(0);
        }
        self.report.bytes = kept + most;
        self.report.values = known()
            .map(|(name, v)| {
                (name.into(), (v.element, v.shape.iter().map(|&d| d as usize).collect()))
            })
            .collect();
        let given = self.graph.node.iter().filter(|node| node.op_type == "Shape");
        let shapes = given.filter_map(|node| {
            let name = node.output.first()?;
            let value = self.values.get(name.as_str())?.as_ref()?;
            Some((name.clone(), value.integers()?.to_vec()))
        });
        self.report.shapes = shapes.collect();
        if self.report.bytes > MAX_BYTES {
            let problem = format!(
                "it would take {} MB of memory, at most {} MB are possible: a smaller image or a \
                 smaller model fits",
                self.report.bytes >> 20,
                MAX_BYTES >> 20
            );
            self.problem(problem);
        }
        if self.report.multiply_adds > MAX_MULTIPLY_ADDS {
            let problem = format!(
                "one image would take {:.1e} multiply-adds, which is minutes of computing",
                self.report.multiply_adds as f64
            );
            self.problem(problem);
        }
    }
}
