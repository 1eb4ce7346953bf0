//! Reading the study file, with errors that say where and what was meant.

use std::path::{Path, PathBuf};

use agglo_core::{GapPolicy, Lang, Status};

use super::Spec;

/// What is wrong with a study file.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// No study file.
    #[error("there is no study in {}", .folder.display())]
    NoStudy {
        /// The folder looked in.
        folder: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}: {source}", .file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file does not say what it should.
    #[error("{}:{line}:{column}: {message}", .file.display())]
    Parse {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// The nearest known key, when a key is unknown.
        nearest: Option<String>,
    },
    /// The parts contradict each other.
    #[error("{}: {message}", .file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// What is wrong and what to do.
        message: String,
    },
}

pub(super) fn load(file: &Path) -> Result<Spec, SpecError> {
    let text = std::fs::read_to_string(file).map_err(|source| {
        if source.kind() == std::io::ErrorKind::NotFound {
            let folder = file.parent().unwrap_or(Path::new(".")).to_path_buf();
            SpecError::NoStudy { folder }
        } else {
            SpecError::Io { file: file.to_path_buf(), source }
        }
    })?;
    parse(&text, file)
}

fn parse(text: &str, file: &Path) -> Result<Spec, SpecError> {
    let spec: Spec = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = &text[..start.min(text.len())];
        SpecError::Parse {
            file: file.to_path_buf(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            message: error.message().to_owned(),
            nearest: nearest_key(error.message()),
        }
    })?;
    validate(&spec).map_err(|message| SpecError::Invalid { file: file.to_path_buf(), message })?;
    Ok(spec)
}

/// The known key nearest to the unknown one in serde's message, which lists both in backquotes.
fn nearest_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field ")?;
    let mut words = rest.split('`').skip(1).step_by(2);
    let unknown = words.next()?;
    words
        .map(|known| (strsim::jaro_winkler(unknown, known), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known.to_owned())
}

fn validate(spec: &Spec) -> Result<(), String> {
    if GapPolicy::from_name(&spec.missing.gaps).is_none() {
        let allowed = GapPolicy::NAMES.join(", ");
        return Err(format!("[missing] gaps = \"{}\" is not one of {allowed}", spec.missing.gaps));
    }
    if let Some(period) = spec.study.period.filter(|p| p.from > p.to) {
        return Err(format!(
            "[study] period runs from {} to {}; the first year must not be after the last",
            period.from, period.to
        ));
    }
    for data in &spec.data {
        if let Some((mark, code)) =
            data.marks.iter().find(|(_, code)| Status::from_code(code).is_none())
        {
            let allowed = Status::ALL.map(Status::code).join(", ");
            return Err(format!(
                "marks of `{}`: \"{mark}\" = \"{code}\" is not one of {allowed}",
                data.name
            ));
        }
    }
    let named = [
        ("geo.main_group", &spec.geo.main_group),
        ("transfer.group", &spec.transfer.group),
        ("rank.group", &spec.rank.group),
    ];
    for (key, group) in named {
        if let Some(group) = group.as_ref().filter(|name| !spec.geo.groups.contains_key(*name)) {
            let known = spec.geo.groups.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(format!("{key} = \"{group}\" names no grouping of [geo.groups] ({known})"));
        }
    }
    if let Some(tag) = spec.report.langs.iter().find(|tag| Lang::from_tag(tag).is_none()) {
        return Err(format!("[report] langs: \"{tag}\" is not one of en, zh"));
    }
    let methods = spec.measure.variants.keys().chain(spec.measure.options.keys());
    for id in methods.chain(&spec.measure.skip) {
        if agglo_methods::find(id).is_none() {
            return Err(format!("[measure] names the method \"{id}\", which `agglo list` lacks"));
        }
    }
    if let Some(fault) = super::variables::fault(&spec.measure.regression, &spec.space.pair) {
        return Err(fault);
    }
    for data in &spec.data {
        if agglo_data::table_spec(&data.table).is_none() {
            let (name, table) = (&data.name, &data.table);
            return Err(format!(
                "[[data]] \"{name}\" fills the table \"{table}\"; `agglo list tables` names those \
                 there are"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "[study]\nid = \"a\"\ntitle = { en = \"A\" }\n";

    #[test]
    fn a_misspelt_key_is_answered_with_line_and_nearest_key() {
        let text = format!("{START}\n[geo]\nlevle = \"province\"\n");
        let error = parse(&text, Path::new("study.toml")).unwrap_err();
        let SpecError::Parse { line, nearest, .. } = error else { panic!("{error}") };
        assert_eq!((line, nearest.as_deref()), (6, Some("level")));
    }

    #[test]
    fn an_unknown_gap_policy_is_answered_with_those_there_are() {
        let text = format!("{START}\n[missing]\ngaps = \"guess\"\n");
        let message = parse(&text, Path::new("study.toml")).unwrap_err().to_string();
        assert!(message.contains("drop-regions"), "{message}");
    }

    #[test]
    fn an_unknown_meaning_of_a_mark_is_answered_with_those_there_are() {
        let block = "[[data]]\nname = \"a\"\ntable = \"activity\"\nfile = \"a.csv\"\n";
        let text = format!("{START}\n{block}marks = {{ c = \"secret\" }}\n");
        let message = parse(&text, Path::new("study.toml")).unwrap_err().to_string();
        assert!(message.contains("suppressed") && message.contains("`a`"), "{message}");
    }

    #[test]
    fn a_regression_says_what_is_wrong_with_it() {
        let said = |block: &str| {
            let text =
                format!("{START}\n[[measure.regression]]\nid = \"r\"\ny = \"total\"\n{block}\n");
            parse(&text, Path::new("study.toml")).map(|_| ()).map_err(|error| error.to_string())
        };
        assert!(said("x = []").unwrap_err().contains("no variable in `x`"));
        assert!(
            said("x = [\"gdp\"]\nlog = [\"wage\"]").unwrap_err().contains("neither y nor among x")
        );
        let errors = said("x = [\"gdp\"]\nmodel = \"spatial-lag\"\nerrors = \"hc3\"").unwrap_err();
        assert!(errors.contains("no variant of spatial-lag; there are ml, 2sls"), "{errors}");
        let effects =
            said("x = [\"gdp\"]\nmodel = \"spatial-lag\"\neffects = \"time\"").unwrap_err();
        assert!(effects.contains("none, region, period or both"), "{effects}");
        assert!(said("x = [\"gdp\"]\nperiod = 2020\nerrors = \"hc3\"").is_ok());
        assert!(
            said("x = [\"gdp\"]\nperiod = { from = 2010, to = 2020 }\nlog = [\"total\"]").is_ok()
        );
    }

    #[test]
    fn the_smallest_study_is_an_id_and_a_title() {
        assert!(parse(START, Path::new("study.toml")).is_ok());
    }
}
