//! The client against a server that plays recorded exchanges, over TLS with an authority of its own.

mod long_running;
mod repetition;
mod server;
mod services;
mod sign_in;
