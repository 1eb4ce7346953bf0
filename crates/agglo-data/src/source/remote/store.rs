//! Objects of object stores, and what web servers serve.

use std::fs::File;
use std::future::{Future, poll_fn};
use std::io::Write;
use std::time::Duration;

use object_store::path::Path;
use object_store::{Error, ObjectMeta, ObjectStoreExt as _};

use super::keys::{Store, open};
use super::{MOST_FETCHED, shown, too_much};
use crate::codes;
use crate::diagnostic::{DataError, Diagnostic, Place, did_you_mean};
use crate::source::expand::{Named, is_table, matching};
use crate::source::unreadable;

/// No answer and no further piece for so long, and it is given up.
const PATIENCE: Duration = Duration::from_secs(120);
/// Names beside a missing object that are looked at for one that was meant.
const BESIDE: usize = 1000;

/// Whether the address names several objects: by a pattern, or a folder by its last `/`.
pub(in crate::source) fn is_several(address: &str) -> bool {
    let listed = ["s3", "s3a", "gs", "az", "abfs", "abfss"];
    address.split_once("://").is_some_and(|(scheme, rest)| {
        listed.contains(&scheme) && (rest.contains('*') || rest.ends_with('/'))
    })
}

/// The object at `address`, written to `spool`.
pub(super) fn download(address: &str, place: &Place, spool: &mut File) -> Result<(), DataError> {
    let (store, path) = open(address, place)?;
    if path.as_ref().is_empty() && !address.starts_with("http") {
        let remedy = "s3://bucket/folder/name.csv, or s3://bucket/folder/ for all files in it";
        return Err(super::bad_setting(place, "the address names no object", remedy));
    }
    run(place, async {
        let found = match patient(store.get(&path), place).await? {
            Ok(found) => found,
            Err(error) => return Err(missing(&error, &store, &path, address, place).await),
        };
        if found.meta.size > MOST_FETCHED {
            return Err(too_much(place));
        }
        let mut pieces = found.into_stream();
        let mut n = 0;
        while let Some(piece) =
            patient(poll_fn(|task| pieces.as_mut().poll_next(task)), place).await?
        {
            let piece = piece.map_err(|error| refused(&error, place))?;
            n += piece.len() as u64;
            if n > MOST_FETCHED {
                return Err(too_much(place));
            }
            spool.write_all(&piece).map_err(|error| unreadable(place, &error))?;
        }
        Ok(())
    })
}

/// The objects that `address` names, in the order of their names; none where nothing matches.
pub(in crate::source) fn list(address: &str) -> Result<Vec<Named>, DataError> {
    let place = Place { file: shown(address), sheet: None };
    let (store, path) = open(address, &place)?;
    let wanted = path.as_ref();
    let is_folder = address.ends_with('/');
    let folder = match wanted.find('*') {
        Some(star) if !is_folder => &wanted[..wanted[..star].rfind('/').unwrap_or(0)],
        Some(_) => {
            let remedy = "end the pattern with the name of a file, as in folder/*/*.csv";
            return Err(super::bad_setting(&place, "a pattern that ends with `/`", remedy));
        }
        None => wanted,
    };
    let prefix = Path::parse(folder).map_err(|_| odd(&place))?;
    let is_wanted = |key: &str| {
        if is_folder {
            let below = key.strip_prefix(folder).unwrap_or(key);
            is_table(std::path::Path::new(below.trim_start_matches('/')))
        } else {
            matching(wanted, key)
        }
    };
    // Only patterns and folders that reach further down need a look into every folder below.
    let flat = !is_folder && !wanted[folder.len()..].trim_start_matches('/').contains('/');
    let mut keys = run(&place, async {
        let mut keys = Vec::new();
        let mut take = |object: ObjectMeta| {
            if is_wanted(object.location.as_ref()) {
                keys.push(object.location.to_string());
            }
        };
        if flat {
            let found = patient(store.list_with_delimiter(Some(&prefix)), &place).await?;
            let found = found.map_err(|error| refused(&error, &place))?;
            found.objects.into_iter().for_each(take);
        } else {
            let mut objects = store.list(Some(&prefix));
            while let Some(object) =
                patient(poll_fn(|task| objects.as_mut().poll_next(task)), &place).await?
            {
                take(object.map_err(|error| refused(&error, &place))?);
            }
        }
        Ok(keys)
    })?;
    keys.sort_unstable();
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let bucket = rest.split('/').next().unwrap_or_default();
    let base = format!("{scheme}://{bucket}");
    let named = keys.iter().map(|key| {
        let key = as_written(key);
        (format!("{base}/{key}").into(), format!("{}/{key}", shown(&base)))
    });
    Ok(named.collect())
}

/// A key so that it can stand in an address.
fn as_written(key: &str) -> String {
    let mut text = String::new();
    for sign in key.chars() {
        match sign {
            '%' | '?' | '#' | '*' | '\\' => text.push_str(&format!("%{:02X}", sign as u32)),
            sign if sign.is_ascii_control() => text.push_str(&format!("%{:02X}", sign as u32)),
            sign => text.push(sign),
        }
    }
    text
}

fn run<T>(place: &Place, work: impl Future<Output = Result<T, DataError>>) -> Result<T, DataError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| unreadable(place, &error))?;
    runtime.block_on(work)
}

async fn patient<T>(work: impl Future<Output = T>, place: &Place) -> Result<T, DataError> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| {
        let message = format!("cannot be fetched: nothing came for {} seconds", PATIENCE.as_secs());
        Diagnostic::new(codes::UNREACHABLE, message, "try again later").at(place).into()
    })
}

pub(super) fn odd(place: &Place) -> DataError {
    let remedy = "write s3://bucket/folder/name.csv; `%23` stands for `#`, `%25` for `%`";
    super::bad_setting(place, "the address cannot be understood", remedy)
}

/// What a store says, without the address it was asked at, which may hold a key.
pub(super) fn refused(error: &Error, place: &Place) -> DataError {
    let code = store_code(error);
    let no_bucket = matches!(code.as_deref(), Some("NoSuchBucket" | "ContainerNotFound"));
    let (message, remedy) = match (error, &code) {
        _ if no_bucket => {
            ("there is no such bucket".to_owned(), "check the name after ://, and the endpoint")
        }
        (Error::NotFound { .. }, _) => ("there is no such object".to_owned(), "check the address"),
        (Error::PermissionDenied { .. } | Error::Unauthenticated { .. }, code) => {
            let named =
                code.as_ref().map_or(String::new(), |code| format!(" (the store says {code})"));
            let remedy = "check that the account of the keys may read and list it";
            (format!("it may not be read{named}"), remedy)
        }
        (_, Some(code)) => {
            (format!("the store says {code}"), "check the address, the region and the endpoint")
        }
        (other, None) => (
            root_of(other),
            "check the address, the region and the endpoint, and that the server runs",
        ),
    };
    Diagnostic::new(codes::UNREACHABLE, format!("cannot be fetched: {message}"), remedy)
        .at(place)
        .into()
}

/// Why no client of a store could be made of what the environment says.
pub(super) fn no_client(error: &Error, place: &Place) -> DataError {
    let message = format!("the settings of the object store cannot be used: {}", root_of(error));
    let remedy = "check the store's keys and settings in the environment";
    Diagnostic::new(codes::UNREACHABLE, message, remedy).at(place).into()
}

/// The last of the reasons, without addresses.
fn root_of(error: &Error) -> String {
    let mut root: &dyn std::error::Error = error;
    while let Some(deeper) = root.source() {
        root = deeper;
    }
    let text = root.to_string();
    let safe = |word| if str::contains(word, "://") { "the address" } else { word };
    text.split_whitespace().map(safe).collect::<Vec<_>>().join(" ")
}

/// The word for the error in the store's answer, of which the rest may quote keys.
fn store_code(error: &Error) -> Option<String> {
    let text = error.to_string();
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_word =
        !code.is_empty() && code.len() < 60 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    is_word.then(|| code.to_owned())
}

/// Why an object could not be had; where it is missing, with a name that may have been meant.
async fn missing(
    error: &Error,
    store: &Store,
    path: &Path,
    address: &str,
    place: &Place,
) -> DataError {
    let plain = refused(error, place);
    let no_bucket = plain.to_string().contains("no such bucket");
    if !matches!(error, Error::NotFound { .. }) || no_bucket || address.starts_with("http") {
        return plain;
    }
    let (folder, name) = path.as_ref().rsplit_once('/').unwrap_or(("", path.as_ref()));
    let below = format!("{}/", path.as_ref());
    let Ok(prefix) = Path::parse(folder) else { return plain };
    let mut objects = store.list(Some(&prefix));
    let mut beside = Vec::new();
    while let Ok(Some(Ok(object))) =
        patient(poll_fn(|task| objects.as_mut().poll_next(task)), place).await
    {
        let key = object.location.as_ref();
        if key.starts_with(&below) {
            let message = "cannot be fetched: this is a folder";
            let remedy = format!("{}/ names all files in it, {0}/*.csv some", place.file);
            return Diagnostic::new(codes::UNREACHABLE, message, remedy).at(place).into();
        }
        let rest = key.strip_prefix(folder).unwrap_or(key).trim_start_matches('/');
        if !rest.contains('/') {
            beside.push(rest.to_owned());
        }
        if beside.len() >= BESIDE {
            break;
        }
    }
    let hint = did_you_mean(name, beside.iter().map(String::as_str));
    if hint.is_empty() {
        return plain;
    }
    let message = "cannot be fetched: there is no such object";
    Diagnostic::new(codes::UNREACHABLE, message, hint).at(place).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_objects_are_named_by_a_star_or_a_last_slash() {
        for several in ["s3://b/a/*.csv", "gs://b/a/", "abfss://c@h/year=*/x.csv", "az://b/"] {
            assert!(is_several(several), "{several}");
        }
        for one in ["s3://b/a.csv", "https://h/a/", "https://h/*.csv", "postgres://h/*", "a/*.csv"]
        {
            assert!(!is_several(one), "{one}");
        }
    }

    #[test]
    fn a_key_comes_back_from_the_address_it_is_written_as() {
        for key in ["a b.csv", "100%.csv", "a?#b*.csv", "年/数.csv", "a+b&c=d/e.csv", "[1].csv"] {
            let url = url::Url::parse(&format!("s3://bucket/{}", as_written(key))).unwrap();
            assert_eq!(Path::from_url_path(url.path()).unwrap().as_ref(), key);
        }
    }

    #[test]
    fn what_a_store_answers_is_told_in_a_word_and_without_what_it_quotes() {
        let place = Place { file: "s3://b/a.csv".into(), sheet: None };
        let body = "at http://h/b?sig=hidden: <Error><Code>SignatureDoesNotMatch</Code>\
                    <StringToSign>hidden</StringToSign></Error>";
        let denied = Error::PermissionDenied { path: "a".into(), source: body.into() };
        let text = refused(&denied, &place).to_string();
        assert!(text.contains("SignatureDoesNotMatch") && !text.contains("hidden"), "{text}");
        let other = Error::Generic { store: "S3", source: "lost http://h?sig=hidden now".into() };
        let text = refused(&other, &place).to_string();
        assert!(text.contains("lost the address now") && !text.contains("hidden"), "{text}");
    }
}
