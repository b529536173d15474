//! Values that arrive in any order and are used in the order of their indices.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// Independent evaluations `0..total`, handed in by whoever computes them. What follows from them
/// is made of the longest prefix of indices that is complete, so it does not depend on who was
/// faster.
pub(super) struct InOrder {
    total: usize,
    taken: usize,
    waiting: BTreeMap<usize, Vec<f64>>,
}

impl InOrder {
    pub(super) fn new(total: usize) -> Self {
        Self { total, taken: 0, waiting: BTreeMap::new() }
    }

    /// How many there are in all.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// How many have been taken: the index of the first that is missing.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// An error unless there is an evaluation of this index.
    pub(super) fn check(&self, index: usize) -> Result<()> {
        if index < self.total {
            return Ok(());
        }
        Err(Error::value(format!("index is {index}, it must be 0 to {}", self.total - 1)))
    }

    /// Hands in the values of an index, of which there must be `expected`. An index that is there
    /// already keeps its values, which are the same if they come from the same computation.
    pub(super) fn insert(&mut self, index: usize, values: &[f64], expected: usize) -> Result<()> {
        self.check(index)?;
        if values.len() != expected {
            return Err(Error::shape(format!(
                "evaluation {index} has {expected} values and {} were handed in: give what evaluate({index}) returned",
                values.len()
            )));
        }
        if let Some(value) = values.iter().find(|v| !v.is_finite()) {
            return Err(Error::value(format!(
                "evaluation {index} has the value {value}, it must be finite"
            )));
        }
        if index >= self.taken {
            self.waiting.entry(index).or_insert_with(|| values.to_vec());
        }
        Ok(())
    }

    /// Takes the values of the next index, if they are there.
    pub(super) fn take(&mut self) -> Option<Vec<f64>> {
        let values = self.waiting.remove(&self.taken)?;
        self.taken += 1;
        Some(values)
    }
}
