//! Lowering of products of matrices: tract's EinSum of two values, by the roles of its axes.

use tract_core::internal::*;
use tract_core::ops::einsum::EinSum;

use super::fuse::Fusion;
use super::layout::Rearrange;
use super::lowering::{Lowering, Value};
use super::ops::{Linear, MatMul};
use super::roles::Roles;
use crate::kernels::packed::PackedMatrix;

impl Lowering<'_> {
    /// A product; `fusion` says what is done to its result if it [`is_linear`](Roles::is_linear).
    pub(super) fn product(
        &mut self,
        op: &EinSum,
        inputs: &[Value],
        fusion: Option<&Fusion>,
    ) -> TractResult<Value> {
        ensure!(op.q_params.is_none(), "products of quantized values are not supported");
        if let [x] = inputs {
            return self.reordered(op, x);
        }
        let [a, b] = inputs else { bail!("a product of {} values", inputs.len()) };
        for value in inputs {
            let found = self.datum_type(value)?;
            ensure!(found == DatumType::F32, "products of {found:?} are not supported");
        }
        let roles = Roles::of(op, &[self.shape(a)?, self.shape(b)?])?;
        let batch = roles.lengths(0, roles.batch.iter().map(|axis| axis[0]));
        let rows = roles.lengths(0, roles.rows.iter().map(|axis| axis[0]));
        let columns = roles.lengths(1, roles.columns.iter().map(|axis| axis[0]));
        let depth = roles.lengths(0, roles.depth.iter().map(|axis| axis[0]));
        let product = |lengths: &[usize]| lengths.iter().product::<usize>();
        let [n, m, k, c] = [&batch, &rows, &depth, &columns].map(|lengths| product(lengths));

        let a_order: Vec<usize> = (roles.batch.iter().map(|axis| axis[0]))
            .chain(roles.rows.iter().map(|axis| axis[0]))
            .chain(roles.depth.iter().map(|axis| axis[0]))
            .chain(roles.unused[0].iter().copied())
            .collect();
        let b_batch = || roles.batch.iter().map(|axis| axis[1]);
        let b_columns = || roles.columns.iter().map(|axis| axis[0]);
        let b_depth = || roles.depth.iter().map(|axis| axis[1]);
        let b_unused = || roles.unused[1].iter().copied();
        let b_order: Vec<usize> =
            b_batch().chain(b_depth()).chain(b_columns()).chain(b_unused()).collect();
        let b_transposed: Vec<usize> =
            b_batch().chain(b_columns()).chain(b_depth()).chain(b_unused()).collect();

        let result = if n == 1 && b.constant().is_some() {
            let weights = self.transpose(b, &b_order)?;
            let x = self.transpose(a, &a_order)?;
            let x = self.reshape(&x, &[m, k])?;
            self.linear(&x, &weights, [m, k, c], fusion)?
        } else if n == 1 && a.constant().is_some() {
            let weights = self.transpose(a, &a_order)?;
            let weights = self.reshape(&weights, &[m, k])?;
            let weights = self.transpose(&weights, &[1, 0])?;
            let x = self.transpose(b, &b_transposed)?;
            let x = self.reshape(&x, &[c, k])?;
            let turned = self.linear(&x, &weights, [c, k, m], None)?;
            self.transpose(&turned, &[1, 0])?
        } else {
            let transposed = self.moves(b, &b_order)? && !self.moves(b, &b_transposed)?;
            let a = self.transpose(a, &a_order)?;
            let a = self.reshape(&a, &[n, m, k])?;
            let b = self.transpose(b, if transposed { &b_transposed } else { &b_order })?;
            let b = self.reshape(&b, &if transposed { [n, c, k] } else { [n, k, c] })?;
            self.wire(MatMul { depth: k, transposed, shape: tvec!(n, m, c) }, &[a, b])?
        };

        let lengths = [batch, rows, columns].concat();
        let result = self.reshape(&result, &lengths)?;
        let places: Vec<usize> = (roles.batch.iter().map(|axis| axis[2]))
            .chain(roles.rows.iter().map(|axis| axis[1]))
            .chain(roles.columns.iter().map(|axis| axis[1]))
            .collect();
        let mut order = vec![0; places.len()];
        for (at, &place) in places.iter().enumerate() {
            order[place] = at;
        }
        self.transpose(&result, &order)
    }

    fn linear(
        &mut self,
        x: &Value,
        weights: &Value,
        [rows, depth, columns]: [usize; 3],
        fusion: Option<&Fusion>,
    ) -> TractResult<Value> {
        let weights = weights.constant().context("weights are not constant")?;
        let values = weights.try_as_plain_ram()?;
        let values = values.as_slice::<f32>()?;
        let affine = fusion.and_then(|fusion| fusion.affine.as_ref());
        let weights = match affine {
            Some((scale, _)) => PackedMatrix::new(depth, columns, |k, column| {
                values[k * columns + column] * scale[column]
            }),
            None => PackedMatrix::new(depth, columns, |k, column| values[k * columns + column]),
        };
        let op = Linear {
            weights: Arc::new(weights),
            bias: Arc::new(affine.map(|(_, shift)| shift.clone()).unwrap_or_default()),
            silu: fusion.is_some_and(|fusion| fusion.silu),
            shape: tvec!(rows, columns),
        };
        self.wire(op, std::slice::from_ref(x))
    }

    /// Whether values would have to be moved to put the axes of this one in another order.
    fn moves(&self, value: &Value, permutation: &[usize]) -> TractResult<bool> {
        let op = Rearrange::transpose(&self.shape(value)?, permutation);
        let composed = match value {
            Value::Wire(outlet) => self
                .target
                .node(outlet.node)
                .op_as::<Rearrange>()
                .and_then(|before| before.then(&op)),
            Value::Constant(_) => None,
        };
        Ok(!composed.unwrap_or(op).is_identity())
    }

    /// An EinSum of one value that only puts its axes in another order.
    fn reordered(&mut self, op: &EinSum, x: &Value) -> TractResult<Value> {
        let mut order = vec![0; self.shape(x)?.len()];
        for axis in op.axes.iter_all_axes() {
            match (axis.inputs[0].as_slice(), axis.outputs[0].as_slice()) {
                (&[from], &[to]) if to < order.len() => order[to] = from,
                _ => bail!("a product of one value"),
            }
        }
        self.transpose(x, &order)
    }
}
