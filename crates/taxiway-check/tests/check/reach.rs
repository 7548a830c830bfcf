//! What a network security group keeps from a database, and what it may let through.

use taxiway_check::{Entry, Evaluated, Options, Run, Surroundings};
use taxiway_diagnostics::MemorySources;

/// A site in one subnet and a database in another; `RULES` guard the database.
const TEMPLATE: &str = r"
param other string
resource group 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg'
  location: 'swedencentral'
  properties: { securityRules: [
RULES
  ] }
}
resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet'
  location: 'swedencentral'
  properties: {
    addressSpace: { addressPrefixes: [ '10.0.0.0/16' ] }
    subnets: [
      { name: 'app', properties: { addressPrefix: '10.0.1.0/24' } }
      { name: 'database', properties: { addressPrefix: '10.0.2.0/24', networkSecurityGroup: { id: group.id } } }
    ]
  }
}
resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'psql-shop'
  location: 'swedencentral'
  properties: { network: { delegatedSubnetResourceId: '${network.id}/subnets/database' } }
}
resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'shop'
  location: 'swedencentral'
  properties: { virtualNetworkSubnetId: '${network.id}/subnets/app' }
}
";

const DENY: &str = "priority=4096 access=Deny protocol=* source=VirtualNetwork to=* port=*";

/// Each rule in one line.
fn is_barred(rules: &[&str]) -> bool {
    let rules: Vec<String> = rules.iter().map(|rule| bicep(rule)).collect();
    let mut sources = MemorySources::new();
    sources.insert("main.bicep", TEMPLATE.replace("RULES", &rules.join("\n")));
    let evaluated = Evaluated::open(&sources, &Entry::new("main.bicep"), &Surroundings::none())
        .unwrap_or_else(|errors| panic!("{errors:#?}"));
    let options = Options {
        only: Some(vec!["unreachable-database".to_owned()]),
        ..Options::default()
    };
    let mut run = Run::new(&sources, options);
    run.judge(&evaluated);
    !run.finish().is_empty()
}

fn bicep(rule: &str) -> String {
    let field = |name: &str| {
        let found = rule
            .split(' ')
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_default().to_owned()
    };
    let text = |value: String| {
        if value == "other" {
            value
        } else {
            format!("'{value}'")
        }
    };
    format!(
        "    {{ name: 'r{priority}', properties: {{ direction: 'Inbound', priority: {priority}, access: '{}', protocol: '{}', sourceAddressPrefix: {}, sourcePortRange: '*', destinationAddressPrefix: {}, destinationPortRange: '{}' }} }}",
        field("access"),
        field("protocol"),
        text(field("source")),
        text(field("to")),
        field("port"),
        priority = field("priority"),
    )
}

#[test]
fn only_a_door_that_is_barred_for_certain_is_told() {
    let allow = |rest: &str| format!("priority=100 access=Allow {rest}");
    let cases = [
        ("nothing", String::new(), true),
        (
            "the port",
            allow("protocol=Tcp source=10.0.1.0/24 to=10.0.2.0/24 port=5432"),
            false,
        ),
        (
            "a range of ports",
            allow("protocol=* source=10.0.0.0/16 to=* port=5000-6000"),
            false,
        ),
        (
            "the pooler's port",
            allow("protocol=Tcp source=VirtualNetwork to=* port=6432"),
            false,
        ),
        (
            "another port",
            allow("protocol=Tcp source=* to=* port=3306"),
            true,
        ),
        (
            "another protocol",
            allow("protocol=Udp source=* to=* port=5432"),
            true,
        ),
        (
            "another subnet",
            allow("protocol=Tcp source=10.0.9.0/24 to=* port=5432"),
            true,
        ),
        (
            "a service",
            allow("protocol=Tcp source=AzureLoadBalancer to=* port=5432"),
            true,
        ),
        (
            "a part of the subnet",
            allow("protocol=Tcp source=10.0.1.128/25 to=* port=5432"),
            false,
        ),
        (
            "one address",
            allow("protocol=Tcp source=* to=10.0.2.4 port=5432"),
            false,
        ),
        (
            "what nobody gave",
            allow("protocol=Tcp source=other to=* port=5432"),
            false,
        ),
    ];
    for (name, rule, expected) in cases {
        let rules: Vec<&str> = [DENY, &rule]
            .into_iter()
            .filter(|rule| !rule.is_empty())
            .collect();
        assert_eq!(is_barred(&rules), expected, "{name}");
    }
    assert!(!is_barred(&[]), "networks talk inside of themselves");
}
