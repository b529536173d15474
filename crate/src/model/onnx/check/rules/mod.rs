//! For each operator: what its inputs and attributes must fulfil, and the shapes of its outputs.
//!
//! All arithmetic on lengths is checked 64-bit arithmetic. Constants of integers are followed
//! through the operators that exporters compute shapes with.

mod elementwise;
mod fold;
mod index;
mod layers;
mod pieces;
mod shape;
mod windows;

use tract_onnx::pb::{AttributeProto, NodeProto};

use super::value::{self, Data, Element, Value};

/// What a node gives.
pub(super) struct Output {
    pub shape: Vec<i64>,
    /// The type, where it is not that of an input.
    pub element: Option<Element>,
    pub data: Option<Data>,
}

impl Output {
    fn new(shape: impl Into<Vec<i64>>) -> Self {
        Self { shape: shape.into(), element: None, data: None }
    }

    fn of(shape: impl Into<Vec<i64>>, element: Element) -> Self {
        Self { element: Some(element), ..Self::new(shape) }
    }

    fn with(self, data: Option<Data>) -> Self {
        Self { data, ..self }
    }
}

type Rule<T = Vec<Output>> = Result<T, String>;

/// A node with the values that it takes.
pub(super) struct Call<'a, 'c> {
    pub node: &'a NodeProto,
    pub opset: i64,
    pub inputs: &'c [Option<Value<'a>>],
}

impl<'a> Call<'a, '_> {
    fn input(&self, at: usize) -> Rule<&Value<'a>> {
        self.optional(at).ok_or_else(|| format!("input {at} is missing"))
    }

    fn optional(&self, at: usize) -> Option<&Value<'a>> {
        self.inputs.get(at)?.as_ref()
    }

    fn attribute(&self, name: &str) -> Option<&'a AttributeProto> {
        self.node.attribute.iter().find(|attribute| attribute.name == name)
    }

    fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).map_or(default, |attribute| attribute.i)
    }

    fn float(&self, name: &str, default: f32) -> f32 {
        self.attribute(name).map_or(default, |attribute| attribute.f)
    }

    fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.attribute(name).map(|attribute| attribute.ints.as_slice())
    }

    fn string(&self, name: &str, default: &'static str) -> Rule<&'a str> {
        match self.attribute(name) {
            Some(attribute) => std::str::from_utf8(&attribute.s)
                .map_err(|_| format!("its attribute {name:?} is not a text")),
            None => Ok(default),
        }
    }

    /// One of some words.
    fn word(&self, name: &str, default: &'static str, allowed: &[&str]) -> Rule<&'a str> {
        let found = self.string(name, default)?;
        if allowed.contains(&found) {
            return Ok(found);
        }
        Err(format!("{name} = {found:?} is not supported, only {allowed:?}"))
    }

    /// An attribute that is 0 or 1.
    fn flag(&self, name: &str, default: bool) -> Rule<bool> {
        match self.int(name, i64::from(default)) {
            0 => Ok(false),
            1 => Ok(true),
            found => Err(format!("{name} = {found}, it must be 0 or 1")),
        }
    }

    /// The axis that an attribute names.
    fn axis(&self, name: &str, default: i64, rank: i64) -> Rule<usize> {
        axis(self.int(name, default), rank)
    }

    /// The integers of an input that must be constant.
    fn constant(&self, at: usize, what: &str) -> Rule<std::rc::Rc<[i64]>> {
        let input = self.input(at)?;
        input.integers().ok_or_else(|| {
            format!(
                "its {what} (input {at}) are computed from the network's inputs; they must be \
                 constant: export with fixed shapes"
            )
        })
    }

    /// A list of integers that older operators have as an attribute, newer ones as an input.
    fn list(&self, name: &str, at: usize) -> Rule<Option<Vec<i64>>> {
        if let Some(list) = self.ints(name) {
            return Ok(Some(list.to_vec()));
        }
        if self.optional(at).is_none() {
            return Ok(None);
        }
        if self.input(at)?.rank() > 1 {
            return Err(format!("its {name} (input {at}) are not a list"));
        }
        Ok(Some(self.constant(at, name)?.to_vec()))
    }
}

/// The outputs of a node.
pub(super) fn apply(call: &Call<'_, '_>) -> Rule {
    let operator = call.node.op_type.as_str();
    let rule = elementwise::rule(operator)
        .or_else(|| windows::rule(operator))
        .or_else(|| layers::rule(operator))
        .or_else(|| pieces::rule(operator))
        .or_else(|| shape::rule(operator))
        .or_else(|| index::rule(operator));
    let outputs = rule.ok_or("this operator is not supported")?(call)?;
    for output in &outputs {
        value::count(&output.shape).map_err(|why| format!("gives {why}"))?;
    }
    Ok(outputs)
}

/// Multiply-adds of a node, with the shapes of its outputs known.
pub(super) fn multiply_adds(call: &Call<'_, '_>, output: &[i64]) -> u64 {
    layers::multiply_adds(call, output)
}

type Apply = fn(&Call<'_, '_>) -> Rule;

fn axis(axis: i64, rank: i64) -> Rule<usize> {
    if axis < -rank || axis >= rank {
        return Err(format!("axis {axis} is out of range for a value of {rank} axes"));
    }
    Ok((if axis < 0 { axis + rank } else { axis }) as usize)
}

/// Axes of which each may be named once.
fn axes(list: &[i64], rank: i64) -> Rule<Vec<usize>> {
    let mut found = Vec::new();
    for &at in list {
        let at = axis(at, rank)?;
        if found.contains(&at) {
            return Err(format!("axis {at} is named twice"));
        }
        found.push(at);
    }
    Ok(found)
}

fn add(a: i64, b: i64) -> Rule<i64> {
    a.checked_add(b).ok_or_else(overflow)
}

fn multiply(a: i64, b: i64) -> Rule<i64> {
    a.checked_mul(b).ok_or_else(overflow)
}

fn overflow() -> String {
    "a length exceeds what 64 bits hold".into()
}

/// The common shape of values that are broadcast onto each other.
fn broadcast<'s>(shapes: impl IntoIterator<Item = &'s [i64]>) -> Rule<Vec<i64>> {
    let mut result: Vec<i64> = Vec::new();
    for shape in shapes {
        let missing = shape.len().saturating_sub(result.len());
        result.splice(0..0, std::iter::repeat_n(1, missing));
        let offset = result.len() - shape.len();
        for (at, &dim) in shape.iter().enumerate() {
            let common = &mut result[offset + at];
            match (*common, dim) {
                (a, b) if a == b => {}
                (1, b) => *common = b,
                (_, 1) => {}
                _ => return Err(format!("shapes {result:?} and {shape:?} cannot be broadcast")),
            }
        }
    }
    Ok(result)
}

/// Fails unless a value can be broadcast to a shape without changing that.
fn broadcast_to(value: &[i64], shape: &[i64], what: &str) -> Rule<()> {
    match broadcast([value, shape]) {
        Ok(common) if common == shape => Ok(()),
        _ => Err(format!("{what} of shape {value:?} does not fit {shape:?}")),
    }
}
