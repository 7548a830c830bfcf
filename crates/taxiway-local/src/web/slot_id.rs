//! Which site, and which of its slots.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use taxiway_arm::ResourceId;

use crate::paths::Paths;

/// The production slot of a site or another slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct SlotId {
    /// The site.
    pub site: ResourceId,
    /// The slot's name in lower case; none is production.
    pub slot: Option<String>,
}

/// A slot and what of a resource id lies below it.
#[derive(Debug)]
pub(super) struct Address {
    pub slot: SlotId,
    /// The types below the slot, in lower case: `config`.
    pub types: Vec<String>,
    /// Their names as written: `appsettings`.
    pub names: Vec<String>,
}

impl SlotId {
    pub(super) fn production(site: &ResourceId) -> Self {
        Self {
            site: site.clone(),
            slot: None,
        }
    }

    /// The slot of this name; `production` is a name too.
    pub(super) fn of(site: &ResourceId, name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        Self {
            site: site.clone(),
            slot: (name != "production").then_some(name),
        }
    }

    /// The first label of the host name. Source: App Service documentation, "Set up staging environments": `<site>-<slot>`.
    pub(super) fn label(&self) -> String {
        let site = self.site.name().to_ascii_lowercase();
        match &self.slot {
            Some(slot) => format!("{site}-{slot}"),
            None => site,
        }
    }

    /// `production` or the slot's name.
    pub(super) fn name(&self) -> &str {
        self.slot.as_deref().unwrap_or("production")
    }

    /// The folder of everything that belongs to the site.
    pub(super) fn site_folder(&self, paths: &Paths) -> Utf8PathBuf {
        paths.sites().join(self.site.name().to_ascii_lowercase())
    }

    /// The folder of what belongs to the slot and stays in a swap, such as its logs.
    pub(super) fn folder(&self, paths: &Paths) -> Utf8PathBuf {
        self.site_folder(paths).join("slots").join(self.name())
    }
}

impl Address {
    /// Reads the id of a site, a slot, or something below one.
    pub(super) fn parse(id: &ResourceId) -> Option<Self> {
        let full_type = id.resource_type().to_ascii_lowercase();
        let mut types = full_type.split('/').skip(1).map(str::to_owned).peekable();
        let mut names = id.names().into_iter().map(str::to_owned);
        (types.next()? == "sites").then_some(())?;
        let group = id.resource_group_id()?;
        let site = group.resource("Microsoft.Web/sites", &names.next()?).ok()?;
        let slot = match types.next_if(|kind| kind == "slots") {
            Some(_) => SlotId::of(&site, &names.next()?),
            None => SlotId::production(&site),
        };
        Some(Self {
            slot,
            types: types.collect(),
            names: names.collect(),
        })
    }
}
