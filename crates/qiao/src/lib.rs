//! What the `qiao` binary is made of, as a library, so that tests reach it without a process.
//! It holds the outermost shells only; it decides nothing about the business.

pub mod import;
