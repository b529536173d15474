//! The one error type of the crate: a variant with fields for code, and one wording for each
//! variant that says to a person what is wrong and what to do.

use std::error::Error as _;
use std::fmt::Display;
use std::sync::Arc;

/// What another library said, shared among the clones of an error.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// What went wrong, as a name that survives the way to JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An input has the wrong length or dimensions.
    Shape,
    /// An input is outside its domain: NaN, an unknown name, a number out of range.
    Value,
    /// The model manifest cannot be read or contradicts itself.
    Manifest,
    /// A downloaded file is not the file that the manifest describes.
    Checksum,
    /// A network cannot be loaded or run.
    Model,
    /// An image cannot be painted.
    Canvas,
}

impl ErrorKind {
    /// The `name` of the JavaScript `Error` made from this kind.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shape => "ShapeError",
            Self::Value => "ValueError",
            Self::Manifest => "ManifestError",
            Self::Checksum => "ChecksumError",
            Self::Model => "ModelError",
            Self::Canvas => "CanvasError",
        }
    }
}

/// A failure. Its text does not repeat that of its [source](std::error::Error::source);
/// [`Error::with_causes`] has both.
#[derive(thiserror::Error, Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// An input has the wrong length or dimensions.
    #[error("{what} has {found}, expected {expected}")]
    Shape {
        /// The input.
        what: Box<str>,
        /// Its length or shape.
        found: Box<str>,
        /// That which it must have.
        expected: Box<str>,
    },
    /// A number, a name or another single value is outside its domain.
    #[error("{what} is {found}, it must be {expected}")]
    Value {
        /// The option or the input, by its name in JavaScript where it has one.
        what: Box<str>,
        /// Its value.
        found: Box<str>,
        /// The range, or the names that there are.
        expected: Box<str>,
    },
    /// Each value is possible, but not together, or not of this model.
    #[error("{problem}: {remedy}")]
    Request {
        /// What contradicts what.
        problem: Box<str>,
        /// What to change.
        remedy: Box<str>,
    },
    /// A file of a data set cannot be read.
    #[error("{file} {problem}: {remedy}")]
    Data {
        /// The file, by its format.
        file: Box<str>,
        /// What is wrong with it.
        problem: Box<str>,
        /// What to change, or what such a file looks like.
        remedy: Box<str>,
    },
    /// The model manifest, or a file of results beside it, cannot be read or contradicts itself.
    #[error("{}{problem}", model.as_ref().map(|id| format!("model {id:?}: ")).unwrap_or_default())]
    Manifest {
        /// The id of the entry at fault; none if all of the file is.
        model: Option<Box<str>>,
        /// What is wrong, with the name of the field.
        problem: Box<str>,
        /// What the parser says.
        source: Option<Cause>,
    },
    /// A downloaded file is not the file that the manifest describes.
    #[error(
        "{file} has {found}, the manifest says {expected}: load it again, or update the manifest"
    )]
    Checksum {
        /// The path of the file.
        file: Box<str>,
        /// Its length or its SHA-256.
        found: Box<str>,
        /// That of the manifest.
        expected: Box<str>,
    },
    /// A network cannot be loaded or run.
    #[error("{} {problem}", file.as_deref().unwrap_or("the model"))]
    Model {
        /// The path of the file; none if it is about the model as a whole.
        file: Option<Box<str>>,
        /// The first operator at fault, by its name and kind, where it is known.
        node: Option<Box<str>>,
        /// What is wrong.
        problem: Box<str>,
        /// What the reader of ONNX files says.
        source: Option<Cause>,
    },
    /// An image cannot be painted.
    #[error("{problem}: {remedy}")]
    Canvas {
        /// What is wrong.
        problem: Box<str>,
        /// What to change.
        remedy: Box<str>,
        /// What the browser says.
        source: Option<Cause>,
    },
}

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What went wrong, for code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Shape { .. } => ErrorKind::Shape,
            Self::Value { .. } | Self::Request { .. } | Self::Data { .. } => ErrorKind::Value,
            Self::Manifest { .. } => ErrorKind::Manifest,
            Self::Checksum { .. } => ErrorKind::Checksum,
            Self::Model { .. } => ErrorKind::Model,
            Self::Canvas { .. } => ErrorKind::Canvas,
        }
    }

    /// The text with those of all its sources, in one line, where nothing else shows them.
    #[must_use]
    pub fn with_causes(&self) -> String {
        let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let causes = std::iter::successors(self.source(), |&cause| cause.source());
        causes.fold(self.to_string(), |text, cause| text + ": " + &line(cause.to_string()))
    }

    /// An input of the wrong length or dimensions.
    #[must_use]
    pub fn shape(what: impl Display, found: impl Display, expected: impl Display) -> Self {
        let make = |[what, found, expected]: [Box<str>; 3]| Self::Shape { what, found, expected };
        of_texts([&what, &found, &expected], make)
    }

    /// A value outside its domain.
    #[must_use]
    pub fn value(what: impl Display, found: impl Display, expected: impl Display) -> Self {
        let make = |[what, found, expected]: [Box<str>; 3]| Self::Value { what, found, expected };
        of_texts([&what, &found, &expected], make)
    }

    /// A call whose arguments are valid one by one but not together.
    #[must_use]
    pub fn request(problem: impl Display, remedy: impl Display) -> Self {
        let make = |[problem, remedy]: [Box<str>; 2]| Self::Request { problem, remedy };
        of_texts([&problem, &remedy], make)
    }

    /// A file of a data set that cannot be read.
    #[must_use]
    pub fn data(file: impl Display, problem: impl Display, remedy: impl Display) -> Self {
        let make = |[file, problem, remedy]: [Box<str>; 3]| Self::Data { file, problem, remedy };
        of_texts([&file, &problem, &remedy], make)
    }

    /// A manifest that cannot be used as a whole.
    #[must_use]
    pub fn manifest(problem: impl Display) -> Self {
        let make = |[problem]: [Box<str>; 1]| Self::Manifest { model: None, problem, source: None };
        of_texts([&problem], make)
    }

    /// An entry of a manifest that cannot be used.
    #[must_use]
    pub fn entry(id: impl Display, problem: impl Display) -> Self {
        let make = |[id, problem]: [Box<str>; 2]| {
            let model = Some(id);
            Self::Manifest { model, problem, source: None }
        };
        of_texts([&id, &problem], make)
    }

    /// A file whose content is not what the manifest says.
    #[must_use]
    pub fn checksum(file: impl Display, found: impl Display, expected: impl Display) -> Self {
        let make =
            |[file, found, expected]: [Box<str>; 3]| Self::Checksum { file, found, expected };
        of_texts([&file, &found, &expected], make)
    }

    /// A file with a network that cannot be loaded or run; the problem goes on after its path.
    #[must_use]
    pub fn file(path: impl Display, problem: impl Display) -> Self {
        let make = |[path, problem]: [Box<str>; 2]| {
            let file = Some(path);
            Self::Model { file, node: None, problem, source: None }
        };
        of_texts([&path, &problem], make)
    }

    /// A model that cannot do what it was asked for; the problem goes on after "the model".
    #[must_use]
    pub fn model(problem: impl Display) -> Self {
        let make = |[problem]: [Box<str>; 1]| {
            let (file, node, source) = (None, None, None);
            Self::Model { file, node, problem, source }
        };
        of_texts([&problem], make)
    }

    /// An image that cannot be painted.
    #[must_use]
    pub fn canvas(problem: impl Display, remedy: impl Display) -> Self {
        let make =
            |[problem, remedy]: [Box<str>; 2]| Self::Canvas { problem, remedy, source: None };
        of_texts([&problem, &remedy], make)
    }

    /// The same with what caused it; of no effect on an error without a source.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        if let Self::Manifest { source, .. }
        | Self::Model { source, .. }
        | Self::Canvas { source, .. } = &mut self
        {
            *source = Some(Cause::from(cause.into()));
        }
        self
    }

    /// The same with the operator at fault; of no effect on others than those of models.
    #[must_use]
    pub(crate) fn at_node(mut self, at: Option<String>) -> Self {
        if let Self::Model { node, .. } = &mut self {
            *node = at.map(Into::into);
        }
        self
    }
}

/// One function for all types of values, so that each does not add its own code to the package.
#[cold]
#[inline(never)]
fn of_texts<const N: usize>(values: [&dyn Display; N], make: fn([Box<str>; N]) -> Error) -> Error {
    make(values.map(|value| value.to_string().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_wording_that_says_what_to_do() {
        let cases = [
            (Error::shape("b", "2 values", 3), "ShapeError", "b has 2 values, expected 3"),
            (
                Error::value("eta", f64::NAN, "0 to 1"),
                "ValueError",
                "eta is NaN, it must be 0 to 1",
            ),
            (
                Error::request("grids is empty", "give one"),
                "ValueError",
                "grids is empty: give one",
            ),
            (
                Error::data("the CSV file", "has no lines", "give one"),
                "ValueError",
                "the CSV file has no lines: give one",
            ),
            (Error::manifest("no models"), "ManifestError", "no models"),
            (Error::entry("a", "no kind"), "ManifestError", "model \"a\": no kind"),
            (
                Error::checksum("a.onnx", "3 bytes", 4),
                "ChecksumError",
                "a.onnx has 3 bytes, the manifest says 4: load it again, or update the manifest",
            ),
            (Error::file("a.onnx", "is empty"), "ModelError", "a.onnx is empty"),
            (Error::model("has no classes"), "ModelError", "the model has no classes"),
            (Error::canvas("no context", "give one"), "CanvasError", "no context: give one"),
        ];
        for (error, name, text) in cases {
            assert_eq!((error.kind().name(), &*error.to_string()), (name, text));
            assert!(error.source().is_none() && error.with_causes() == text, "{error:?}");
        }
    }

    #[test]
    fn the_cause_of_an_error_is_its_source_and_not_in_its_message() {
        let cause = serde_json::from_str::<u32>("x").expect_err("it is not JSON");
        let said = cause.to_string();
        let error = Error::entry("a", "cannot be read").caused_by(cause);
        assert_eq!(error.to_string(), "model \"a\": cannot be read");
        assert_eq!(error.source().map(ToString::to_string).as_ref(), Some(&said));
        assert_eq!(error.with_causes(), format!("model \"a\": cannot be read: {said}"));
        let outer = Error::file("a.onnx", "cannot be run").caused_by(error.clone());
        assert_eq!(outer.with_causes(), format!("a.onnx cannot be run: {}", error.with_causes()));
        assert!(Error::value("a", 1, 2).caused_by("nothing").source().is_none());
        let lines = Error::model("stopped").caused_by("one\n  two");
        assert_eq!(lines.with_causes(), "the model stopped: one two");
    }
}
