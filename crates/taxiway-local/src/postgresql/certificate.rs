//! The certificate with which a server shows that it is one of this cloud: signed by the cloud's authority, made at each start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use crate::{
    authority::{authority_parameters, set_validity},
    cloud::Cloud,
    error::ArmError,
};

/// A server runs for months without a restart.
const YEARS: i16 = 5;

/// Certificate and key as PEM.
pub(super) struct ServerCertificate {
    pub certificate: String,
    pub key: String,
}

/// A certificate for an address of loopback, and for those that every machine has.
pub(super) fn issue(cloud: &Cloud, address: Ipv4Addr) -> Result<ServerCertificate, ArmError> {
    let authority_key = std::fs::read_to_string(cloud.paths.ca_key())
        .map_err(|error| super::folders::failed("read", &cloud.paths.ca_key(), &error))?;
    sign(&authority_key, address).map_err(|error| {
        ArmError::internal(format!(
            "The certificate of a PostgreSQL server cannot be made: {error}."
        ))
    })
}

fn sign(authority_key: &str, address: Ipv4Addr) -> Result<ServerCertificate, rcgen::Error> {
    let issuer = Issuer::new(authority_parameters()?, KeyPair::from_pem(authority_key)?);
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
    parameters.subject_alt_names.extend([
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ]);
    if address != Ipv4Addr::LOCALHOST {
        let own = SanType::IpAddress(IpAddr::V4(address));
        parameters.subject_alt_names.push(own);
    }
    parameters.distinguished_name = DistinguishedName::new();
    parameters
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    set_validity(&mut parameters, YEARS);
    Ok(ServerCertificate {
        certificate: parameters.signed_by(&key, &issuer)?.pem(),
        key: key.serialize_pem(),
    })
}
