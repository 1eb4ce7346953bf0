//! What is wrong with a boundary file, where, and what to do: shaped like a compiler's message.

use std::fmt;
use std::path::Path;

use agglo_core::Key;

use crate::codes;

/// How bad a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A feature or file could not be used.
    Error,
    /// Used, and worth a look.
    Warning,
    /// For the record.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Why boundaries or points could not be read, or what a reader of the report should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeoError {
    /// The stable code, `A0901` to `A0930`.
    pub code: &'static str,
    /// The file, as the user named it.
    pub file: Option<Key>,
    /// The layer, object or table inside the file.
    pub layer: Option<Key>,
    /// The feature, counted from 1 in the order of the file.
    pub feature: Option<u64>,
    /// Why it is wrong.
    pub message: Key,
    /// What to do.
    pub remedy: Key,
}

impl GeoError {
    pub(crate) fn new(
        code: &'static str,
        message: impl Into<Key>,
        remedy: impl Into<Key>,
    ) -> GeoError {
        GeoError {
            code,
            file: None,
            layer: None,
            feature: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    pub(crate) fn damaged(message: impl Into<Key>) -> GeoError {
        GeoError::new(
            codes::DAMAGED,
            message,
            "get the file again from its source; a download that was cut short looks like this",
        )
    }

    pub(crate) fn in_file(mut self, path: &Path) -> GeoError {
        self.file.get_or_insert_with(|| path.display().to_string().into());
        self
    }

    pub(crate) fn in_layer(mut self, layer: impl Into<Key>) -> GeoError {
        self.layer = Some(layer.into());
        self
    }

    /// How bad it is, from the list of codes.
    pub fn severity(&self) -> Severity {
        codes::code(self.code).map_or(Severity::Error, |info| info.severity)
    }

    /// `file, layer l, feature 3`, as far as known.
    pub fn place(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.file.as_ref().map(ToString::to_string));
        parts.extend(self.layer.as_ref().map(|layer| format!("layer {layer}")));
        parts.extend(self.feature.map(|feature| format!("feature {feature}")));
        parts.join(", ")
    }
}

impl fmt::Display for GeoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity().word(), self.code, self.message)?;
        let place = self.place();
        if !place.is_empty() {
            write!(f, "\n  --> {place}")?;
        }
        if !self.remedy.is_empty() {
            write!(f, "\n   = help: {}", self.remedy)?;
        }
        write!(f, "\n   = more: agglo explain {}", self.code)
    }
}

impl std::error::Error for GeoError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_place_reason_remedy_and_page() {
        let mut error = GeoError::new(codes::NO_CRS, "no CRS", "give one")
            .in_file(Path::new("a.shp"))
            .in_layer("a");
        error.feature = Some(3);
        assert_eq!(
            error.to_string(),
            "error[A0907]: no CRS\n  --> a.shp, layer a, feature 3\n   = help: give one\n   \
             = more: agglo explain A0907"
        );
    }
}
