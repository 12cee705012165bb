//! The API as clients meet it, on both engines: requests in, responses out, no socket between.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod access;
mod app;
mod books;
mod counter;
mod market;
mod media;
mod merchants;
mod queue;
mod sale;
mod visits;
