//! Why a file cannot be used, before it is known what the file is called.

use tract_onnx::prelude::TractError;

use crate::error::Error;

/// A problem as the rest of the sentence that the file's name begins.
#[derive(Debug)]
pub(super) struct ImportError {
    pub(super) problem: String,
    /// The first node at fault.
    pub(super) node: Option<String>,
    cause: Option<TractError>,
}

impl ImportError {
    /// The same with the node at fault.
    pub(super) fn at(self, node: Option<String>) -> Self {
        Self { node, ..self }
    }

    /// The same with what tract says.
    pub(super) fn caused_by(self, cause: TractError) -> Self {
        Self { cause: Some(cause), ..self }
    }

    /// The error of the file that is called so.
    pub(super) fn of(self, path: &str) -> Error {
        let error = Error::file(path, self.problem).at_node(self.node);
        match self.cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        }
    }
}

impl From<String> for ImportError {
    fn from(problem: String) -> Self {
        Self { problem, node: None, cause: None }
    }
}

impl From<&str> for ImportError {
    fn from(problem: &str) -> Self {
        Self::from(problem.to_string())
    }
}
