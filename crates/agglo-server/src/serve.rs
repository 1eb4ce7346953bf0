//! Starting the server, and its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::app::{App, Config};
use crate::{net, page, routes, watch};

/// Why the server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is taken, or the address is none of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where it was to listen.
        address: SocketAddr,
        /// Why it cannot.
        source: io::Error,
    },
    /// The system gives no threads or no random numbers.
    #[error("the server cannot be started: {0}")]
    System(String),
}

/// A server that listens and does not answer yet.
pub struct Server {
    runtime: tokio::runtime::Runtime,
    listener: TcpListener,
    app: Arc<App>,
}

impl Server {
    /// Listens as `config` says.
    ///
    /// # Errors
    /// [`ServeError::Listen`] and [`ServeError::System`].
    pub fn listen(config: Config) -> Result<Server, ServeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 8))
            .enable_all()
            .build()
            .map_err(|error| ServeError::System(error.to_string()))?;
        let address = SocketAddr::new(config.host, config.port);
        let listen = |source| ServeError::Listen { address, source };
        let listener = runtime.block_on(TcpListener::bind(address)).map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;
        Ok(Server { runtime, listener, app: Arc::new(App::new(config, bound)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.app.address
    }

    /// The address to open: with the token behind `#`, which browsers do not send.
    pub fn url(&self) -> String {
        let mut address = self.app.address;
        if address.ip().is_unspecified() {
            let local: std::net::IpAddr = match address.ip() {
                std::net::IpAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
                std::net::IpAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
            };
            address.set_ip(local);
        }
        format!("http://{address}/#token={}", self.app.config.token)
    }

    /// Whether the dashboard's page is in this program.
    pub fn has_page(&self) -> bool {
        page::is_here()
    }

    /// Answers until the program is asked to end.
    pub fn run(self) {
        let app = self.app.clone();
        std::thread::spawn(move || watch::watch(&app));
        // The tables are read while the browser still opens the page.
        let first = self.app.snapshot();
        std::thread::spawn(move || {
            let _ = first.desk();
        });
        let router = routes::router(&self.app);
        self.runtime.block_on(net::serve(self.listener, router, asked_to_end()));
        self.app.stop_run();
        // A run in its midst is let go of: what it has written is whole, and the next goes on from there.
        self.runtime.shutdown_background();
    }
}

async fn asked_to_end() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

/// A token nobody can guess: 128 bits of the system's random numbers, in hexadecimal.
///
/// # Errors
/// [`ServeError::System`] where the system has none.
pub fn new_token() -> Result<String, ServeError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| ServeError::System(error.to_string()))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
