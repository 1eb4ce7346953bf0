//! `agglo serve`: the dashboard on this machine.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{IpAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use agglo_core::Lang;
use agglo_server::{Config, Server};
use agglo_study::spec::Spec;
use serde_json::json;

use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;

/// The port when none is named and it is free, so that a bookmark stays true.
const USUAL_PORT: u16 = 8731;
/// The fewest characters of a token: what is shorter can be guessed.
const LEAST_TOKEN: usize = 16;

/// What was typed.
pub(crate) struct Asked {
    pub(crate) study: PathBuf,
    pub(crate) host: IpAddr,
    pub(crate) port: Option<u16>,
    pub(crate) token: Option<String>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) open: bool,
    pub(crate) watch: bool,
}

pub(crate) fn run(asked: Asked, settings: &Settings) -> Result<ExitCode, Failure> {
    let root = asked
        .study
        .canonicalize()
        .map_err(|error| Failure::usage(format!("{}: {error}", asked.study.display())))?;
    let spec = Spec::load(&root)?;
    let token = match asked.token {
        Some(token)
            if token.len() < LEAST_TOKEN || !token.bytes().all(|b| b.is_ascii_graphic()) =>
        {
            return Err(Failure::usage(format!(
                "--token: at least {LEAST_TOKEN} characters, no blanks; leave it out for a random one"
            )));
        }
        Some(token) => token,
        None => agglo_server::new_token().map_err(|error| Failure::data(error.to_string()))?,
    };
    let config = Config {
        root,
        host: asked.host,
        port: asked.port.unwrap_or_else(|| usual_port(asked.host)),
        token,
        allowed_hosts: asked.allowed_hosts,
        watch: asked.watch,
        threads: settings.threads.value,
        seed: settings.seed.value,
        engine: settings.engine()?,
    };
    let server = Server::listen(config).map_err(|error| {
        Failure::data(format!("{error}\n  = help: name another with --port, or 0 for any free one"))
    })?;
    announce(&server, &spec, settings)?;
    let _page = if asked.open { Some(open(&server.url(), settings)?) } else { None };
    server.run();
    Ok(ExitCode::SUCCESS)
}

/// The usual port where it is free, else any.
fn usual_port(host: IpAddr) -> u16 {
    if TcpListener::bind((host, USUAL_PORT)).is_ok() { USUAL_PORT } else { 0 }
}

/// Says where the dashboard is; the address holds the token and is printed this once.
fn announce(server: &Server, spec: &Spec, settings: &Settings) -> Result<(), Failure> {
    let lang = settings.lang();
    if settings.json {
        let value = json!({ "url": server.url(), "address": server.address().to_string(), "page": server.has_page() });
        return output::print(&format!("{value}\n"));
    }
    output::print(&format!("{}\n", server.url()))?;
    let mut text = match lang {
        Lang::En => format!("{}: open the address above; Ctrl-C ends", spec.study.title.get(lang)),
        Lang::Zh => format!("{}：请打开上面的地址；按 Ctrl-C 结束", spec.study.title.get(lang)),
    };
    if !server.address().ip().is_loopback() {
        let _ = write!(
            text,
            "\n{}",
            match lang {
                Lang::En =>
                    "other machines can reach it: whoever has the address with its token can read the study and run it",
                Lang::Zh => "其他机器可访问：凡持有含令牌地址者均可查看并运行本研究",
            }
        );
    }
    if !server.has_page() {
        let _ = write!(
            text,
            "\n{}",
            match lang {
                Lang::En =>
                    "this agglo was built without the dashboard's page (A1013); the API answers below /api/v1",
                Lang::Zh => "此 agglo 未内置仪表板页面（A1013）；接口位于 /api/v1",
            }
        );
    }
    settings.say(&text);
    Ok(())
}

/// Opens the address in the browser by way of a file that only its owner can read: what is typed on a command
/// line, the token with it, everybody on the machine can see.
fn open(url: &str, settings: &Settings) -> Result<tempfile::NamedTempFile, Failure> {
    let mut page = tempfile::Builder::new().prefix("agglo-").suffix(".html").tempfile()?;
    write!(
        page,
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url={url}\">\
         <a href=\"{url}\">agglo</a>"
    )?;
    page.flush()?;
    if let Err(error) = opener(page.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        settings.say(&match settings.lang() {
            Lang::En => format!("no browser could be opened ({error}); open the address by hand"),
            Lang::Zh => format!("无法打开浏览器（{error}）；请手动打开上面的地址"),
        });
    }
    Ok(page)
}

fn opener(page: &Path) -> Command {
    if cfg!(target_os = "macos") {
        let mut command = Command::new("open");
        command.arg(page);
        command
    } else if cfg!(windows) {
        let mut command = Command::new("explorer");
        command.arg(page);
        command
    } else {
        let mut command = Command::new("xdg-open");
        command.arg(page);
        command
    }
}
