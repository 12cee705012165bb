//! The API as clients meet it, on both engines: requests in, responses out, no socket between.

#![allow(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod app;
mod bookings;
mod books;
mod buying;
mod complaints;
mod conversations;
mod counter;
mod figures;
mod generated;
mod hang_ups;
mod hostile;
mod hostile_cases;
mod idempotency;
mod live;
mod market;
mod me;
mod media;
mod menus;
mod merchants;
mod messages;
mod operations;
mod pace;
mod pages;
mod platform;
mod provider;
mod queue;
mod roles;
mod running;
mod sale;
mod samples;
mod sign_in;
mod users;
mod visits;
mod walk;
mod world;
