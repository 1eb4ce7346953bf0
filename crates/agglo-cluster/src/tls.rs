//! Certificates: who may speak to whom.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ballista_core::extension::EndpointOverrideFn;
use ballista_core::utils::{GrpcClientConfig, create_grpc_client_endpoint};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity, ServerTlsConfig};

use crate::error::ClusterError;

/// Files in PEM format. Every process of a cluster, and every client, shows `cert` to the others and
/// lets in those whose certificate `ca` has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The authority that signed the certificates of this cluster.
    pub ca: PathBuf,
    /// This process's certificate; its names must be those that others reach it by.
    pub cert: PathBuf,
    /// The key of `cert`.
    pub key: PathBuf,
}

/// The files, read.
#[derive(Clone)]
pub(crate) struct Loaded {
    ca: Certificate,
    identity: Identity,
}

impl Tls {
    pub(crate) fn load(&self) -> Result<Loaded, ClusterError> {
        let certificate = read(&self.cert, "CERTIFICATE")?;
        let key = read(&self.key, "PRIVATE KEY")?;
        Ok(Loaded {
            ca: Certificate::from_pem(read(&self.ca, "CERTIFICATE")?),
            identity: Identity::from_pem(certificate, key),
        })
    }
}

impl Loaded {
    pub(crate) fn server(&self) -> ServerTlsConfig {
        ServerTlsConfig::new().identity(self.identity.clone()).client_ca_root(self.ca.clone())
    }

    /// Makes every connection of Ballista one with TLS, also those that it writes as `http://`.
    pub(crate) fn client(&self) -> EndpointOverrideFn {
        let config =
            ClientTlsConfig::new().ca_certificate(self.ca.clone()).identity(self.identity.clone());
        Arc::new(move |endpoint: Endpoint| {
            let plain = endpoint.uri().to_string();
            let endpoint = match plain.strip_prefix("http://") {
                Some(rest) => create_grpc_client_endpoint(
                    format!("https://{rest}"),
                    Some(&GrpcClientConfig::default()),
                )?,
                None => endpoint,
            };
            Ok(endpoint.tls_config(config.clone())?)
        })
    }
}

fn read(path: &Path, kind: &str) -> Result<Vec<u8>, ClusterError> {
    let wrong = |why: String| ClusterError::Tls { file: path.display().to_string(), why };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    if !text.lines().any(|line| line.starts_with("-----BEGIN ") && line.contains(kind)) {
        return Err(wrong(format!("there is no {kind} in it")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_certificate_is_named() {
        let folder = std::env::temp_dir().join(format!("agglo-tls-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("ca.pem");
        std::fs::write(&path, "-----BEGIN PRIVATE KEY-----\n").unwrap();
        let tls = Tls { ca: path.clone(), cert: path.clone(), key: path };
        let message = tls.load().err().unwrap().to_string();
        std::fs::remove_dir_all(folder).unwrap();
        assert!(message.contains("ca.pem") && message.contains("CERTIFICATE"), "{message}");
    }
}
