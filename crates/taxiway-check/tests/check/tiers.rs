//! What tiers do not have, and identities that are not there: the cases that the examples of the rules do not show.

use taxiway_check::{Entry, Evaluated, Options, Run, Surroundings};
use taxiway_diagnostics::MemorySources;

const MAIN: &str = "main.bicep";

/// What one rule says about a template.
fn said(rule: &str, text: &str) -> Vec<String> {
    let mut sources = MemorySources::new();
    sources.insert(MAIN, text);
    let evaluated = Evaluated::open(&sources, &Entry::new(MAIN), &Surroundings::none())
        .unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"));
    let options = Options {
        pedantic: true,
        only: Some(vec![rule.to_owned()]),
        ..Options::default()
    };
    let mut run = Run::new(&sources, options);
    run.judge(&evaluated);
    run.finish()
        .into_iter()
        .map(|finding| finding.diagnostic.message)
        .collect()
}

fn endpoint(target: &str, group: &str) -> String {
    format!(
        "
resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {{
  name: 'pep-shop'
  location: 'swedencentral'
  properties: {{
    subnet: {{ id: resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet-shop', 'endpoints') }}
    privateLinkServiceConnections: [
      {{
        name: 'shop'
        properties: {{ privateLinkServiceId: {target}.id, groupIds: ['{group}'] }}
      }}
    ]
  }}
}}
"
    )
}

#[test]
fn a_private_endpoint_begins_with_basic() {
    let site = |size: &str, subnet: &str| {
        let text = format!(
            "param network string = ''
resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {{
  name: 'asp-shop'
  location: 'swedencentral'
  sku: {{ name: '{size}' }}
}}
resource site 'Microsoft.Web/sites@2024-04-01' = {{
  name: 'shop'
  location: 'swedencentral'
  properties: {{ serverFarmId: plan.id, virtualNetworkSubnetId: {subnet} }}
}}
"
        );
        said("network-without-tier", &(text + &endpoint("site", "sites")))
    };
    let none = "empty(network) ? null : network";
    assert_eq!(
        site("F1", none),
        ["the site `shop` gets a private endpoint; the tier Free has none"]
    );
    assert_eq!(site("D1", "''").len(), 1);
    assert!(site("B1", none).is_empty());
}

#[test]
fn a_registry_below_premium_has_no_endpoint_and_no_replica() {
    let registry = |tier: &str| {
        let text = format!(
            "resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {{
  name: 'crshop'
  location: 'swedencentral'
  sku: {{ name: '{tier}' }}
  resource north 'replications' = {{
    name: 'northeurope'
    location: 'northeurope'
  }}
}}
"
        );
        said(
            "premium-feature",
            &(text + &endpoint("registry", "registry")),
        )
    };
    let mut found = registry("Standard");
    found.sort();
    assert_eq!(
        found,
        [
            "a private endpoint needs the tier Premium, and the registry `crshop` is Standard",
            "a replica needs the tier Premium, and the registry `crshop` is Standard",
        ]
    );
    assert!(registry("Premium").is_empty());
}

#[test]
fn a_certificate_is_issued_for_single_names_of_open_sites() {
    let certificate = |access: &str, name: &str, more: &str| {
        said(
            "managed-certificate-refused",
            &format!(
                "resource site 'Microsoft.Web/sites@2024-04-01' = {{
  name: 'shop'
  location: 'swedencentral'
  properties: {{ publicNetworkAccess: '{access}' }}
  resource name 'hostNameBindings' = {{ name: 'shop.example.org' }}
}}
resource certificate 'Microsoft.Web/certificates@2024-04-01' = {{
  name: 'shop'
  location: 'swedencentral'
  properties: {{ canonicalName: '{name}'{more} }}
}}
"
            ),
        )
    };
    assert_eq!(
        certificate("Enabled", "*.example.org", ""),
        ["App Service issues no certificate for `*.example.org`, which stands for many names"]
    );
    assert_eq!(certificate("Disabled", "Shop.example.org", "").len(), 1);
    assert!(certificate("Enabled", "shop.example.org", "").is_empty());
    // Bound to another site, which is in no template that is seen.
    assert!(certificate("Disabled", "other.example.org", "").is_empty());
    let brought = ", keyVaultId: resourceId('Microsoft.KeyVault/vaults', 'kv-shop')";
    assert!(certificate("Disabled", "*.example.org", brought).is_empty());
}

#[test]
fn an_image_is_pulled_with_an_identity_that_is_there() {
    let site = |image: &str, identity: &str, client: &str| {
        said(
            "pull-without-identity",
            &format!(
                "resource own 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'id-own'
  location: 'swedencentral'
}}
resource other 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {{
  name: 'id-other'
  location: 'swedencentral'
}}
resource site 'Microsoft.Web/sites@2024-04-01' = {{
  name: 'shop'
  location: 'swedencentral'
  {identity}
  properties: {{
    siteConfig: {{
      linuxFxVersion: 'DOCKER|{image}'
      acrUseManagedIdentityCreds: true
      acrUserManagedIdentityID: {client}
    }}
  }}
}}
"
            ),
        )
    };
    let image = "crshop.azurecr.io/shop:1";
    let assigned =
        "identity: { type: 'UserAssigned', userAssignedIdentities: { '${own.id}': {} } }";
    let system = "identity: { type: 'SystemAssigned' }";
    assert_eq!(
        site(image, "", "null"),
        ["the site `shop` pulls its image with an identity, and has none"]
    );
    assert_eq!(
        site(image, assigned, "''"),
        [
            "the site `shop` pulls its image with its system-assigned identity, which it does not have"
        ]
    );
    assert_eq!(
        site(image, assigned, "other.properties.clientId"),
        [
            "the site `shop` pulls its image with the identity `id-other`, which is not assigned to it"
        ]
    );
    assert!(site(image, assigned, "own.properties.clientId").is_empty());
    assert!(site(image, assigned, "'00000000-0000-0000-0000-000000000001'").is_empty());
    assert!(site(image, system, "null").is_empty());
    assert!(site("docker.io/library/nginx:1", "", "null").is_empty());
}

/// A role for a vault is one for all of its secrets; a role for a secret is one for that secret.
#[test]
fn an_identity_reads_the_secrets_it_was_given() {
    let site = |granted: &str| {
        let text = format!(
            "resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {{
  name: 'id-shop'
  location: 'swedencentral'
}}
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {{
  name: 'kv-shop'
  location: 'swedencentral'
  properties: {{ enableRbacAuthorization: true }}
}}
resource key 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {{
  parent: vault
  name: 'key'
}}
resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: guid(vault.id, identity.id)
  scope: {granted}
  properties: {{
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }}
}}
resource site 'Microsoft.Web/sites@2024-04-01' = {{
  name: 'shop'
  location: 'swedencentral'
  identity: {{ type: 'UserAssigned', userAssignedIdentities: {{ '${{identity.id}}': {{}} }} }}
  properties: {{
    keyVaultReferenceIdentity: identity.id
    siteConfig: {{
      appSettings: [
        {{ name: 'KEY', value: '@Microsoft.KeyVault(SecretUri=https://kv-shop.vault.azure.net/secrets/key)' }}
        {{ name: 'MAIL', value: '@Microsoft.KeyVault(SecretUri=https://kv-shop.vault.azure.net/secrets/mail-key)' }}
      ]
    }}
  }}
}}
"
        );
        said("secret-reader-without-role", &text)
    };
    assert_eq!(site("vault"), [""; 0]);
    let of_one = "the site `shop` may not read the secret `mail-key` of the vault `kv-shop`";
    assert_eq!(site("key"), [of_one]);
    let of_all = "the site `shop` may not read the secrets of the vault `kv-shop`";
    assert_eq!(site("identity"), [of_all]);
}
