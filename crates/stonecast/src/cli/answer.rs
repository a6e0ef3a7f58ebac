//! What a command answers: a result with its warnings, or the faults that stopped it.

use std::{io, process::ExitCode};

use serde::Serialize;
use stonecast_dental::Warning;

/// Something that stopped a command, in the form that `--json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A stable name such as `input.unreadable`.
    pub code: String,
    /// What is wrong, where, and what to do about it.
    pub message: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// Why a command gives no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The input is not accepted: every fault that was found.
    Refused(Vec<Fault>),
    /// The input was accepted but the work could not be done.
    Failed(Fault),
}

impl Failure {
    /// A refusal with one fault.
    pub fn refused(code: &str, message: impl Into<String>) -> Self {
        Self::Refused(vec![Fault::new(code, message)])
    }

    /// A failure.
    pub fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::Failed(Fault::new(code, message))
    }

    /// The fault of an output that could not be written. `what` names it without its path.
    pub fn unwritable(what: &str, error: &io::Error) -> Self {
        Self::failed(
            "output.unwritable",
            format!(
                "{what} could not be written ({error}): check that the folder exists, is yours and has room"
            ),
        )
    }

    /// The faults.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Refused(faults) => faults,
            Self::Failed(fault) => std::slice::from_ref(fault),
        }
    }

    /// 1 for failed, 2 for refused.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Refused(_) => 2,
        })
    }

    /// As the JSON answer says it.
    pub fn status(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
        }
    }
}

/// The result of a command.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// For programs.
    pub result: serde_json::Value,
    /// For people.
    pub text: String,
    /// What a person should know.
    pub warnings: Vec<Warning>,
    /// What could not be done, where the rest was.
    pub errors: Vec<Fault>,
}

impl Answer {
    /// An answer without warnings.
    ///
    /// # Panics
    /// If the result does not serialise; results are plain structs with string keys.
    pub fn new(result: &impl Serialize, text: String) -> Self {
        Self {
            result: serde_json::to_value(result).expect("a plain struct with string keys serialises"),
            text,
            ..Self::default()
        }
    }

    /// 0 for done, 3 for done in part.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.errors.is_empty() { 0 } else { 3 })
    }
}

/// The one object that `--json` prints; `docs/command-line.md` describes it.
#[derive(Serialize)]
pub(crate) struct Envelope<'a> {
    program: &'static str,
    version: &'static str,
    command: &'a str,
    status: &'static str,
    warnings: &'a [Warning],
    errors: &'a [Fault],
    result: &'a serde_json::Value,
}

impl<'a> Envelope<'a> {
    pub(crate) fn of(command: &'a str, outcome: &'a Result<Answer, Failure>) -> Self {
        let (status, warnings, errors, result): (_, &[Warning], &[Fault], _) = match outcome {
            Ok(answer) => {
                let status = if answer.errors.is_empty() {
                    "done"
                } else {
                    "partly"
                };
                (status, &answer.warnings, &answer.errors, &answer.result)
            }
            Err(failure) => (failure.status(), &[], failure.faults(), &serde_json::Value::Null),
        };
        Self {
            program: "stonecast",
            version: env!("CARGO_PKG_VERSION"),
            command,
            status,
            warnings,
            errors,
            result,
        }
    }
}
