//! Where the time of a network goes, operator by operator.

use std::collections::HashMap;

use serde::Serialize;
use tract_core::internal::*;

use super::info::one_image;
use super::operator::{self, Cost, of_states};
use super::states::States;
use super::{Datum, Dim, Network, TensorSpec, import, inspect};
use crate::error::{Error, Result};

/// The time of the operators of one name and shape in one run of a network.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OperatorTime {
    /// Name of the operator.
    pub operator: String,
    /// Shape of its result for one state, as it lies in memory.
    pub shape: Vec<usize>,
    /// How many such operators the network has.
    pub count: usize,
    /// Milliseconds of all of them.
    pub time: f64,
    /// Their multiply-adds for all states: of a convolution as its definition counts them, however
    /// it is computed.
    pub multiply_adds: u64,
    /// Bytes of what they read and write, each counted once: values of all states, and weights.
    pub bytes: u64,
}

/// Runs an ONNX file (called `path` in messages) `runs` times on so many states at once and says
/// which operators took how long in the mean; the last entry, `(between operators)`, is what passed
/// outside all of them. Shapes that are open are those for one image. `clock` tells the time in any
/// unit; one too coarse for single operators evens out over many runs.
///
/// # Errors
/// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file cannot be run,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for no states or no runs.
pub fn profile(
    path: &str,
    bytes: &[u8],
    states: usize,
    runs: usize,
    mut clock: impl FnMut() -> f64,
) -> Result<Vec<OperatorTime>> {
    if states == 0 || runs == 0 {
        return Err(Error::request("states and runs must be positive", "give 1 or more of each"));
    }
    let network = with_all_outputs(path, bytes, None)?;
    import::catch(|| network.timed(states, runs, &mut clock))
        .map_err(|e| Error::file(path, "failed to run").caused_by(e))
}

/// Runs an ONNX file (called `path` in messages), whose weights may be in another, `external`, once
/// on the values that [`profile`] runs it on: in each input of real numbers the i-th is
/// sin(0.37 i), and all integers are 0. All values of each of its outputs, in their order.
///
/// # Errors
/// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file cannot be run.
pub fn probe(path: &str, bytes: &[u8], external: Option<&[u8]>) -> Result<Vec<Vec<f32>>> {
    let network = with_all_outputs(path, bytes, external)?;
    import::catch(|| {
        let results = network.plan.run(network.probes(1)?)?;
        results.iter().map(|value| Ok(operator::values(value)?.to_vec())).collect()
    })
    .map_err(|e| Error::file(path, "failed to run").caused_by(e))
}

/// A file with all its inputs and outputs, for one image.
fn with_all_outputs(path: &str, bytes: &[u8], external: Option<&[u8]>) -> Result<Network> {
    let info = inspect(bytes, external)?;
    let inputs: Vec<TensorSpec> = info
        .inputs
        .into_iter()
        .map(|port| {
            let dims = port.shape.unwrap_or_default();
            let length = |dim: &Dim| match dim {
                Dim::Fixed(length) => *length,
                Dim::Symbol(_) => 1,
            };
            let shape = one_image(&dims, info.size);
            let shape = shape.unwrap_or_else(|| dims.iter().map(length).collect());
            if port.element_type.contains("float") {
                TensorSpec::f32(port.name, &shape)
            } else {
                TensorSpec::i64(port.name, &shape)
            }
        })
        .collect();
    let outputs: Vec<String> = info.outputs.into_iter().map(|port| port.name).collect();
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    Network::load(path, bytes, external, &inputs, &outputs)
}

impl Network {
    /// The values that a profile is made on.
    fn probes(&self, states: usize) -> TractResult<TVec<TValue>> {
        let inputs = self.inputs.iter().map(|spec| {
            let shape = of_states(states, &spec.shape);
            let length: usize = shape.iter().product();
            let tensor = match spec.datum {
                Datum::F32 => {
                    let values: Vec<f32> =
                        (0..length).map(|at| libm::sinf(0.37 * at as f32)).collect();
                    Tensor::from_shape(&shape, &values)?
                }
                Datum::I64 => Tensor::from_shape(&shape, &vec![0_i64; length])?,
            };
            Ok(tensor.into_tvalue())
        });
        inputs.collect()
    }

    fn timed(
        &self,
        states: usize,
        runs: usize,
        clock: &mut dyn FnMut() -> f64,
    ) -> TractResult<Vec<OperatorTime>> {
        let inputs = self.probes(states)?;
        let mut entries: Vec<OperatorTime> = Vec::new();
        let mut places: HashMap<usize, usize> = HashMap::new();
        let mut inside = 0.0;
        let mut all = 0.0;
        // The first run is not counted.
        for run in 0..=runs {
            let mut state = self.plan.spawn()?;
            let begun = clock();
            state.run_plan_with_eval(inputs.clone(), |context, op_state, node, inputs| {
                let bytes: usize = inputs.iter().map(|input| byte_length(input)).sum();
                let from = clock();
                let results = tract_core::plan::eval(context, op_state, node, inputs)?;
                let time = clock() - from;
                if run > 0 {
                    inside += time;
                    let at = *places.entry(node.id).or_insert_with(|| {
                        let bytes = bytes + results.iter().map(|r| byte_length(r)).sum::<usize>();
                        place(&mut entries, node, states, bytes as u64)
                    });
                    entries[at].time += time;
                }
                TractResult::Ok(results)
            })?;
            if run > 0 {
                all += clock() - begun;
            }
        }
        entries.push(OperatorTime {
            operator: "(between operators)".into(),
            shape: Vec::new(),
            count: 1,
            time: (all - inside).max(0.0),
            multiply_adds: 0,
            bytes: 0,
        });
        entries.iter_mut().for_each(|entry| entry.time /= runs as f64);
        Ok(entries)
    }
}

/// The entry of an operator, which is counted there.
fn place(entries: &mut Vec<OperatorTime>, node: &TypedNode, states: usize, bytes: u64) -> usize {
    let operator = node.op.name().to_string();
    let dims = node.outputs[0].fact.shape.iter().filter_map(|dim| dim.to_usize().ok());
    let shape: Vec<usize> = dims.collect();
    let Cost { multiply_adds, weight_bytes } =
        node.op_as::<States>().map(States::cost).unwrap_or_default();
    let known = |entry: &OperatorTime| entry.operator == operator && entry.shape == shape;
    let at = entries.iter().position(known).unwrap_or(entries.len());
    if at == entries.len() {
        let (multiply_adds, bytes) = (0, 0);
        entries.push(OperatorTime { operator, shape, count: 0, time: 0.0, multiply_adds, bytes });
    }
    entries[at].count += 1;
    entries[at].multiply_adds += multiply_adds * states as u64;
    entries[at].bytes += bytes + weight_bytes;
    at
}

fn byte_length(value: &Tensor) -> usize {
    value.len() * value.datum_type().size_of()
}
