//! Rules are judged by their own examples, and the engine by whole infrastructures.

#[cfg(test)]
mod benchmarks;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod file_examples;
#[cfg(test)]
mod order;
#[cfg(test)]
mod platform;
#[cfg(test)]
mod reach;
#[cfg(test)]
mod tiers;
