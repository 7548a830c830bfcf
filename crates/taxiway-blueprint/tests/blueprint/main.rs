//! What is generated for whole samples: each file as it is, and what the compiler and Python say about it.
//!
//! A sample is a folder below `samples/` with what was read (`app.json`), what was configured (`taxiway.toml`) and what comes
//! out (`expected/`). `INSTA_UPDATE=always` writes the last; read every difference.

#[cfg(test)]
mod bicep;
#[cfg(test)]
mod cloud_build;
#[cfg(test)]
mod combinations;
#[cfg(test)]
mod covering;
#[cfg(test)]
mod evaluated;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod merge;
#[cfg(test)]
mod off_hours;
#[cfg(test)]
mod platforms;
#[cfg(test)]
mod python;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod seeded;
mod services;
#[cfg(test)]
mod web;
