//! The certificate authority of the local cloud, and a certificate for each host name that a client asks for.
//!
//! The authority is made on the first start; its key never leaves `<state>/ca.key` (mode 600). Certificates for hosts live in
//! memory and are signed when a name is first asked for, so only names that this cloud serves ever get one.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use camino::Utf8PathBuf;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::{files::write_private, front_door::is_served, paths::Paths};

const COMMON_NAME: &str = "Taxiway local cloud";

/// The authority can't be read or made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthorityError {
    #[error("cannot read or write `{path}`")]
    File {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    #[error("cannot use the certificate key")]
    Tls(#[from] rustls::Error),
}

/// The authority. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    certificate_path: Utf8PathBuf,
    tls: Arc<rustls::ServerConfig>,
}

impl Authority {
    /// Reads the authority, or makes it on the first start.
    ///
    /// # Errors
    /// When a file can't be read, written or understood.
    pub(crate) fn load(paths: &Paths) -> Result<Self, AuthorityError> {
        let key = load_key(paths)?;
        let parameters = authority_parameters()?;
        if !paths.ca_certificate().exists() {
            let certificate = parameters.self_signed(&key)?;
            write_private(&paths.ca_certificate(), certificate.pem().as_bytes())
                .map_err(|source| file_error(&paths.ca_certificate(), source))?;
        }
        let resolver = Resolver::new(Issuer::new(parameters, key))?;
        let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            certificate_path: paths.ca_certificate(),
            tls: Arc::new(tls),
        })
    }

    /// The file with the certificate that clients have to trust.
    pub(crate) fn certificate_path(&self) -> &camino::Utf8Path {
        &self.certificate_path
    }

    /// The TLS side of a listener.
    pub(crate) fn tls(&self) -> Arc<rustls::ServerConfig> {
        Arc::clone(&self.tls)
    }
}

fn load_key(paths: &Paths) -> Result<KeyPair, AuthorityError> {
    let path = paths.ca_key();
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(KeyPair::from_pem(&text)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = KeyPair::generate()?;
            // A certificate of an older key would be trusted for nothing.
            let _ = std::fs::remove_file(paths.ca_certificate());
            write_private(&path, key.serialize_pem().as_bytes())
                .map_err(|source| file_error(&path, source))?;
            Ok(key)
        }
        Err(error) => Err(file_error(&path, error)),
    }
}

fn file_error(path: &camino::Utf8Path, source: std::io::Error) -> AuthorityError {
    AuthorityError::File {
        path: path.to_owned(),
        source,
    }
}

pub(crate) fn authority_parameters() -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.distinguished_name = DistinguishedName::new();
    parameters
        .distinguished_name
        .push(DnType::CommonName, COMMON_NAME);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut parameters, 10);
    Ok(parameters)
}

pub(crate) fn set_validity(parameters: &mut CertificateParams, years: i16) {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let start = today.saturating_sub(2.days());
    let moment = |date: Date| {
        rcgen::date_time_ymd(
            i32::from(date.year()),
            date.month().unsigned_abs(),
            date.day().unsigned_abs(),
        )
    };
    parameters.not_before = moment(start);
    parameters.not_after = moment(today.saturating_add(years.years()));
}

/// Finds or makes the certificate for the name in a client's hello.
struct Resolver {
    issuer: Issuer<'static, KeyPair>,
    key: KeyPair,
    certificates: Mutex<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Resolver").finish_non_exhaustive()
    }
}

impl Resolver {
    fn new(issuer: Issuer<'static, KeyPair>) -> Result<Self, AuthorityError> {
        Ok(Self {
            issuer,
            key: KeyPair::generate()?,
            certificates: Mutex::new(BTreeMap::new()),
        })
    }

    /// `name` is empty for a client that addresses us by IP address.
    fn certificate(&self, name: &str) -> Result<Arc<CertifiedKey>, AuthorityError> {
        let mut certificates = self
            .certificates
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(certificate) = certificates.get(name) {
            return Ok(Arc::clone(certificate));
        }
        let certificate = Arc::new(self.sign(name)?);
        certificates.insert(name.to_owned(), Arc::clone(&certificate));
        Ok(certificate)
    }

    fn sign(&self, name: &str) -> Result<CertifiedKey, AuthorityError> {
        let mut parameters = if name.is_empty() {
            let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
            parameters.subject_alt_names.extend([
                SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
                SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            ]);
            parameters
        } else {
            CertificateParams::new(vec![name.to_owned()])?
        };
        parameters.distinguished_name = DistinguishedName::new();
        // Common names end at 64 characters; clients look at the alternative name.
        parameters
            .distinguished_name
            .push(DnType::CommonName, "taxiway");
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.use_authority_key_identifier_extension = true;
        set_validity(&mut parameters, 1);
        let certificate = parameters.signed_by(&self.key, &self.issuer)?;
        let key = PrivateKeyDer::Pkcs8(self.key.serialize_der().into());
        Ok(CertifiedKey::new(
            vec![CertificateDer::from(certificate.der().to_vec())],
            rustls::crypto::ring::sign::any_supported_type(&key)?,
        ))
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().unwrap_or_default().to_ascii_lowercase();
        if !name.is_empty() && !is_served(&name) {
            tracing::debug!(name, "a client asked for a host that is not served here");
            return None;
        }
        self.certificate(&name)
            .inspect_err(|error| tracing::error!(name, %error, "cannot sign a certificate"))
            .ok()
    }
}
