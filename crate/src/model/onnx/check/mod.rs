//! The check of an ONNX graph before tract sees it.
//!
//! tract trusts the files that it reads: a missing input, a length that overflows or an index out
//! of range ends a WebAssembly instance. So each node that a wanted output needs is held against
//! the schema of its operator, and types and shapes are computed for all values, with checked
//! arithmetic and limits. What onnxruntime takes should pass, and what it refuses should not.

mod graph;
mod limits;
mod prepare;
mod rules;
mod signature;
mod sources;
#[cfg(test)]
mod tests;
mod value;

use std::collections::HashMap;
use std::rc::Rc;

use tract_onnx::pb::{ModelProto, TensorProto};

use self::graph::Check;
use self::signature::Signatures;
use self::value::Value;
pub(super) use self::value::{Element, element};
use super::import_error::ImportError;

/// Problems that a message names.
const NAMED: usize = 6;

/// An input of the network, as it will be given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a> {
    pub name: &'a str,
    /// `f` for float32, `l` for int64.
    pub element: Element,
    pub shape: &'a [usize],
}

/// What the check has found out about a graph.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    /// Element type and shape of each value that is needed and could be computed.
    pub values: HashMap<String, (Element, Vec<usize>)>,
    /// What the operator Shape gives, by the name of its output.
    pub shapes: HashMap<String, Vec<i64>>,
    /// Multiply-adds of convolutions and matrix products for one run.
    pub multiply_adds: u64,
    /// Estimate of the bytes that weights and the values of a run take.
    pub bytes: u64,
    /// What is wrong, each with node and operator.
    pub problems: Vec<String>,
    /// The first node at fault.
    pub node: Option<String>,
}

/// Checks the part of a graph that the values `outputs` need, with inputs of the given types and
/// shapes. Drops the empty names at the end of lists of inputs and outputs, which tract misreads.
///
/// # Errors
/// All problems in one message, which goes on after the file's name.
pub(super) fn check(
    model: &mut ModelProto,
    inputs: &[Input<'_>],
    outputs: &[&str],
) -> Result<Report, ImportError> {
    let report = inspect(model, inputs, outputs);
    if report.problems.is_empty() {
        return Ok(report);
    }
    let mut message = report.problems[..report.problems.len().min(NAMED)].join("; ");
    if report.problems.len() > NAMED {
        message += &format!("; and {} more", report.problems.len() - NAMED);
    }
    Err(ImportError::from(format!("cannot be used: {message}")).at(report.node))
}

/// As [`check`], but what is wrong is listed in the report, and the rest of the graph described.
pub(super) fn inspect(model: &mut ModelProto, inputs: &[Input<'_>], outputs: &[&str]) -> Report {
    let mut report = Report::default();
    let opset = match prepare::opset(model) {
        Ok(opset) => opset,
        Err(why) => {
            report.problems.push(why);
            return report;
        }
    };
    let Some(graph) = &mut model.graph else {
        report.problems.push("the file has no graph".into());
        return report;
    };
    let signatures = Signatures::new(opset);
    prepare::normalize(graph, &signatures);
    Check::new(graph, opset, report).run(inputs, outputs, &signatures)
}

/// The integers of a tensor of integers; `None` for others, and for one that is damaged.
pub(super) fn integers(tensor: &TensorProto) -> Option<Rc<[i64]>> {
    Value::from_tensor(tensor).ok()?.integers()
}

/// The numbers of a tensor of floating-point numbers; `None` for others, and for one that is
/// damaged.
pub(super) fn reals(tensor: &TensorProto) -> Option<Rc<[f64]>> {
    Value::from_tensor(tensor).ok()?.reals()
}
