//! Small dense systems: a Cholesky factor and what is done with it.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// The lower triangular L of a positive definite A = L Lᵀ.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor(Array2<f64>);

impl Factor {
    /// The Cholesky factor of a symmetric matrix, of which the lower triangle is read. None if it
    /// is not positive definite to rounding, or not finite.
    #[must_use]
    pub fn cholesky(matrix: ArrayView2<'_, f64>) -> Option<Self> {
        let n = matrix.nrows();
        let mut l = Array2::<f64>::zeros((n, n));
        for i in 0..n {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| l[[i, k]] * l[[j, k]]).sum();
                let rest = matrix[[i, j]] - known;
                l[[i, j]] = if i == j {
                    if !(rest > 0.0 && rest.is_finite()) {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / l[[j, j]]
                };
            }
        }
        Some(Self(l))
    }

    /// L⁻¹ v.
    #[must_use]
    pub fn solve_lower(&self, v: ArrayView1<'_, f64>) -> Array1<f64> {
        let mut x = v.to_owned();
        for i in 0..x.len() {
            let known: f64 = (0..i).map(|k| self.0[[i, k]] * x[k]).sum();
            x[i] = (x[i] - known) / self.0[[i, i]];
        }
        x
    }

    /// L⁻ᵀ v.
    #[must_use]
    pub fn solve_upper(&self, v: ArrayView1<'_, f64>) -> Array1<f64> {
        let mut x = v.to_owned();
        for i in (0..x.len()).rev() {
            let known: f64 = (i + 1..x.len()).map(|k| self.0[[k, i]] * x[k]).sum();
            x[i] = (x[i] - known) / self.0[[i, i]];
        }
        x
    }

    /// A⁻¹ v.
    #[must_use]
    pub fn solve(&self, v: ArrayView1<'_, f64>) -> Array1<f64> {
        self.solve_upper(self.solve_lower(v).view())
    }

    /// A⁻¹.
    #[must_use]
    pub fn inverse(&self) -> Array2<f64> {
        let n = self.0.nrows();
        let mut inverse = Array2::zeros((n, n));
        for i in 0..n {
            let mut unit = Array1::zeros(n);
            unit[i] = 1.0;
            inverse.column_mut(i).assign(&self.solve(unit.view()));
        }
        inverse
    }

    /// A = L Lᵀ.
    #[must_use]
    pub fn product(&self) -> Array2<f64> {
        // Entry by entry: the product of matrices has other bits on other processors.
        let n = self.0.nrows();
        Array2::from_shape_fn((n, n), |(i, j)| self.0.row(i).dot(&self.0.row(j)))
    }

    /// |L⁻¹ v|² = vᵀ A⁻¹ v.
    #[must_use]
    pub fn inverse_square(&self, v: ArrayView1<'_, f64>) -> f64 {
        let x = self.solve_lower(v);
        x.dot(&x)
    }

    /// log |L|, half of log |A|.
    #[must_use]
    pub fn log_det(&self) -> f64 {
        self.0.diag().iter().map(|d| libm::log(*d)).sum()
    }
}

/// L v.
#[must_use]
pub fn triangular_times(factor: &Factor, v: ArrayView1<'_, f64>) -> Array1<f64> {
    (0..v.len()).map(|i| (0..=i).map(|k| factor.0[[i, k]] * v[k]).sum()).collect()
}
