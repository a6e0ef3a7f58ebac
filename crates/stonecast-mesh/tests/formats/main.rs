//! The readers and writers: round trips, nasty files, mutations.

mod files;
mod mutations;
mod nasty;
mod property;
mod readers;
mod round_trip;
mod samples;
mod stl_ply;
