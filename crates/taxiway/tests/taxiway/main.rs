//! `taxiway` as a user runs it: the program itself, real processes, a real PostgreSQL, loopback alone.

mod bad_releases;
mod bicep;
mod check;
mod detect;
mod doctor;
mod front_end;
mod killed;
mod life;
mod load;
mod outage;
mod pipeline;
mod plans;
mod registry;
mod rights;
mod scanners;
mod secrets;
mod services;
mod usage;
mod web_life;
mod workflows;
mod world;
