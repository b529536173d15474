//! Entry points for fuzzing and for the runs over mutated files (tests/mutations). Not part of the
//! crate's interface.

use crate::error::Result;
use crate::model::onnx::{Datum, Network, TensorSpec, Values};

/// A network whose file is mutated: what it takes and gives.
#[derive(Debug)]
pub struct Case {
    /// Name of the file in tests/fixtures/onnx.
    pub file: &'static str,
    /// Name, type and shape of each input, and the largest value of an input of integers.
    pub inputs: &'static [(&'static str, Datum, &'static [usize], i64)],
    /// Names of the outputs.
    pub outputs: &'static [&'static str],
}

/// Small networks of four kinds.
pub const CASES: [Case; 4] = [
    Case {
        file: "transposed-decoder-jit11.onnx",
        inputs: &[("z", Datum::F32, &[1, 3], 0)],
        outputs: &["logits"],
    },
    Case {
        file: "upsample-decoder-dynamo21.onnx",
        inputs: &[("z", Datum::F32, &[1, 4], 0)],
        outputs: &["mean", "log_scale"],
    },
    Case {
        file: "patch-encoder-dynamo20.onnx",
        inputs: &[("x", Datum::F32, &[1, 1, 16, 16], 0)],
        outputs: &["q_mean", "q_log_var"],
    },
    Case {
        file: "unet-jit15.onnx",
        inputs: &[
            ("x", Datum::F32, &[1, 1, 8, 8], 0),
            ("timesteps", Datum::I64, &[1], 999),
            ("label", Datum::I64, &[1], 3),
        ],
        outputs: &["eps"],
    },
];

impl Case {
    /// Loads a file as this network and runs it once on inputs that tests/fixtures/onnx/make.py
    /// states; the outputs one after the other.
    ///
    /// # Errors
    /// As those of the network: [`ErrorKind::Model`](crate::ErrorKind::Model).
    pub fn run(&self, bytes: &[u8]) -> Result<Vec<f32>> {
        let specs: Vec<TensorSpec> = self
            .inputs
            .iter()
            .map(|&(name, datum, shape, _)| TensorSpec {
                name: name.into(),
                datum,
                shape: shape.into(),
            })
            .collect();
        let network = Network::load(self.file, bytes, None, &specs, self.outputs)?;
        let count = |shape: &[usize]| shape.iter().product::<usize>();
        let reals = |seed: usize, count| -> Vec<f32> {
            (0..count).map(|at| ((37 * at + 11 * seed) % 101) as f32 / 50.0 - 1.0).collect()
        };
        let integers = |seed: usize, count: usize, largest| -> Vec<i64> {
            (0..count).map(|at| (7 * at + 5 * seed) as i64 % (largest + 1)).collect()
        };
        let values: Vec<(Vec<f32>, Vec<i64>)> = self
            .inputs
            .iter()
            .enumerate()
            .map(|(seed, (_, _, shape, largest))| {
                (reals(seed, count(shape)), integers(seed, count(shape), *largest))
            })
            .collect();
        let given: Vec<Values<'_>> = self
            .inputs
            .iter()
            .zip(&values)
            .map(|((_, datum, ..), (reals, integers))| match datum {
                Datum::F32 => Values::F32(reals),
                Datum::I64 => Values::I64(integers),
            })
            .collect();
        Ok(network.run(&given)?.concat())
    }
}

/// Runs a file as the network number `case`, for runs in Node.
///
/// # Errors
/// As [`Case::run`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(js_name = runCase)]
pub fn run_case(case: usize, bytes: &[u8]) -> Result<Vec<f32>, wasm_bindgen::JsError> {
    CASES[case].run(bytes).map_err(|e| wasm_bindgen::JsError::new(&e.with_causes()))
}
