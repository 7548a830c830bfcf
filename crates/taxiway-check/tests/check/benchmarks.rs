//! What rules say of other people's benchmarks: every id is one that exists.

use taxiway_check::{ALL, Benchmark};

/// The controls of the Microsoft cloud security benchmark, version 1, in short. Source: Microsoft cloud security benchmark,
/// the pages of its twelve domains.
const MCSB: &[(&str, &[&str])] = &[
    (
        "NS",
        &[
            "segments",
            "services closed by network",
            "firewall at the edge",
            "intrusion detection",
            "denial of service",
            "web application firewall",
            "simple configuration",
            "no insecure protocols",
            "private connections",
            "DNS",
        ],
    ),
    (
        "IM",
        &[
            "one identity system",
            "identity system guarded",
            "application identities managed",
            "servers authenticated",
            "single sign-on",
            "strong authentication",
            "conditions",
            "no exposed secrets",
            "access to existing applications",
        ],
    ),
    (
        "PA",
        &[
            "few administrators",
            "no standing access",
            "lifecycle of identities",
            "access reviewed",
            "emergency access",
            "privileged workstations",
            "least privilege",
            "provider's support",
        ],
    ),
    (
        "DP",
        &[
            "data classified",
            "threats to data watched",
            "encryption in transit",
            "encryption at rest",
            "own keys",
            "key management",
            "certificate management",
            "key repository guarded",
        ],
    ),
    (
        "AM",
        &[
            "assets tracked",
            "approved services",
            "lifecycle of assets",
            "access to asset management",
            "approved applications",
        ],
    ),
    (
        "LT",
        &[
            "threat detection",
            "threat detection for identities",
            "logs for investigation",
            "network logs",
            "logs in one place",
            "logs kept",
            "time",
        ],
    ),
    (
        "IR",
        &[
            "plan",
            "notification",
            "incidents from alerts",
            "investigation",
            "priorities",
            "containment",
            "lessons",
        ],
    ),
    (
        "PV",
        &[
            "configurations defined",
            "configurations enforced",
            "compute configurations defined",
            "compute configurations enforced",
            "vulnerabilities assessed",
            "vulnerabilities mended",
            "red team",
        ],
    ),
    (
        "ES",
        &["detection and response", "anti-malware", "signatures"],
    ),
    (
        "BR",
        &[
            "regular backups",
            "backups guarded",
            "backups watched",
            "backups tested",
        ],
    ),
    (
        "DS",
        &[
            "threat model",
            "supply chain",
            "infrastructure of delivery",
            "static tests",
            "dynamic tests",
            "workload security",
            "logs of delivery",
        ],
    ),
    (
        "GS",
        &[
            "roles",
            "segmentation strategy",
            "data protection",
            "network",
            "posture",
            "identity",
            "logging",
            "backup",
            "endpoints",
            "delivery",
            "several clouds",
        ],
    ),
];

fn is_control(id: &str) -> bool {
    let Some((domain, number)) = id.split_once('-') else {
        return false;
    };
    let known = MCSB.iter().find(|(name, _)| *name == domain);
    let number: Option<usize> = number.parse().ok();
    known
        .zip(number)
        .is_some_and(|((_, controls), number)| (1..=controls.len()).contains(&number))
}

/// The numbers of Checkov's rules, and sections of CIS, have a form.
fn has_form(id: &str, prefixes: &[&str], separator: char) -> bool {
    prefixes.iter().any(|prefix| {
        let rest = id.strip_prefix(prefix);
        rest.is_some_and(|rest| {
            rest.split(separator)
                .all(|part| part.parse::<u16>().is_ok_and(|number| number > 0))
        })
    })
}

#[test]
fn every_control_that_a_rule_names_exists() {
    for rule in ALL {
        for benchmark in rule.benchmarks {
            let is_known = match benchmark {
                Benchmark::Mcsb(id) => is_control(id),
                Benchmark::Cis(id) => has_form(id, &[""], '.') && id.contains('.'),
                Benchmark::Checkov(id) => has_form(
                    id,
                    &[
                        "CKV_AZURE_",
                        "CKV2_AZURE_",
                        "CKV_GHA_",
                        "CKV_DOCKER_",
                        "CKV_SECRET_",
                    ],
                    '_',
                ),
            };
            assert!(is_known, "{} names {}", rule.code, benchmark.label());
        }
    }
    assert!(!is_control("NS-11") && !is_control("XX-1") && !is_control("LT-0"));
}

/// A rule about resources that a pipeline asks about for security says which control it is about.
#[test]
fn rules_about_security_name_a_control() {
    let without: Vec<&str> = ALL
        .iter()
        .filter(|rule| rule.gate == taxiway_check::Gate::Security && !rule.is_about_files())
        .filter(|rule| {
            !rule
                .benchmarks
                .iter()
                .any(|it| matches!(it, Benchmark::Mcsb(_)))
        })
        .map(|rule| rule.code)
        .collect();
    // It is about reading, not about safety: Checkov's own.
    assert_eq!(without, ["secret-without-content-type"]);
}
