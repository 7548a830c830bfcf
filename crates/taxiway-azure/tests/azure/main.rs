//! The client against a server that plays recorded exchanges, over TLS with an authority of its own.

#![expect(clippy::unwrap_used, reason = "a test that can't go on panics")]

mod long_running;
mod repetition;
mod server;
mod services;
mod sign_in;
