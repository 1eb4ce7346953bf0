//! What a foreign page, a stranger and a careless client may not do.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::client::Served;
use crate::demo;

#[test]
fn a_name_that_somebody_else_bound_to_this_machine_is_refused() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let port = served.address.port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1:{}", port.wrapping_add(1)),
        "127.0.0.1".to_owned(),
        String::new(),
    ] {
        for path in ["/api/v1/study", "/"] {
            assert_eq!(served.ask("GET", path, &[("Host", &host)]).refused(403), "A1003", "{host}");
        }
    }
    for host in [format!("localhost:{port}"), format!("LOCALHOST:{port}"), format!("[::1]:{port}")]
    {
        assert_eq!(served.ask("GET", "/api/v1/health", &[("Host", &host)]).status, 200, "{host}");
    }
    let two = format!(
        "GET /api/v1/study HTTP/1.1\r\nHost: {0}\r\nHost: evil\r\nConnection: close\r\n\r\n",
        served.host()
    );
    assert!(matches!(served.raw(two.as_bytes()).status, 400 | 403));
    let none = served.raw(b"GET /api/v1/study HTTP/1.0\r\n\r\n");
    assert_eq!(none.refused(403), "A1003");
}

#[test]
fn a_page_of_another_site_can_neither_read_nor_change() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let bearer = format!("Bearer {}", served.token);
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://evil.example"] {
        let read = served.ask("GET", "/api/v1/study", &[("Origin", origin)]);
        assert_eq!(read.refused(403), "A1003", "{origin}");
        assert!(!read.headers.contains_key("access-control-allow-origin"));
        let change =
            served.ask("POST", "/api/v1/runs", &[("Origin", origin), ("Authorization", &bearer)]);
        assert_eq!(change.refused(403), "A1003", "{origin}");
    }
    let own = format!("http://{}", served.host());
    assert_eq!(served.ask("GET", "/api/v1/study", &[("Origin", &own)]).status, 200);
    let embedded = served.ask(
        "GET",
        "/api/v1/study",
        &[("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")],
    );
    assert_eq!(embedded.refused(403), "A1003");
}

#[test]
fn nothing_changes_without_the_token() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    for headers in [
        vec![],
        vec![("Authorization", "Bearer 00000000000000000000000000000000")],
        vec![("Authorization", "Basic abc")],
        vec![("Authorization", "Bearer")],
    ] {
        for (method, path) in
            [("POST", "/api/v1/runs"), ("DELETE", "/api/v1/runs/state"), ("PUT", "/api/v1/study")]
        {
            let answer = served.ask(method, path, &headers);
            assert_eq!(answer.refused(401), "A1004", "{method} {path}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    assert_eq!(served.json("/api/v1/runs/state")["state"], "idle");
}

#[test]
fn other_addresses_than_loopback_need_the_token_to_read_too() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &["--host", "0.0.0.0", "--token", "a-token-of-my-own"]);
    assert_eq!(served.token, "a-token-of-my-own");
    assert_eq!(served.get("/api/v1/study").refused(401), "A1004");
    assert_eq!(served.get("/api/v1/events").refused(401), "A1004");
    assert_eq!(served.get("/api/v1/health").status, 200);
    assert_eq!(served.change("GET", "/api/v1/study").status, 200);
    assert_eq!(
        served.ask("GET", "/api/v1/health", &[("Host", "evil.example")]).refused(403),
        "A1003"
    );
    let short = crate::common::agglo(&study, &["serve", "--token", "short"]).ended(2);
    assert!(short.err.contains("16 characters"), "{}", short.err);
}

#[test]
fn no_path_leads_out_of_the_program() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    for path in [
        "/../study.toml",
        "/..%2fstudy.toml",
        "/%2e%2e/study.toml",
        "/assets/../../study.toml",
        "/assets/..%5c..%5cstudy.toml",
        "//etc/passwd",
        "/etc/passwd%00.html",
        "/study.toml",
        "/run.json",
        "/api/v1/findings/..%2f..%2f/main",
        "/api/v1/findings/..%2f../study.toml",
        "/api/v1/tables/..%2frun",
        "/api/v1/findings/gini/..%2f..%2fgini%2fgini",
        "/api/v1/figures/..%2fx",
        "/api/v1/diff?before=../..",
        "/api/v1/methods/..%2f..%2f",
        "/api/v1/tables/activity.used",
        "/api/v1/findings/gini/answer.json",
    ] {
        let answer = served.get(path);
        let text = answer.text();
        assert!(!text.contains("[study]") && !text.contains("root:"), "{path}: {text}");
        assert!(matches!(answer.status, 404 | 400 | 200), "{path}: {}", answer.status);
        if answer.status == 200 {
            assert!(answer.headers["content-type"].starts_with("text/html"), "{path}");
        } else {
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{path}");
        }
    }
}

#[test]
fn what_is_too_large_is_refused_at_once() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let start = Instant::now();
    let head = format!(
        "POST /api/v1/runs HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: 10485760\r\n\r\n",
        served.host(),
        served.token
    );
    let mut bytes = head.into_bytes();
    bytes.resize(bytes.len() + (10 << 20), b'x');
    let answer = served.raw(&bytes);
    // A client that does not stop to listen may lose the answer with the connection.
    assert!(answer.status == 0 || answer.refused(413) == "A1006");
    let chunked = format!(
        "POST /api/v1/runs HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n20000\r\n{}\r\n0\r\n\r\n",
        served.host(),
        served.token,
        "x".repeat(0x20000)
    );
    let answer = served.raw(chunked.as_bytes());
    assert!(answer.status == 0 || answer.refused(413) == "A1006");
    let long = served.get(&format!("/api/v1/study?x={}", "y".repeat(20_000)));
    assert_eq!(long.refused(414), "A1006");
    let longer = served.get(&format!("/api/v1/study?x={}", "y".repeat(200_000)));
    assert!(matches!(longer.status, 0 | 414 | 431), "{}", longer.status);
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(served.json("/api/v1/runs/state")["state"], "idle");
}

#[test]
fn slow_clients_are_let_go_and_do_not_hold_up_others() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let mut slow: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(served.address).unwrap();
            stream.write_all(b"GET /api/v1/study HTTP/1.1\r\nHost: 127").unwrap();
            stream
        })
        .collect();
    let start = Instant::now();
    served.json("/api/v1/study");
    assert!(start.elapsed() < Duration::from_secs(2));
    let stream = &mut slow[0];
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    let gone = start.elapsed();
    assert!(gone > Duration::from_secs(5) && gone < Duration::from_secs(35), "{gone:?}");
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[test]
fn queries_that_are_not_understood_are_named() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    for (path, status, code) in [
        ("/findings/gini/gini?where=lq", 400, "A1002"),
        ("/findings/gini/gini?where=nobody=1", 400, "A1002"),
        ("/findings/gini/gini?where=gini%3Emuch", 400, "A1002"),
        ("/findings/gini/gini?limit=-1", 400, "A1002"),
        ("/findings/gini/gini?limit=1000000000000", 400, "A1002"),
        ("/findings/gini/gini?limit=1&limit=2", 400, "A1002"),
        ("/findings/gini/gini?sort=nobody", 400, "A1002"),
        ("/findings/gini/gini?sort=", 400, "A1002"),
        ("/rank?seed=9223372036854775808", 400, "A1002"),
        ("/findings/gini/gini?columns=,", 400, "A1002"),
        ("/findings/gini/gini?format=pdf", 400, "A1002"),
        ("/findings/gini/gini?unknown=1", 400, "A1002"),
        ("/findings/gini/nobody", 404, "A1001"),
        ("/findings/nobody", 404, "A1001"),
        ("/findings/club-convergence/main", 422, "A1011"),
        ("/methods/nobody", 404, "A1001"),
        ("/tables/nobody", 404, "A1001"),
        ("/tables/activity/origin?row=99999999&column=value_added", 400, "A1002"),
        ("/tables/activity/origin?row=0&column=region", 400, "A1002"),
        ("/explain?address=gini", 400, "A1002"),
        ("/explain?address=gini.gini@industry=industry", 404, "A1001"),
        ("/explain", 400, "A1002"),
        ("/slice?of=gini", 400, "A1002"),
        ("/slice?of=gini.gini", 400, "A1002"),
        ("/slice?of=location-quotient.lq", 400, "A1002"),
        ("/slice?of=location-quotient.lq&industry=industry&k=99", 400, "A1002"),
        ("/slice?of=location-quotient.lq&industry=industry&scheme=pinned", 400, "A1002"),
        ("/slice?of=location-quotient.lq&industry=industry&scheme=around&center=NaN", 400, "A1002"),
        ("/compute", 400, "A1002"),
        ("/compute?method=nobody", 404, "A1001"),
        ("/compute?method=gini&variant=nobody", 400, "A1002"),
        ("/compute?method=gini&option=nobody=1", 400, "A1002"),
        ("/compute?method=gini&option=confidence=7", 400, "A1002"),
        ("/compute?method=gini&period=2015..2010", 400, "A1002"),
        ("/compute?method=gini&table=nobody", 404, "A1001"),
        ("/compute?method=ellison-glaeser", 422, "A1011"),
        ("/lorenz?industry=nobody", 404, "A1001"),
        ("/rank?top=0", 400, "A1002"),
        ("/peers?region=nobody", 404, "A1001"),
        ("/profile", 400, "A1002"),
        ("/figures/nobody", 404, "A1001"),
        ("/report?lang=fr", 400, "A1002"),
        ("/diff?before=nobody", 404, "A1001"),
        ("/nobody", 404, "A1001"),
    ] {
        let answer = served.get(&format!("/api/v1{path}"));
        assert_eq!(answer.refused(status), code, "{path}");
    }
    assert_eq!(served.get("/api/nobody").refused(404), "A1001");
    assert_eq!(served.get("/api/v2/study").refused(404), "A1001");
}

#[test]
fn methods_that_a_route_does_not_take_are_answered_properly() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    let answer = served.change("PUT", "/api/v1/study");
    assert_eq!(answer.refused(405), "A1005");
    assert_eq!(answer.headers["allow"], "GET,HEAD");
    let options = served.ask("OPTIONS", "/api/v1/runs", &[]);
    assert_eq!(options.status, 204);
    assert_eq!(options.headers["allow"], "GET,HEAD,POST");
    assert_eq!(served.ask("OPTIONS", "/", &[]).status, 204);
    assert_eq!(served.ask("POST", "/", &[]).refused(405), "A1005");
    assert_eq!(served.ask("OPTIONS", "/api/v1/nobody", &[]).refused(404), "A1001");
}

#[test]
fn every_answer_tells_the_browser_to_run_nothing_of_others() {
    let (_keep, study) = demo("china");
    let served = Served::start(&study, &[]);
    for path in ["/", "/api/v1/study", "/api/v1/nobody", "/assets/nobody.js", "/api/v1/report"] {
        let answer = served.get(path);
        let header = |name: &str| answer.headers.get(name).cloned().unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("script-src 'unsafe-inline'") && !policy.contains("unsafe-eval"),
            "{path}: {policy}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
    }
}
