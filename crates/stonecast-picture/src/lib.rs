//! Pictures of casts, rendered headless on the CPU.
