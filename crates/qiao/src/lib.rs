//! What the `qiao` binary is made of, as a library, so that tests reach it without a process.
//! It holds the outermost shells only; it decides nothing about the business.

pub mod backup;
pub mod bench;
pub mod city;
pub mod config;
pub mod demo;
pub mod import;
pub mod operator;
pub mod reindex;
pub mod serve;
pub mod story;
pub mod work;
