//! Bounds that grow by independent evaluations, which can be computed anywhere, several at a time
//! and in any order.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::{Error, Result};

/// A quantity that is estimated from independent evaluations `0..total()`, each a function of its
/// index alone; an [`Accumulator`] takes care of their order.
pub trait Estimator {
    /// What the estimate says.
    type Outcome;

    /// How many evaluations there are in all.
    fn total(&self) -> usize;

    /// How many values an evaluation has.
    fn values(&self, index: usize) -> usize;

    /// The values of consecutive evaluations, with the same bits whatever range they are part of:
    /// the states of a range go through the network together.
    ///
    /// # Errors
    /// Those of the network.
    fn evaluate(&self, indices: Range<usize>) -> Result<Vec<Vec<f64>>>;

    /// Takes the values of the next evaluation in order; true when that changes the outcome.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if the evaluations that come next cannot be
    /// planned.
    fn record(&mut self, index: usize, values: &[f64]) -> Result<bool>;

    /// The estimate from the first `evaluations`, all of which were recorded; `None` if they are
    /// too few for one.
    fn result(&self, evaluations: usize) -> Option<Self::Outcome>;
}

/// The evaluations of an [`Estimator`] as they arrive. What follows from them is made of the
/// longest prefix of indices that is complete, so it does not depend on who computed what, or was
/// faster.
#[derive(Debug)]
pub struct Accumulator<E> {
    estimator: E,
    recorded: usize,
    pending: BTreeMap<usize, Vec<f64>>,
}

impl<E: Estimator> Accumulator<E> {
    pub(super) fn new(estimator: E) -> Self {
        Self { estimator, recorded: 0, pending: BTreeMap::new() }
    }

    /// Evaluations so far, up to the first that is missing.
    pub fn evaluations(&self) -> usize {
        self.recorded
    }

    /// Evaluations when it is complete.
    pub fn total_evaluations(&self) -> usize {
        self.estimator.total()
    }

    /// Whether all evaluations are there.
    pub fn is_done(&self) -> bool {
        self.recorded == self.estimator.total()
    }

    /// The values of one evaluation, number `index` of `0..total_evaluations()`, for
    /// [`Accumulator::record`]. It depends on image, options, seed and `index` only.
    ///
    /// # Errors
    /// As [`Accumulator::evaluate_range`].
    pub fn evaluate(&self, index: usize) -> Result<Vec<f64>> {
        let mut values = self.evaluate_range(index..index.saturating_add(1))?;
        values.pop().ok_or_else(|| {
            Error::request("there is no such evaluation", "give an index below the number of all")
        })
    }

    /// The values of consecutive evaluations, with the same bits as one by one and faster: their
    /// states go through the network together.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for an index out of range, and those of the
    /// network.
    pub fn evaluate_range(&self, indices: Range<usize>) -> Result<Vec<Vec<f64>>> {
        if indices.is_empty() {
            return Ok(Vec::new());
        }
        self.check(indices.end - 1)?;
        self.estimator.evaluate(indices)
    }

    /// Hands in the values of an evaluation, in any order; true when that changes the estimates of
    /// [`Accumulator::result`]. An index that is there already is passed over: its values are the
    /// same if they come from the same computation.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for an index out of range or a value that is
    /// not finite, [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong number of values.
    pub fn record(&mut self, index: usize, values: &[f64]) -> Result<bool> {
        self.check(index)?;
        let expected = self.estimator.values(index);
        if values.len() != expected {
            return Err(Error::shape(
                format_args!("evaluation {index}"),
                format_args!("{} values", values.len()),
                format_args!("the {expected} values that evaluate({index}) returned"),
            ));
        }
        if let Some(value) = values.iter().find(|v| !v.is_finite()) {
            return Err(Error::value(
                format_args!("a value of evaluation {index}"),
                value,
                "finite",
            ));
        }
        if index >= self.recorded {
            self.pending.entry(index).or_insert_with(|| values.to_vec());
        }
        let mut changed = false;
        while let Some(values) = self.pending.remove(&self.recorded) {
            changed |= self.estimator.record(self.recorded, &values)?;
            self.recorded += 1;
        }
        Ok(changed)
    }

    /// Computes and records the next evaluation; true when that changes the estimates. A complete
    /// one stays as it is.
    ///
    /// # Errors
    /// Those of the network.
    pub fn step(&mut self) -> Result<bool> {
        self.advance(1)
    }

    /// As [`Accumulator::step`], of up to `count` evaluations together.
    ///
    /// # Errors
    /// Those of the network.
    pub fn advance(&mut self, count: usize) -> Result<bool> {
        let first = self.recorded;
        let last = self.total_evaluations().min(first.saturating_add(count));
        let mut changed = false;
        for (values, index) in self.evaluate_range(first..last)?.iter().zip(first..) {
            changed |= self.record(index, values)?;
        }
        Ok(changed)
    }

    /// The estimates so far; `None` before there are any.
    pub fn result(&self) -> Option<E::Outcome> {
        self.estimator.result(self.recorded)
    }

    /// An error unless there is an evaluation of this index.
    fn check(&self, index: usize) -> Result<()> {
        let total = self.total_evaluations();
        if index < total {
            return Ok(());
        }
        Err(Error::value("index", index, format_args!("0 to {}", total - 1)))
    }
}
