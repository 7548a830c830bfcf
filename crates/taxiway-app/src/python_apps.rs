//! What the names of installed Django applications tell.

/// Whether the project uses GeoDjango.
pub(crate) fn uses_gis(installed_apps: &[String]) -> bool {
    installed_apps.iter().any(|app| app == "django.contrib.gis")
}
