//! A result together with everything that a person should know about it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something found on the way that does not stop the work but that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// A stable name such as `cast.bite.estimated`, for programs and translations.
    pub code: String,
    /// What was found, with its place; never a patient's data.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Warning {
    /// A warning.
    pub fn new(code: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.remedy)
    }
}

/// A stage's result with its warnings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checked<T> {
    /// The result.
    pub value: T,
    /// In the order in which they were found.
    pub warnings: Vec<Warning>,
}

impl<T> Checked<T> {
    /// A result with nothing to say about it.
    pub fn clean(value: T) -> Self {
        Self {
            value,
            warnings: Vec::new(),
        }
    }

    /// A result and its warnings.
    pub fn new(value: T, warnings: Vec<Warning>) -> Self {
        Self { value, warnings }
    }

    /// The result, its warnings moved to the end of `collected`.
    pub fn unpack(mut self, collected: &mut Vec<Warning>) -> T {
        collected.append(&mut self.warnings);
        self.value
    }
}
