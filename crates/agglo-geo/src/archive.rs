//! Zipped Shapefiles, as statistical offices hand them out.

use std::fs::File;
use std::io::Read;

use zip::ZipArchive;

use crate::codes;
use crate::error::GeoError;
use crate::raw::MAX_MEMBER;
use crate::shapefile::Parts;
use crate::topojson::no_layer;

/// More members than any zip of boundaries has.
const MAX_MEMBERS: usize = 10_000;

fn damaged(error: &dyn std::fmt::Display) -> GeoError {
    GeoError::damaged(format!("the zip cannot be read: {error}"))
}

fn open(file: File) -> Result<ZipArchive<File>, GeoError> {
    let archive = ZipArchive::new(file).map_err(|error| damaged(&error))?;
    if archive.len() > MAX_MEMBERS {
        return Err(too_large(&format!("the zip has {} members", archive.len())));
    }
    Ok(archive)
}

fn too_large(what: &str) -> GeoError {
    GeoError::new(codes::TOO_LARGE, what, "unpack it and name the file inside")
}

/// The stem of a member's name, folders and all, where it ends in `extension`.
fn stem<'a>(name: &'a str, extension: &str) -> Option<&'a str> {
    let at = name.len().checked_sub(extension.len() + 1)?;
    let (stem, end) = name.split_at_checked(at)?;
    let wanted = end.strip_prefix('.')?.eq_ignore_ascii_case(extension);
    (wanted && !name.starts_with("__MACOSX")).then_some(stem)
}

fn layer_name(stem: &str) -> &str {
    stem.rsplit(['/', '\\']).next().unwrap_or(stem)
}

fn member_names(archive: &ZipArchive<File>) -> Result<Vec<String>, GeoError> {
    let names = archive.file_names().map(|name| name.map(std::borrow::Cow::into_owned));
    let mut names: Vec<String> =
        names.collect::<Result<_, _>>().map_err(|error| damaged(&error))?;
    names.sort_unstable();
    Ok(names)
}

/// The names of the Shapefiles in a zip.
pub(crate) fn layers(file: File) -> Result<Vec<String>, GeoError> {
    let members = member_names(&open(file)?)?;
    Ok(members.iter().filter_map(|name| stem(name, "shp")).map(|s| layer_name(s).into()).collect())
}

/// One Shapefile of a zip; without a name, the only one.
pub(crate) fn parts(file: File, wanted: Option<&str>) -> Result<Parts, GeoError> {
    let mut archive = open(file)?;
    let members = member_names(&archive)?;
    let stems: Vec<&str> = members.iter().filter_map(|name| stem(name, "shp")).collect();
    let have: Vec<&str> = stems.iter().map(|stem| layer_name(stem)).collect();
    let found = match wanted {
        Some(name) => stems.iter().find(|stem| layer_name(stem) == name),
        None if stems.len() > 1 => {
            return Err(GeoError::new(
                codes::NO_LAYER,
                format!("the zip holds several Shapefiles: {}", have.join(", ")),
                "name one of them: `layer = \"NAME\"`",
            ));
        }
        None => stems.first(),
    };
    let Some(found) = found else { return Err(no_layer(wanted, &have)) };
    let mut member = |extension: &str| -> Result<Option<Vec<u8>>, GeoError> {
        let name = members.iter().find(|name| stem(name, extension) == Some(*found));
        name.map(|name| unfold(&mut archive, name)).transpose()
    };
    Ok(Parts {
        name: layer_name(found).to_owned(),
        shp: member("shp")?.unwrap_or_default(),
        dbf: member("dbf")?,
        prj: member("prj")?,
        cpg: member("cpg")?,
    })
}

fn unfold(archive: &mut ZipArchive<File>, name: &str) -> Result<Vec<u8>, GeoError> {
    let member = archive.by_name(name).map_err(|error| damaged(&error))?;
    // The size that is written down is not taken on trust; what comes out is counted.
    let mut bytes = Vec::new();
    member.take(MAX_MEMBER + 1).read_to_end(&mut bytes).map_err(|error| damaged(&error))?;
    if bytes.len() as u64 > MAX_MEMBER {
        return Err(too_large(&format!("`{name}` unfolds to more than 1 GiB")));
    }
    Ok(bytes)
}
