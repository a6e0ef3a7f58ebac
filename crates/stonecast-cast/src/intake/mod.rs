//! Intake: bytes of a file to a `Scan`.
