//! The binary's modules from outside: imports of good, bad and hostile files; and the program as real
//! processes on both engines: the story, kills, outages, races of two servers, backup and restore; and the
//! generated tables of what every command does and costs.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod abuse;
mod backup;
mod bad_wire;
mod city_load;
mod crash;
mod fixtures;
mod hostile;
mod import_cli;
mod import_csv;
mod import_geojson;
mod keys;
mod lost_news;
mod outage;
mod races;
mod real_files;
mod rules;
mod statements;
mod states;
mod story;
mod support;
