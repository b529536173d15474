//! The one error type of the crate: a kind that code can branch on and a message that a person can
//! act on.

/// What went wrong, as a name that survives the way to JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A failure with its kind. The message says what is wrong and what to do about it.
#[derive(thiserror::Error, Clone, Debug)]
#[error("{message}")]
pub struct Error {
    /// What went wrong, for code.
    pub kind: ErrorKind,
    /// What went wrong, for people.
    pub message: String,
}

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// An input of the wrong length or dimensions.
    pub fn shape(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Shape, message)
    }

    /// An input outside its domain.
    pub fn value(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    /// A manifest that cannot be used.
    pub fn manifest(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Manifest, message)
    }

    /// A file whose content is not what the manifest says.
    pub fn checksum(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Checksum, message)
    }

    /// A network that cannot be loaded or run.
    pub fn model(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Model, message)
    }

    /// An image that cannot be painted.
    pub fn canvas(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Canvas, message)
    }
}
