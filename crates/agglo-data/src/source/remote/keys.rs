//! What object stores are told from the environment, under the names that their own programs use.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey as Aws};
use object_store::azure::{AzureConfigKey as Azure, MicrosoftAzureBuilder};
use object_store::client::ClientConfigKey;
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey as Google};
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientOptions, ObjectStore, ObjectStoreScheme, RetryConfig};
use url::Url;

use super::bad_setting;
use super::store::{no_client, odd};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place};

pub(super) type Store = Arc<dyn ObjectStore>;

/// Settings of one store, by the name of the environment in small letters.
type Settings = Vec<(String, String)>;

/// The store of an address, and the place in it.
pub(super) fn open(address: &str, place: &Place) -> Result<(Store, Path), DataError> {
    let url = Url::parse(address).map_err(|_| odd(place))?;
    let build = |error: object_store::Error| no_client(&error, place);
    if matches!(url.scheme(), "http" | "https") {
        // The whole address is the object, with the query that names it, whoever serves it.
        let client = client().with_allow_http(url.scheme() == "http");
        let store = HttpBuilder::new().with_url(url.as_str()).with_client_options(client);
        let store = store.with_retry(retries()).build().map_err(build)?;
        return Ok((Arc::new(store), Path::default()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        let message = "the address of an object has no `?` and no `#`";
        let remedy = "`*` stands for any signs, `%3F` for a `?` in a name; keys go into the \
                      environment";
        return Err(bad_setting(place, message, remedy));
    }
    // The libraries quote the address where they do not understand it.
    let (scheme, path) = ObjectStoreScheme::parse(&url).map_err(|_| odd(place))?;
    macro_rules! built {
        ($builder:ident, $key:ty, $settings:expr) => {{
            let start = $builder::new()
                .with_url(url.as_str())
                .with_client_options(client())
                .with_retry(retries());
            let told = $settings
                .into_iter()
                .filter_map(|(name, value)| Some((<$key>::from_str(&name).ok()?, value)));
            let store = told.fold(start, |builder, (key, value)| builder.with_config(key, value));
            Arc::new(store.build().map_err(build)?)
        }};
    }
    let store: Store = match scheme {
        ObjectStoreScheme::AmazonS3 => {
            let settings = settings("AWS_");
            aws(&settings, place)?;
            built!(AmazonS3Builder, Aws, settings)
        }
        ObjectStoreScheme::GoogleCloudStorage => {
            let settings = settings("GOOGLE_");
            google(&settings, place)?;
            built!(GoogleCloudStorageBuilder, Google, settings)
        }
        ObjectStoreScheme::MicrosoftAzure => {
            let settings = settings("AZURE_");
            azure(&settings, &url, place)?;
            built!(MicrosoftAzureBuilder, Azure, settings)
        }
        _ => return Err(odd(place)),
    };
    Ok((store, path))
}

/// No limit to the whole time, which large objects need; whoever reads watches over pauses.
fn client() -> ClientOptions {
    ClientOptions::new().with_timeout_disabled().with_connect_timeout(Duration::from_secs(10))
}

fn retries() -> RetryConfig {
    // The time counts from the first byte, and a large object is taken up again where it broke off.
    RetryConfig {
        max_retries: 5,
        retry_timeout: Duration::from_secs(6 * 3600),
        ..RetryConfig::default()
    }
}

fn settings(prefix: &str) -> Settings {
    // Other programs may have left texts there that are no Unicode.
    let texts = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts
        .filter(|(name, value)| name.starts_with(prefix) && !value.is_empty())
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect()
}

fn told<K: FromStr + PartialEq>(settings: &Settings, wanted: &[K]) -> bool {
    settings.iter().any(|(name, value)| {
        value != "false" && K::from_str(name).is_ok_and(|key| wanted.contains(&key))
    })
}

fn no_keys(place: &Place, remedy: &str) -> DataError {
    let message = "cannot be fetched: the environment holds no keys for this object store";
    Diagnostic::new(codes::UNREACHABLE, message, remedy).at(place).into()
}

/// Without keys the library would ask the machine's own network who it is; nothing is asked that the
/// user did not name.
fn aws(settings: &Settings, place: &Place) -> Result<(), DataError> {
    let keys = [
        Aws::AccessKeyId,
        Aws::SecretAccessKey,
        Aws::WebIdentityTokenFile,
        Aws::ContainerCredentialsRelativeUri,
        Aws::ContainerCredentialsFullUri,
        Aws::MetadataEndpoint,
        Aws::SkipSignature,
    ];
    if !told(settings, &keys) {
        let remedy = "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION; or \
                      AWS_SKIP_SIGNATURE=true for what everybody may read";
        return Err(no_keys(place, remedy));
    }
    let in_the_clear = settings.iter().any(|(name, value)| {
        let key = Aws::from_str(name);
        matches!(key, Ok(Aws::Endpoint | Aws::S3Endpoint)) && value.starts_with("http://")
    });
    if in_the_clear && !told(settings, &[Aws::Client(ClientConfigKey::AllowHttp)]) {
        let message = "AWS_ENDPOINT is not encrypted";
        let remedy = "name an https:// endpoint; or, in a network that is trusted, set \
                      AWS_ALLOW_HTTP=true";
        return Err(bad_setting(place, message, remedy));
    }
    Ok(())
}

fn google(settings: &Settings, place: &Place) -> Result<(), DataError> {
    let keys = [
        Google::ServiceAccount,
        Google::ServiceAccountKey,
        Google::ApplicationCredentials,
        Google::SkipSignature,
    ];
    // Where the store's own program leaves what it was told at its login.
    let login = std::env::var_os("HOME").is_some_and(|home| {
        let folder = std::path::Path::new(&home).join(".config/gcloud");
        folder.join("application_default_credentials.json").is_file()
    });
    if login || told(settings, &keys) {
        return Ok(());
    }
    let remedy = "set GOOGLE_SERVICE_ACCOUNT to the file with the keys, or \
                  GOOGLE_SKIP_SIGNATURE=true for what everybody may read";
    Err(no_keys(place, remedy))
}

fn azure(settings: &Settings, url: &Url, place: &Place) -> Result<(), DataError> {
    let keys = [
        Azure::AccessKey,
        Azure::SasKey,
        Azure::Token,
        Azure::ClientSecret,
        Azure::FederatedTokenFile,
        Azure::MsiEndpoint,
        Azure::UseAzureCli,
        Azure::UseEmulator,
        Azure::SkipSignature,
    ];
    if !told(settings, &keys) {
        let remedy = "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or \
                      AZURE_SKIP_SIGNATURE=true for what everybody may read";
        return Err(no_keys(place, remedy));
    }
    let named = url.username() != "" || told(settings, &[Azure::AccountName, Azure::UseEmulator]);
    if !named {
        let remedy = "set AZURE_STORAGE_ACCOUNT_NAME, or write \
                      abfss://container@account.dfs.core.windows.net/…";
        return Err(bad_setting(place, "the address names no storage account", remedy));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_store_has_its_client_and_names_what_it_must_be_told() {
        let place = Place { file: "x".into(), sheet: None };
        let of = |pairs: &[(&str, &str)]| -> Settings {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let said = |found: Result<(), DataError>| found.unwrap_err().to_string();
        assert!(said(aws(&of(&[]), &place)).contains("AWS_ACCESS_KEY_ID"));
        assert!(said(aws(&of(&[("aws_skip_signature", "false")]), &place)).contains("A0116"));
        assert!(aws(&of(&[("aws_skip_signature", "true")]), &place).is_ok());
        let keys = ("aws_access_key_id", "k");
        let local = ("aws_endpoint", "http://127.0.0.1:1");
        assert!(said(aws(&of(&[keys, local]), &place)).contains("AWS_ALLOW_HTTP"));
        assert!(aws(&of(&[keys, local, ("aws_allow_http", "true")]), &place).is_ok());

        let url = Url::parse("az://container/a.csv").unwrap();
        assert!(said(azure(&of(&[]), &url, &place)).contains("AZURE_STORAGE_ACCOUNT_NAME"));
        let key = ("azure_storage_account_key", "k");
        let error = said(azure(&of(&[key]), &url, &place));
        assert!(error.contains("no storage account"), "{error}");
        let with_account = Url::parse("abfss://c@me.dfs.core.windows.net/a.csv").unwrap();
        assert!(azure(&of(&[key]), &with_account, &place).is_ok());
        assert!(azure(&of(&[key, ("azure_storage_account_name", "me")]), &url, &place).is_ok());
        assert!(google(&of(&[("google_skip_signature", "true")]), &place).is_ok());
    }
}
