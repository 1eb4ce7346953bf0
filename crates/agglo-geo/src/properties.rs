//! Which property of a layer holds the codes, and which the names.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::raw::{Layer, Property};

/// One property of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyInfo {
    /// Its name; `id` in parentheses stands for the feature's own id.
    pub name: String,
    /// Up to five distinct values, in the order of the file.
    pub examples: Vec<String>,
    /// Number of distinct values.
    pub n_distinct: usize,
    /// Number of features where it is missing.
    pub n_missing: usize,
}

/// A property that may hold the codes.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeCandidate {
    /// The property; `None` for the feature's own id.
    pub property: Option<String>,
    /// From 0 to 1; from 0.6 on it is taken without being asked for.
    pub sureness: f64,
    /// Why, each in a few words.
    pub reasons: Vec<String>,
}

/// Taken without being asked for from here on.
pub(crate) const SURE: f64 = 0.6;

pub(crate) struct Values<'a> {
    pub(crate) name: Option<&'a str>,
    keys: Vec<Option<Arc<str>>>,
    n_fractions: usize,
}

/// The id of the features and each property, with their values.
pub(crate) fn columns(layer: &Layer) -> impl Iterator<Item = Values<'_>> {
    let ids = layer.features.iter().any(|feature| feature.id.is_some());
    let ids = ids.then(|| Values {
        name: None,
        keys: layer.features.iter().map(|feature| feature.id.clone()).collect(),
        n_fractions: 0,
    });
    ids.into_iter().chain(layer.names.iter().enumerate().map(|(place, name)| {
        let cells = || layer.features.iter().map(move |feature| feature.values.get(place));
        Values {
            name: Some(name),
            keys: cells().map(|cell| cell.and_then(Property::key)).collect(),
            n_fractions: cells().filter(|c| matches!(c, Some(Property::Number(_)))).count(),
        }
    }))
}

pub(crate) fn info(values: &Values<'_>) -> PropertyInfo {
    let mut distinct = BTreeSet::new();
    let mut examples = Vec::new();
    for key in values.keys.iter().flatten() {
        if distinct.insert(key.clone()) && examples.len() < 5 {
            examples.push(key.to_string());
        }
    }
    PropertyInfo {
        name: values.name.unwrap_or("(id)").to_owned(),
        examples,
        n_distinct: distinct.len(),
        n_missing: values.keys.iter().filter(|key| key.is_none()).count(),
    }
}

const CODE_NAMES: [&str; 19] = [
    "code",
    "id",
    "geoid",
    "fips",
    "nutsid",
    "iso",
    "iso31662",
    "isoa2",
    "isoa3",
    "adcode",
    "ags",
    "insee",
    "lau",
    "gid",
    "代码",
    "编码",
    "区划代码",
    "行政区划代码",
    "regioncode",
];
const ROW_NUMBERS: [&str; 7] = ["fid", "objectid", "ogcfid", "gid", "rowid", "index", "featureid"];

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How a value looks that is more likely a code than a name.
fn is_code(key: &str) -> bool {
    key.chars().count() <= 16
        && !key.contains(char::is_whitespace)
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && key.chars().any(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
}

/// The properties that may hold the codes, the likeliest first.
pub(crate) fn candidates(layer: &Layer) -> Vec<CodeCandidate> {
    let n = layer.features.len();
    let mut found: Vec<CodeCandidate> =
        columns(layer).filter_map(|values| candidate(&values, n)).collect();
    found.sort_by(|one, other| other.sureness.total_cmp(&one.sureness));
    found
}

fn candidate(values: &Values<'_>, n: usize) -> Option<CodeCandidate> {
    let keys: Vec<&Arc<str>> = values.keys.iter().flatten().collect();
    if keys.is_empty() || n == 0 || values.n_fractions > 0 {
        return None;
    }
    let mut reasons = Vec::new();
    let mut sureness = 0.0;
    let distinct: BTreeSet<&Arc<str>> = keys.iter().copied().collect();
    let (n_distinct, n_present) = (distinct.len(), keys.len());
    if n_distinct == n_present && n_present == n {
        sureness += 0.35;
        reasons.push("each feature has another value".to_owned());
    } else if n_distinct * 10 >= n * 9 {
        sureness += 0.2;
        reasons.push(format!("{n_distinct} distinct values in {n} features"));
    } else if n_distinct * 2 < n {
        return None;
    }
    let n_codes = keys.iter().filter(|key| is_code(key)).count();
    if n_codes == n_present {
        sureness += 0.2;
        reasons.push("the values look like codes".to_owned());
    } else if n_codes * 2 < n_present {
        sureness -= 0.3;
        reasons.push("the values look like names".to_owned());
    }
    let lengths: BTreeSet<usize> = keys.iter().map(|key| key.chars().count()).collect();
    if lengths.len() == 1 && n_present > 1 {
        sureness += 0.1;
        reasons.push("all values have one length".to_owned());
    }
    let name = values.name.map(plain);
    match &name {
        None => {
            sureness += 0.35;
            reasons.push("it is the id of the features".to_owned());
        }
        Some(name) => {
            let counted = keys
                .iter()
                .enumerate()
                .all(|(at, key)| key.parse::<usize>().is_ok_and(|k| k == at || k == at + 1));
            if counted && n > 1 || ROW_NUMBERS.contains(&name.as_str()) && name != "gid" {
                sureness -= 0.4;
                reasons.push("it only numbers the features".to_owned());
            } else if named_like_a_code(name) {
                sureness += 0.3;
                reasons.push("its name says code".to_owned());
            } else if ["shape", "area", "leng", "perimeter", "pop", "year", "rank"]
                .iter()
                .any(|word| name.contains(word))
            {
                sureness -= 0.3;
                reasons.push("its name says measure".to_owned());
            }
        }
    }
    let sureness = f64::clamp((sureness * 100.0_f64).round() / 100.0, 0.0, 1.0);
    Some(CodeCandidate { property: values.name.map(str::to_owned), sureness, reasons })
}

fn named_like_a_code(name: &str) -> bool {
    let ends = ["code", "fips", "geoid", "cd", "id", "代码", "编码"];
    // ONS names its columns ITL321CD and LAD22CD.
    CODE_NAMES.contains(&name)
        || ends.iter().any(|end| name.ends_with(end))
        || name.starts_with("code")
        || name.starts_with("iso")
}

/// The property that most likely holds names; `None` where none is named like that.
pub(crate) fn name_property(layer: &Layer) -> Option<Arc<str>> {
    let rank = |name: &str| -> Option<usize> {
        let plain = plain(name);
        let exact =
            ["name", "nameen", "namelatn", "nutsname", "名称", "地区", "regionname", "namelong"];
        exact
            .iter()
            .position(|word| *word == plain)
            .or_else(|| (plain.ends_with("nm") || plain.ends_with("name")).then_some(20))
            .or_else(|| plain.starts_with("name").then_some(21))
    };
    let ranked = layer.names.iter().filter_map(|name| Some((rank(name)?, name)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, name)| name.clone())
}
