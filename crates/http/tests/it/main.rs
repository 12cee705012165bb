//! The API as clients meet it, on both engines: requests in, responses out, no socket between.

mod access;
mod app;
mod market;
mod media;
mod merchants;
mod visits;
