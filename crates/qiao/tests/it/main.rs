//! The binary's modules from outside: imports of good, bad and hostile files.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod fixtures;
mod hostile;
mod import_cli;
mod import_csv;
mod import_geojson;
mod real_files;
mod rules;
