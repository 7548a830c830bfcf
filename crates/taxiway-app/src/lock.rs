//! Lock files as pip requirements.

use taxiway_diagnostics::Sources;

use crate::document::Service;

/// The production part of the service's lock as a pip requirements text, with versions and markers; `None` without a lock.
pub fn export_lock(_sources: &dyn Sources, _service: &Service) -> Option<String> {
    None
}
