//! What is measured on a case, as files and as words.
//!
//! | file | holds |
//! |---|---|
//! | [`case`] | the findings of a case, when it is made and when it is measured again |
//! | [`document`] | `findings.json` and `findings.csv` |
//! | [`settings`] | how to measure: noise, norms, answers; as the case keeps them |
//! | [`ids`] | ids by their beginnings, and the nearest to one that there is not |
//! | [`summary`] | the findings as a table for people |
//! | [`explain`] | where a finding comes from, in words and numbers |
//! | [`table`], [`mod@parquet`] | the long table over many cases |

pub mod case;
pub mod document;
pub mod explain;
pub mod ids;
pub mod parquet;
pub mod settings;
pub mod summary;
pub mod table;
