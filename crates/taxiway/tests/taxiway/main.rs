//! `taxiway` as a user runs it: the program itself, real processes, a real PostgreSQL, loopback alone.

mod bad_releases;
mod killed;
mod life;
mod load;
mod outage;
mod secrets;
mod usage;
mod world;
