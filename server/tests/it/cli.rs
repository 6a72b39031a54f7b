//! The command line, and the program as a process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use softbell_server::cli::{Command, Demo};
use tempfile::TempDir;

fn parse(line: &str) -> Result<Command, String> {
    Command::parse(line.split_whitespace().map(str::to_owned))
}

#[test]
fn arguments_are_read() {
    assert_eq!(parse(""), Ok(Command::Help));
    assert_eq!(parse("--help"), Ok(Command::Help));
    assert_eq!(parse("serve --settings x.toml"), Ok(Command::Serve { settings: Some("x.toml".into()) }));
    assert_eq!(parse("rotate-vapid"), Ok(Command::RotateVapid { settings: None }));
    assert_eq!(parse("rotate-vapid --settings x"), Ok(Command::RotateVapid { settings: Some("x".into()) }));
    let defaults = Demo::default();
    assert_eq!(defaults.listen.to_string(), "127.0.0.1:8480");
    assert_eq!(defaults.shop_listen.to_string(), "127.0.0.1:8481");
    assert_eq!(parse("demo"), Ok(Command::Demo(defaults)));
    let all = parse(
        "demo --listen 127.0.0.1:0 --shop-listen 127.0.0.1:1 --data d --kit k --shop s --console c --lab-push-url http://127.0.0.1:2 --clock-offset 60",
    );
    let expected = Demo {
        listen: "127.0.0.1:0".parse().unwrap(),
        shop_listen: "127.0.0.1:1".parse().unwrap(),
        data: "d".into(),
        kit: "k".into(),
        shop: "s".into(),
        console: "c".into(),
        lab_push_url: Some("http://127.0.0.1:2".to_owned()),
        clock_offset: 60,
    };
    assert_eq!(all, Ok(Command::Demo(expected)));
}

#[test]
fn wrong_arguments_are_named() {
    for (line, part) in [
        ("dance", "dance"),
        ("demo --loud", "--loud"),
        ("serve x", "x"),
        ("demo --data", "--data"),
        ("demo --listen here", "--listen"),
        ("demo --clock-offset 5", "--lab-push-url"),
    ] {
        let sentence = parse(line).unwrap_err();
        assert!(sentence.contains(part) && sentence.ends_with('.'), "{sentence}");
    }
}

fn start(arguments: &[&str]) -> Child {
    Process::new(env!("CARGO_BIN_EXE_softbell-server"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn get(origin: &str, path: &str) -> String {
    let address = origin.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address.replace("localhost", "127.0.0.1")).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_demo_says_where_it_is_and_stops_when_told() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(path("kit")).unwrap();
    std::fs::create_dir_all(path("shop")).unwrap();
    std::fs::write(path("kit/sw.js"), "worker").unwrap();
    std::fs::write(path("shop/index.html"), "__SOFTBELL_SERVER__").unwrap();
    let (kit, shop, data) = (path("kit"), path("shop"), path("data"));
    let mut demo = start(&[
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--shop-listen",
        "127.0.0.1:0",
        "--kit",
        &kit,
        "--shop",
        &shop,
        "--data",
        &data,
    ]);
    let mut line = String::new();
    BufReader::new(demo.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let text = |name: &str| ready[name].as_str().unwrap();
    assert!(text("server").starts_with("http://127.0.0.1:") && !text("server").ends_with(":0"));
    assert!(text("shop").starts_with("http://localhost:"));
    assert!(std::path::Path::new(text("database")).starts_with(text("data")));
    assert!(std::path::Path::new(text("database")).is_file());
    assert!(get(text("server"), "/healthz").contains("\"ok\""));
    assert!(get(text("server"), "/v1/sites/shop/config").contains("\"offers\""));
    assert!(get(text("shop"), "/").ends_with(text("server")));
    assert!(get(text("shop"), "/softbell/sw.js").ends_with("worker"));
    assert!(Process::new("kill").arg(demo.id().to_string()).status().unwrap().success());
    let began = Instant::now();
    assert!(demo.wait().unwrap().success());
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn wrong_settings_end_the_start_with_one_sentence() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("softbell.toml");
    std::fs::write(&file, "contact = 'mailto:a@example.com'").unwrap();
    let output = start(&["serve", "--settings", file.to_str().unwrap()]).wait_with_output().unwrap();
    assert!(!output.status.success());
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert_eq!(sentence.trim(), "Add at least one site to the settings: [sites.NAME] with its origins.");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_server_whose_address_is_taken_leaves_the_data_alone() {
    let folder = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, data) = (taken.local_addr().unwrap(), folder.path().join("data"));
    let settings = format!(
        "listen = '{address}'\ndata_dir = '{}'\ncontact = 'mailto:a@b.example'\n[sites.a]\norigins = ['https://a.example']",
        data.display()
    );
    let file = folder.path().join("softbell.toml");
    std::fs::write(&file, settings).unwrap();
    let output = start(&["serve", "--settings", file.to_str().unwrap()]).wait_with_output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("Cannot listen on"));
    // The server that is there already may be sending from it.
    assert!(!data.exists());
}
