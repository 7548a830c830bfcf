//! The crate through its public API.

#[cfg(test)]
mod deployment;
#[cfg(test)]
mod evaluation;
#[cfg(test)]
mod expressions;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod nested;
#[cfg(test)]
mod parameters;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod resource_id;
#[cfg(test)]
mod support;
#[cfg(test)]
mod what_if;
