//! The API as clients meet it, on both engines: requests in, responses out, no socket between.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod app;
mod books;
mod counter;
mod generated;
mod hostile;
mod market;
mod media;
mod merchants;
mod operations;
mod provider;
mod queue;
mod sale;
mod samples;
mod users;
mod visits;
mod walk;
mod world;
