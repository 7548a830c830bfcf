//! The ids by which Azure Resource Manager names everything.
//!
//! An id is a root (the tenant, a subscription, a resource group) and a chain of `providers/<namespace>/<type>/<name>…`
//! groups; each further group is an extension resource of what stands before it. Azure compares ids without case and
//! keeps the case that it was given; so does [`ResourceId`].

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The type of a resource group, as templates write it.
pub const RESOURCE_GROUP_TYPE: &str = "Microsoft.Resources/resourceGroups";
/// The type of a subscription.
pub const SUBSCRIPTION_TYPE: &str = "Microsoft.Resources/subscriptions";
/// The type of a deployment, which is how templates nest.
pub const DEPLOYMENT_TYPE: &str = "Microsoft.Resources/deployments";
/// The type of a management group.
pub const MANAGEMENT_GROUP_TYPE: &str = "Microsoft.Management/managementGroups";
/// The type of the tenant, the root of all ids.
pub const TENANT_TYPE: &str = "Microsoft.Resources/tenants";

/// Why a text is no resource id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a resource id: {reason}")]
pub struct ParseResourceIdError {
    text: String,
    reason: &'static str,
}

/// The id of a tenant, subscription, resource group, resource or extension resource.
///
/// Invariants: the text starts with `/` and has no empty segment (the tenant is `/` alone); equality, order and hash
/// ignore ASCII case; `Display` gives the text that was parsed, without a trailing slash.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourceId {
    text: String,
    folded: String,
    /// How many segments the root has: 0 for the tenant, 2 for a subscription, 4 for a resource group.
    root: usize,
    /// The index of each segment that is the keyword `providers`.
    providers: Vec<usize>,
}

impl ResourceId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`ParseResourceIdError`] where the text does not have the shape of an id.
    pub fn parse(text: &str) -> Result<Self, ParseResourceIdError> {
        let fail = |reason| ParseResourceIdError {
            text: text.to_owned(),
            reason,
        };
        let trimmed = text.strip_suffix('/').unwrap_or(text);
        if trimmed.is_empty() {
            return match text {
                "/" => Ok(Self::tenant()),
                _ => Err(fail("it is empty")),
            };
        }
        let rest = trimmed
            .strip_prefix('/')
            .ok_or_else(|| fail("it does not start with `/`"))?;
        let segments: Vec<&str> = rest.split('/').collect();
        if segments.iter().any(|segment| segment.is_empty()) {
            return Err(fail("a segment is empty"));
        }
        if segments
            .iter()
            .any(|segment| segment.contains(['?', '#']) || segment.contains(char::is_control))
        {
            return Err(fail("it holds a character that no id may hold"));
        }
        let root = root_length(&segments);
        let providers = provider_groups(&segments, root).map_err(fail)?;
        Ok(Self {
            text: trimmed.to_owned(),
            folded: trimmed.to_ascii_lowercase(),
            root,
            providers,
        })
    }

    /// The tenant: `/`.
    pub fn tenant() -> Self {
        Self {
            text: "/".to_owned(),
            folded: "/".to_owned(),
            root: 0,
            providers: Vec::new(),
        }
    }

    /// The subscription with this id.
    ///
    /// # Errors
    /// [`ParseResourceIdError`] where `subscription` is empty or holds a slash.
    pub fn for_subscription(subscription: &str) -> Result<Self, ParseResourceIdError> {
        single_segment(subscription)?;
        Self::parse(&format!("/subscriptions/{subscription}"))
    }

    /// A resource group of a subscription.
    ///
    /// # Errors
    /// [`ParseResourceIdError`] where a part is empty or holds a slash.
    pub fn for_resource_group(
        subscription: &str,
        resource_group: &str,
    ) -> Result<Self, ParseResourceIdError> {
        single_segment(subscription)?;
        single_segment(resource_group)?;
        Self::parse(&format!(
            "/subscriptions/{subscription}/resourceGroups/{resource_group}"
        ))
    }

    /// A management group.
    ///
    /// # Errors
    /// [`ParseResourceIdError`] where the name is empty or holds a slash.
    pub fn for_management_group(name: &str) -> Result<Self, ParseResourceIdError> {
        single_segment(name)?;
        Self::parse(&format!("/providers/{MANAGEMENT_GROUP_TYPE}/{name}"))
    }

    /// The resource of a full type (`Microsoft.Web/sites/slots`) and a full name (`site/slot`) in the scope `self`.
    ///
    /// On a resource this is an extension resource; see [`ResourceId::child`] for child resources. A resource group
    /// and a subscription have ids of a form of their own, which this knows.
    ///
    /// # Errors
    /// [`ParseResourceIdError`] where type and name do not have the same number of segments.
    pub fn resource(&self, resource_type: &str, name: &str) -> Result<Self, ParseResourceIdError> {
        let fail = |reason| ParseResourceIdError {
            text: format!("{resource_type} {name}"),
            reason,
        };
        if resource_type.eq_ignore_ascii_case(RESOURCE_GROUP_TYPE)
            && let Some(subscription) = self.subscription()
        {
            return Self::for_resource_group(subscription, name);
        }
        if resource_type.eq_ignore_ascii_case(SUBSCRIPTION_TYPE) {
            return Self::for_subscription(name);
        }
        let mut types = resource_type.split('/');
        let namespace = types.next().unwrap_or_default();
        let types: Vec<&str> = types.collect();
        let names: Vec<&str> = name.split('/').collect();
        if types.is_empty() {
            return Err(fail("the type names no namespace"));
        }
        if types.len() != names.len() {
            return Err(fail("type and name have different numbers of segments"));
        }
        let mut text = format!("{}/providers/{namespace}", self.prefix());
        for (resource_type, name) in types.iter().zip(&names) {
            for part in [resource_type, name] {
                text.push('/');
                text.push_str(part);
            }
        }
        Self::parse(&text)
    }

    /// The child resource of one further type segment and name.
    ///
    /// # Errors
    /// [`ParseResourceIdError`] where a part is empty or holds a slash, or `self` is no resource.
    pub fn child(&self, child_type: &str, name: &str) -> Result<Self, ParseResourceIdError> {
        single_segment(child_type)?;
        single_segment(name)?;
        Self::parse(&format!("{}/{child_type}/{name}", self.prefix()))
    }

    /// The id as text, in the case it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id in lower case: equal ids have equal keys.
    pub fn key(&self) -> &str {
        &self.folded
    }

    /// The id of the subscription, for everything at or below one.
    pub fn subscription(&self) -> Option<&str> {
        (self.root >= 2).then(|| self.segment(1))
    }

    /// The name of the resource group, for everything at or below one.
    pub fn resource_group(&self) -> Option<&str> {
        (self.root >= 4).then(|| self.segment(3))
    }

    /// The id of the resource group, for everything at or below one.
    pub fn resource_group_id(&self) -> Option<Self> {
        (self.root >= 4).then(|| self.up_to(4))
    }

    /// The namespace of the provider (`Microsoft.Web`) of the last group.
    pub fn namespace(&self) -> &str {
        match self.providers.last() {
            Some(providers) => self.segment(providers + 1),
            None => "Microsoft.Resources",
        }
    }

    /// The full type: `Microsoft.Web/sites/slots`; of a resource group `Microsoft.Resources/resourceGroups`.
    pub fn resource_type(&self) -> String {
        let Some(providers) = self.providers.last() else {
            return match self.root {
                0 => TENANT_TYPE.to_owned(),
                2 => SUBSCRIPTION_TYPE.to_owned(),
                _ => RESOURCE_GROUP_TYPE.to_owned(),
            };
        };
        let mut full = self.segment(providers + 1).to_owned();
        for segment in self.segments().skip(providers + 2).step_by(2) {
            full.push('/');
            full.push_str(segment);
        }
        full
    }

    /// Whether it is of this full type.
    pub fn is_type(&self, resource_type: &str) -> bool {
        self.resource_type().eq_ignore_ascii_case(resource_type)
    }

    /// The name in its parent: the last segment. The tenant has an empty one.
    pub fn name(&self) -> &str {
        self.segments().last().unwrap_or_default()
    }

    /// The names along the type: `site`, `slot`.
    pub fn names(&self) -> Vec<&str> {
        match self.providers.last() {
            Some(providers) => self.segments().skip(providers + 3).step_by(2).collect(),
            None => self.segments().last().into_iter().collect(),
        }
    }

    /// The full name, as templates write it: `site/slot`.
    pub fn full_name(&self) -> String {
        self.names().join("/")
    }

    /// The resource one type segment up, in the same group; `None` for a resource without a parent resource.
    pub fn parent(&self) -> Option<Self> {
        let providers = self.providers.last()?;
        let length = self.segments().count();
        (length > providers + 4).then(|| self.up_to(length - 2))
    }

    /// What the resource lies in: the resource that an extension resource extends, else the resource group,
    /// subscription or tenant. Of a resource group it is the subscription; the tenant lies in itself.
    pub fn scope(&self) -> Self {
        match self.providers.last() {
            Some(providers) => self.up_to(*providers),
            None if self.root >= 4 => self.up_to(2),
            None => Self::tenant(),
        }
    }

    /// The resource that an extension resource extends.
    pub fn extended(&self) -> Option<Self> {
        (self.providers.len() > 1).then(|| self.scope())
    }

    /// Whether it is a tenant, subscription, resource group or management group.
    pub fn is_scope(&self) -> bool {
        self.providers.is_empty() || self.is_type(MANAGEMENT_GROUP_TYPE)
    }

    /// Whether `self` is `other` or lies below it.
    pub fn is_at_or_below(&self, other: &Self) -> bool {
        other.text == "/"
            || self
                .folded
                .strip_prefix(&other.folded)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.text
            .split('/')
            .skip(1)
            .filter(|segment| !segment.is_empty())
    }

    fn segment(&self, index: usize) -> &str {
        self.segments().nth(index).unwrap_or_default()
    }

    /// The text to which further segments are appended.
    fn prefix(&self) -> &str {
        if self.text == "/" { "" } else { &self.text }
    }

    /// The id of the first `length` segments, which are known to form one.
    fn up_to(&self, length: usize) -> Self {
        if length == 0 {
            return Self::tenant();
        }
        let end = self
            .text
            .match_indices('/')
            .nth(length)
            .map_or(self.text.len(), |(offset, _)| offset);
        Self {
            text: self.text[..end].to_owned(),
            folded: self.folded[..end].to_owned(),
            root: self.root.min(length),
            providers: self
                .providers
                .iter()
                .copied()
                .filter(|providers| *providers < length)
                .collect(),
        }
    }
}

fn root_length(segments: &[&str]) -> usize {
    let is = |index: usize, keyword: &str| {
        segments
            .get(index)
            .is_some_and(|segment| segment.eq_ignore_ascii_case(keyword))
    };
    match (is(0, "subscriptions"), is(2, "resourceGroups")) {
        (false, _) => 0,
        (true, false) => 2,
        (true, true) => 4,
    }
}

fn provider_groups(segments: &[&str], root: usize) -> Result<Vec<usize>, &'static str> {
    if segments.len() < root {
        return Err("the last segment has no name");
    }
    let mut groups = Vec::new();
    let mut index = root;
    while index < segments.len() {
        if segments[index].eq_ignore_ascii_case("providers") {
            if segments.len() < index + 4 {
                return Err("`providers` is not followed by a namespace, a type and a name");
            }
            groups.push(index);
            index += 4;
        } else if groups.is_empty() {
            return Err("it is neither a subscription, a resource group nor below `providers`");
        } else if segments.len() < index + 2 {
            return Err("the last type has no name");
        } else {
            index += 2;
        }
    }
    Ok(groups)
}

fn single_segment(part: &str) -> Result<(), ParseResourceIdError> {
    if part.is_empty() || part.contains('/') {
        return Err(ParseResourceIdError {
            text: part.to_owned(),
            reason: "a part of it is empty or holds a slash",
        });
    }
    Ok(())
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for ResourceId {}

impl PartialOrd for ResourceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl Hash for ResourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("ResourceId")
            .field(&self.text)
            .finish()
    }
}

impl FromStr for ResourceId {
    type Err = ParseResourceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for ResourceId {
    type Error = ParseResourceIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ResourceId> for String {
    fn from(id: ResourceId) -> Self {
        id.text
    }
}
