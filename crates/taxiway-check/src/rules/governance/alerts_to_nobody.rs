//! Nobody hears of alerts of the highest severity.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "alerts-to-nobody",
    "nobody hears of alerts of the highest severity",
    include_str!("alerts_to_nobody.md"),
    look,
)
.warning()
.pedantic()
.gate(Gate::Security)
.benchmarks(&[Checkov("CKV_AZURE_131"), Checkov("CKV_AZURE_20"), Checkov("CKV_AZURE_21"), Checkov("CKV_AZURE_22"), Mcsb("IR-2")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for contact in graph.of("Microsoft.Security/securityContacts") {
        // Until 2020 a switch and an address; a list of notifications since.
        let switch = contact.at("properties/alertNotifications");
        let is_off = switch.is("Off") || switch.at("state").is("Off") || contact.at("properties/isEnabled").is_false();
        let emails = contact.at("properties/emails");
        let is_nobody = emails.is("") || emails.is_absent() && contact.at("properties/email").is_absent();
        if is_off || is_nobody {
            let part = if is_off && switch.is_present() { &switch } else if is_off { &contact.at("properties/isEnabled") } else { &emails };
            report.push(Found::at(part, "alerts of Defender reach nobody").help("name an address that somebody reads, and leave the notifications on"));
        }
    }
}
