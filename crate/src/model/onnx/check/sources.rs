//! What a graph starts from: the inputs as they are given, and its weights.

use std::collections::HashSet;

use tract_onnx::pb::ValueInfoProto;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;

use super::Input;
use super::graph::Check;
use super::value::{self, Value, declared_tensor, element};

impl Check<'_> {
    /// Inputs and weights.
    pub(super) fn sources(&mut self, inputs: &[Input<'_>], outputs: &[&str]) {
        let graph = self.graph;
        let needed = self.needed(outputs);
        let weights: HashSet<&str> =
            graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
        for declared in &graph.input {
            let name = declared.name.as_str();
            let value = if let Some(input) = inputs.iter().find(|input| input.name == name) {
                match given(input, declared) {
                    Ok(value) => Some(value),
                    Err(why) => {
                        self.problem(why);
                        None
                    }
                }
            } else if weights.contains(name) {
                continue;
            } else {
                if needed.contains(name) {
                    self.problem(format!("its input {name:?} is not given"));
                }
                None
            };
            self.values.insert(name, value);
        }
        // Of tensors of one name the last counts.
        for tensor in graph.initializer.iter().rev() {
            let name = tensor.name.as_str();
            let is_needed = needed.contains(name);
            if self.values.contains_key(name) && is_needed {
                continue;
            }
            let value = match Value::from_tensor(tensor).and_then(|value| {
                if is_needed && value.has_nan() {
                    return Err("it has values that are not numbers (NaN): it is damaged".into());
                }
                Ok(value)
            }) {
                Ok(value) => Some(value),
                // Weights of other parts of the graph may be of a kind that is not supported.
                Err(_) if !is_needed && !value::is_damaged(tensor) => None,
                Err(why) => {
                    self.problem(format!("weight {name:?}: {why}"));
                    None
                }
            };
            self.values.insert(name, value);
        }
    }
}

/// A given input, which must be as the file declares it.
fn given<'a>(input: &Input<'_>, declared: &ValueInfoProto) -> Result<Value<'a>, String> {
    let name = &declared.name;
    let tensor = declared_tensor(declared)
        .ok_or_else(|| format!("its input {name:?} is not declared as a tensor"))?;
    if element(i64::from(tensor.elem_type)) != Some(input.element) {
        return Err(format!(
            "its input {name:?} takes {}, it is given {}",
            value::type_name(tensor.elem_type),
            value::name(input.element)
        ));
    }
    if let Some(shape) = &tensor.shape {
        let dims: Vec<Option<&Dimension>> =
            shape.dim.iter().map(|dim| dim.value.as_ref()).collect();
        // A name or a negative number means any length.
        let fits = |(dim, &length): (&Option<&Dimension>, &usize)| match dim {
            Some(Dimension::DimValue(value)) => *value < 0 || *value == length as i64,
            Some(Dimension::DimParam(_)) | None => true,
        };
        let is_same = dims.len() == input.shape.len();
        if !is_same || !dims.iter().zip(input.shape).all(fits) {
            let stated: Vec<String> = dims
                .iter()
                .map(|dim| match dim {
                    Some(Dimension::DimValue(value)) => value.to_string(),
                    Some(Dimension::DimParam(symbol)) => symbol.clone(),
                    None => "?".into(),
                })
                .collect();
            return Err(format!(
                "its input {name:?} has the shape [{}], it is given {:?}",
                stated.join(", "),
                input.shape
            ));
        }
    }
    let shape: Vec<i64> = input.shape.iter().map(|&length| length as i64).collect();
    value::count(&shape).map_err(|why| format!("its input {name:?} is {why}"))?;
    Ok(Value::new(input.element, shape))
}
