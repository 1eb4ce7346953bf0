//! Certificates: who has one is let in, who has none is not, and the sums are the same.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use agglo_cluster::{Address, ClusterError, Settings, Tls, connect};

use crate::processes::{Cluster, impatient, within};
use crate::rows::{Kind, Register, reduce};

/// An authority and one certificate for loopback, or `None` where there is no openssl.
fn certificates(folder: &Path) -> Option<Tls> {
    let openssl = |words: &str| {
        Command::new("openssl")
            .args(words.split(' '))
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let extensions =
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n";
    std::fs::write(folder.join("node.ext"), extensions).unwrap();
    let made = openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
         -subj /CN=authority -keyout ca.key -out ca.pem",
    ) && openssl(
        "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=node \
         -keyout node.key -out node.csr",
    ) && openssl(
        "x509 -req -days 2 -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
         -extfile node.ext -out node.pem",
    );
    let file = |name: &str| folder.join(name);
    made.then(|| Tls { ca: file("ca.pem"), cert: file("node.pem"), key: file("node.key") })
}

#[test]
fn with_certificates_the_sums_are_the_same_and_strangers_are_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let Some(tls) = certificates(folder.path()) else {
        println!("SKIPPED: no openssl here to make certificates with");
        return;
    };
    let text = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let (ca, cert, key) = (text(&tls.ca), text(&tls.cert), text(&tls.key));
    let words = ["--tls-ca", &ca, "--tls-cert", &cert, "--tls-key", &key];
    let cluster = Cluster::start(2, &words);
    let register = Register::get();

    let (address, paths) = (cluster.address.clone(), register.parquet.clone());
    let settings = Settings { tls: Some(tls), ..impatient() };
    let cells = within(Duration::from_secs(120), move |runtime| {
        runtime.block_on(async {
            let context = connect(&address, &settings).await.unwrap();
            reduce(&context, Kind::Parquet, &paths).await
        })
    });
    assert!(cells.unwrap() == register.cells);

    let elsewhere = tempfile::tempdir().unwrap();
    let with_others = Settings { tls: certificates(elsewhere.path()), ..impatient() };
    for settings in [impatient(), with_others] {
        let address: Address = cluster.address.clone();
        let error = within(Duration::from_secs(60), move |runtime| {
            runtime.block_on(connect(&address, &settings)).err()
        });
        let Some(ClusterError::Unreachable { .. }) = &error else {
            panic!("a stranger was let in: {error:?}")
        };
    }
}
