//! Synthetic dentitions whose truth is known by construction.
