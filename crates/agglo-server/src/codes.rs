//! The codes of what a server refuses; `agglo explain A1002` prints one.

/// One code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The stable code, such as `A1002`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// What happened, why it matters, and what to do.
    pub explanation: &'static str,
}

pub(crate) const NOT_FOUND: &str = "A1001";
pub(crate) const QUERY: &str = "A1002";
pub(crate) const FOREIGN: &str = "A1003";
pub(crate) const TOKEN: &str = "A1004";
pub(crate) const METHOD: &str = "A1005";
pub(crate) const TOO_LARGE: &str = "A1006";
pub(crate) const BUSY: &str = "A1007";
pub(crate) const RUNNING: &str = "A1008";
pub(crate) const NOT_RUN: &str = "A1009";
pub(crate) const WITHHELD: &str = "A1010";
pub(crate) const REFUSED: &str = "A1011";
pub(crate) const INTERNAL: &str = "A1012";
pub(crate) const NO_PAGE: &str = "A1013";
pub(crate) const FORMAT: &str = "A1014";
pub(crate) const STUDY: &str = "A1015";

const CODES: &[CodeInfo] = &[
    info(
        NOT_FOUND,
        "no such thing",
        "The address names no route, or a step, table, method, figure or region that this study does not have. \
         The lists at `/api/v1/findings`, `/api/v1/tables`, `/api/v1/methods` and `/api/v1/axes` name what there is.",
    ),
    info(
        QUERY,
        "query not understood",
        "A parameter is unknown, stands twice, lacks, or has a value that is not allowed. \
         The detail names it and what is allowed; nothing is guessed.",
    ),
    info(
        FOREIGN,
        "request from elsewhere",
        "The request names another host than this server, or comes from a page of another site. \
         Both are how a foreign web page would try to read a study on this machine. \
         Open the address that `agglo serve` printed; behind a proxy name its host with `--allow-host`.",
    ),
    info(
        TOKEN,
        "token lacking or wrong",
        "Changing anything needs the token that `agglo serve` printed behind `#token=`; so does reading when \
         the server listens elsewhere than on loopback. Send it as `Authorization: Bearer TOKEN`.",
    ),
    info(
        METHOD,
        "method not allowed",
        "The route is there and does not take this HTTP method. The header `Allow` names those it takes.",
    ),
    info(
        TOO_LARGE,
        "request too large or too slow",
        "The body is larger than any request needs, or did not arrive in time. Nothing was done.",
    ),
    info(
        BUSY,
        "too many at once",
        "More requests wait for an answer than the server takes. Try again after the seconds that `Retry-After` names.",
    ),
    info(
        RUNNING,
        "a run is going on",
        "The study is being run, by this server or by another agglo. Wait for it to end, or stop it.",
    ),
    info(
        NOT_RUN,
        "the study has no results yet",
        "Nothing was run in this folder so far. Press run in the dashboard, or type `agglo run`.",
    ),
    info(
        WITHHELD,
        "withheld by [disclosure]",
        "The study protects single establishments, and this would tell of them. \
         What the report withholds the server withholds.",
    ),
    info(
        REFUSED,
        "the data do not allow this",
        "The method refuses: the data are too few, lack a table, or cannot identify what was asked. \
         The detail says what is lacking. This is an answer, not a fault.",
    ),
    info(
        INTERNAL,
        "fault in agglo",
        "An assumption of the program did not hold. Please report it with the address asked for.",
    ),
    info(
        NO_PAGE,
        "the dashboard's page is not in this program",
        "This agglo was built where Node.js is missing, or without the feature `web`; its API answers all the same. \
         Install Node.js 20 or newer and build again, or take a released binary, which has the page inside.",
    ),
    info(
        FORMAT,
        "format not available",
        "None of the formats asked for can be given for this. The detail names those that can.",
    ),
    info(
        STUDY,
        "the study cannot be read",
        "study.toml or a record of the last run is not understood. The detail says where and why; \
         `agglo check` shows all that is wrong.",
    ),
];

const fn info(code: &'static str, title: &'static str, explanation: &'static str) -> CodeInfo {
    CodeInfo { code, title, explanation }
}

/// Every code of the server, in order.
pub fn codes() -> &'static [CodeInfo] {
    CODES
}

/// The title of a code of the server.
pub(crate) fn title(code: &str) -> Option<&'static str> {
    CODES.iter().find(|info| info.code == code).map(|info| info.title)
}
