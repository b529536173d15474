//! tract by itself, on graphs as tract-onnx reads them.
#![allow(dead_code, reason = "each benchmark uses its part")]

pub mod graphs;

use std::sync::Arc;

use tract_onnx::prelude::*;

/// A network with the values that it is run on.
pub struct Peer {
    plan: Arc<TypedRunnableModel>,
    inputs: TVec<TValue>,
}

impl Peer {
    /// A model whose inputs have the shapes of these values.
    pub fn new(mut model: InferenceModel, inputs: &[Tensor]) -> Self {
        for (at, value) in inputs.iter().enumerate() {
            model
                .set_input_fact(at, InferenceFact::dt_shape(value.datum_type(), value.shape()))
                .unwrap();
        }
        let plan = model.into_optimized().unwrap().into_runnable().unwrap();
        Self { plan, inputs: inputs.iter().map(|value| value.clone().into_tvalue()).collect() }
    }

    pub fn run(&self) -> TVec<TValue> {
        self.plan.run(self.inputs.clone()).unwrap()
    }
}

/// Dense values in [-1, 1] without a period that an axis could share.
pub fn wave(count: usize) -> Vec<f32> {
    (0..count).map(|at| (1.0 + 0.731 * at as f32).sin()).collect()
}

pub fn tensor(shape: &[usize]) -> Tensor {
    Tensor::from_shape(shape, &wave(shape.iter().product())).unwrap()
}
