//! See `stonecast_fuzz::property`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stonecast_mesh::formats::Format;

fuzz_target!(|bytes: &[u8]| {
    stonecast_fuzz::property::check(Format::Stl, bytes);
});
