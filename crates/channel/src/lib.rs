//! Where people come from: entries, visits, share links.
