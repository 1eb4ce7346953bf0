//! Buckets by their address, on every machine of a cluster alike.
//!
//! The engine asks for the store of `s3://bucket/…` when it first meets it, so nobody has to know the
//! buckets beforehand. What opens them comes from the environment of the process, never from the
//! session: `AWS_…` for `s3://`, `GOOGLE_…` for `gs://`, `AZURE_…` for `az://` and `abfs://`. No key
//! travels over the network to another machine.

use std::sync::Arc;

use datafusion::common::DataFusionError;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use object_store::ObjectStore;
use url::Url;

/// Variables of these families reach a store; others, such as `REGION`, are not meant for it.
const FAMILIES: [&str; 3] = ["AWS_", "GOOGLE_", "AZURE_"];

/// A runtime that spills to `folder` (the system's temporary one when `None`) and knows buckets.
///
/// # Errors
/// When the folder cannot be used.
pub fn runtime(folder: Option<&str>) -> Result<Arc<RuntimeEnv>, DataFusionError> {
    let mut builder =
        RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(Stores::default()));
    if let Some(folder) = folder {
        builder = builder.with_temp_file_path(folder);
    }
    builder.build_arc()
}

/// Stores that were registered or already met; others are opened on demand.
#[derive(Debug, Default)]
struct Stores {
    known: DefaultObjectStoreRegistry,
}

impl ObjectStoreRegistry for Stores {
    fn register_store(
        &self,
        url: &Url,
        store: Arc<dyn ObjectStore>,
    ) -> Option<Arc<dyn ObjectStore>> {
        self.known.register_store(url, store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>, DataFusionError> {
        self.known.deregister_store(url)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>, DataFusionError> {
        match self.known.get_store(url) {
            Err(_) if matches!(url.scheme(), "s3" | "s3a" | "gs" | "az" | "abfs" | "abfss") => {
                let store = open(url, std::env::vars())?;
                self.known.register_store(url, Arc::clone(&store));
                Ok(store)
            }
            known => known,
        }
    }
}

fn open(
    url: &Url,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Arc<dyn ObjectStore>, DataFusionError> {
    let options = environment
        .filter(|(name, _)| FAMILIES.iter().any(|family| name.starts_with(family)))
        .map(|(name, value)| (name.to_ascii_lowercase(), value));
    // The root of the bucket: the engine adds the path itself.
    let root = Url::parse(&url[..url::Position::BeforePath])
        .map_err(|error| DataFusionError::External(Box::new(error)))?;
    let (store, _) = object_store::parse_url_opts(&root, options)?;
    Ok(Arc::from(store))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(url: &str, environment: &[(&str, &str)]) -> String {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        format!("{:?}", open(&Url::parse(url).unwrap(), environment).unwrap())
    }

    #[test]
    fn a_bucket_opens_with_the_usual_variables_and_no_others() {
        let shown = opened(
            "s3://registers/plants/part-0.parquet",
            &[
                ("AWS_ENDPOINT", "http://127.0.0.1:9000"),
                ("AWS_ALLOW_HTTP", "true"),
                ("AWS_REGION", "eu-west-1"),
                ("AWS_ACCESS_KEY_ID", "key"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
                ("REGION", "elsewhere"),
                ("BUCKET", "another"),
            ],
        );
        assert!(shown.contains("registers") && shown.contains("127.0.0.1:9000"), "{shown}");
        assert!(!shown.contains("elsewhere") && !shown.contains("another"), "{shown}");
    }

    #[test]
    fn a_bucket_is_opened_once_and_files_stay_files() {
        let stores = Stores::default();
        let of = |url: &str| stores.get_store(&Url::parse(url).unwrap());
        let (first, second) = (of("gs://a/x"), of("s3://b/y"));
        // No credentials of Google lie about here, but no store may be invented for an unknown scheme.
        drop(first);
        let again = of("s3://b/other").unwrap();
        assert!(Arc::ptr_eq(&second.unwrap(), &again));
        assert!(of("file:///tmp/x").is_ok());
        assert!(of("hdfs://host/x").is_err());
    }
}
