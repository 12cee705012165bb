//! The crate from outside, on both engines.
