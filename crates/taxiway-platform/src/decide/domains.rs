//! The host names of an environment: which the app answers to, and whether they are bound to the site with certificates.
//!
//! Azure refuses a binding before the records of the name lead to the site, and the records name the site: so the first
//! deployment comes without bindings, and a person says when the records are there.

use super::environments::Asked;
use super::{Decisions, list};
use crate::{NetworkProfile, Setting};

/// The longest name that a managed certificate has. Source: Azure App Service, limits.
const LONGEST: usize = 64;

/// Whether the names are bound.
pub(super) fn bound(asked: &Asked<'_>, decisions: &mut Decisions) -> bool {
    let domains = &asked.settings.domains;
    let wanted = asked.settings.bind_domains.as_ref();
    let is_wanted = wanted.is_some_and(|wanted| wanted.value);
    if let Some(wanted) = wanted.filter(|it| it.value) {
        refuse(asked, wanted, decisions);
    }
    let Some(first) = domains.first() else {
        return false;
    };
    let reason = if asked.is_local {
        "the app answers to them; nothing is bound on this machine".to_owned()
    } else if is_wanted {
        "bound to the site, each with a certificate that App Service renews; ALLOWED_HOSTS and CSRF_TRUSTED_ORIGINS have them"
            .to_owned()
    } else {
        format!(
            "the app answers to them, and they are not bound yet. Records to set: {}; `taxiway up {}` shows both values. Then \
             [environments.{}] bind-domains = true",
            records(domains),
            asked.name,
            asked.name
        )
    };
    decisions.configured(asked.key("domains"), list(domains), &first.place, &reason);
    is_wanted && !asked.is_local
}

/// `CNAME shop.example.org to the site's own name and TXT asuid.shop.example.org with the verification id`
fn records(domains: &[Setting<String>]) -> String {
    let each = domains.iter().map(|domain| {
        let name = domain.value.to_lowercase();
        format!(
            "CNAME (at the top of a zone: A) {name} to the site's own name, TXT asuid.{name} with the verification id"
        )
    });
    each.collect::<Vec<String>>().join("; ")
}

fn refuse(asked: &Asked<'_>, wanted: &Setting<bool>, decisions: &mut Decisions) {
    let place = &wanted.place;
    if asked.is_local {
        decisions.refuse(
            "not-in-the-local-cloud",
            format!("the local cloud binds no host names: `bind-domains` ({place})"),
            "leave `bind-domains` out of [environments.local]",
        );
        return;
    }
    if asked.settings.domains.is_empty() {
        decisions.refuse(
            "no-domains-to-bind",
            format!(
                "`bind-domains = true` ({place}), and environment `{}` has no host name",
                asked.name
            ),
            format!(
                "[environments.{}] domains = [\"shop.example.org\"]",
                asked.name
            ),
        );
    }
    let network = asked.settings.network.as_ref();
    if let Some(network) = network.filter(|it| it.value == NetworkProfile::Internal) {
        decisions.refuse(
            "managed-certificate-of-internal-site",
            format!(
                "`bind-domains = true` ({place}) asks for certificates that App Service manages, and whoever issues them has to \
                 reach the site, which `network = \"internal\"` ({}) closes",
                network.place
            ),
            "leave it out, and bind a certificate of your own by hand; the app answers to the names all the same",
        );
    }
    for domain in &asked.settings.domains {
        let name = domain.value.to_lowercase();
        let objection = if name.len() > LONGEST {
            Some(format!(
                "it has {} characters, and a certificate names {LONGEST} at most",
                name.len()
            ))
        } else if [".trafficmanager.net", ".azurewebsites.net"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            Some("it belongs to Azure".to_owned())
        } else {
            None
        };
        if let Some(objection) = objection {
            decisions.refuse(
                "no-managed-certificate",
                format!(
                    "`{name}` ({}) can't get a certificate that App Service manages: {objection}",
                    domain.place
                ),
                "take it out of `domains`, or `bind-domains` out",
            );
        }
    }
}
