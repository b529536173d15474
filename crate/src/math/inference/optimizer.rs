//! Steps uphill along a gradient.

use super::variational::{PARAMETERS, Parameters};

/// A kind of optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimizerKind {
    /// Stochastic gradient ascent with a constant learning rate (Robbins & Monro 1951).
    Sgd,
    /// Adam with β_1 = 0.9, β_2 = 0.999, ε = 1e-8 (Kingma & Ba 2015, algorithm 1), uphill.
    Adam,
}

/// An optimizer and what it remembers.
#[derive(Clone, Debug)]
pub struct Optimizer {
    kind: OptimizerKind,
    learning_rate: f64,
    steps: i32,
    first: Vec<Parameters>,
    second: Vec<Parameters>,
}

impl Optimizer {
    const DECAY: (f64, f64) = (0.9, 0.999);
    const EPSILON: f64 = 1e-8;

    /// A new optimizer for the parameters of that many components.
    #[must_use]
    pub fn new(kind: OptimizerKind, learning_rate: f64, components: usize) -> Self {
        let zero = vec![[0.0; PARAMETERS]; components];
        Self { kind, learning_rate, steps: 0, first: zero.clone(), second: zero }
    }

    /// Moves the parameters one step along `gradient`.
    pub fn ascend(&mut self, parameters: &mut [Parameters], gradient: &[Parameters]) {
        self.steps = self.steps.saturating_add(1);
        let (decay_1, decay_2) = Self::DECAY;
        // The moments start at 0; these take the bias away.
        let (bias_1, bias_2) = (1.0 - power(decay_1, self.steps), 1.0 - power(decay_2, self.steps));
        let moments = self.first.iter_mut().flatten().zip(self.second.iter_mut().flatten());
        for ((parameter, &g), (m, v)) in
            parameters.iter_mut().flatten().zip(gradient.iter().flatten()).zip(moments)
        {
            *parameter += self.learning_rate
                * match self.kind {
                    OptimizerKind::Sgd => g,
                    OptimizerKind::Adam => {
                        *m = decay_1 * *m + (1.0 - decay_1) * g;
                        *v = decay_2 * *v + (1.0 - decay_2) * g * g;
                        (*m / bias_1) / ((*v / bias_2).sqrt() + Self::EPSILON)
                    }
                };
        }
    }
}

fn power(base: f64, exponent: i32) -> f64 {
    libm::pow(base, f64::from(exponent))
}
