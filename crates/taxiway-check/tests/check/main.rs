//! Rules are judged by their own examples, and the engine by whole infrastructures.

#[cfg(test)]
mod examples;
#[cfg(test)]
mod platform;
